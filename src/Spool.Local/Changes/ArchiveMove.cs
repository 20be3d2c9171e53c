namespace Spool;

/// <summary>Moves all rollouts of a thread into the archive, or back to the folders of their days, and tells Codex's row.</summary>
/// <remarks>
/// The side of the current rollout is the side of the thread. If we die
/// 1. before the current rollout was moved: the thread is on its old side, listed once; rollouts that it continues are found in either
/// folder.
/// 2. after the current rollout was moved: the thread is on its new side, listed once; the others, if any are left, and Codex's row are of
/// the old side. The next call for the same side moves what is left and completes the row. To the archive the current rollout goes last and
/// from it first, so that no older one is ever the only one on the active side.
/// </remarks>
sealed class ArchiveMove(ChangeTools tools)
{
    /// <summary>Archives a thread.</summary>
    public ValueTask<ChangedThread> ArchiveAsync(ThreadId threadId, OngoingChange change) => MoveAsync(threadId, isToArchive: true, change);

    /// <summary>Puts an archived thread back.</summary>
    public ValueTask<ChangedThread> UnarchiveAsync(ThreadId threadId, OngoingChange change) =>
        MoveAsync(threadId, isToArchive: false, change);

    async ValueTask<ChangedThread> MoveAsync(ThreadId threadId, bool isToArchive, OngoingChange change)
    {
        using var locked = await tools.LockAsync(threadId, change.Token).ConfigureAwait(false);
        var files = locked.Files;
        files.RequireIdForLife();
        change.Begin();
        var moves = (isToArchive ? files.OldestFirst : files.OldestFirst.Reverse())
            .Where(row => row.IsArchived != isToArchive)
            .Select(row => (From: row.Path, To: TargetOf(row, isToArchive)))
            .ToList();
        var state = await ChangeTools
            .OnDiskAsync(() =>
            {
                Move(files, moves);
                return UpdateRow(files, isToArchive, moves);
            })
            .ConfigureAwait(false);
        var changed = await tools
            .RefreshAsync(threadId, [.. moves.SelectMany(move => (string[])[move.From, move.To])])
            .ConfigureAwait(false);
        return new ChangedThread(changed) { Warnings = tools.WarningsOf(state) };
    }

    void Move(ThreadFiles files, List<(string From, string To)> moves)
    {
        if (moves.Find(move => IsTaken(move.To)) is { To: { } taken })
            throw Taken(files, taken);
        foreach (var (from, to) in moves)
            RequireMovable(tools.Layout.Absolute(from), tools.Layout.Absolute(to));
        var done = new Stack<(string From, string To)>();
        try
        {
            foreach (var move in moves)
            {
                tools.Files.CreateFolder(FolderOf(move.To));
                tools.Files.Rename(tools.Layout.Absolute(move.From), tools.Layout.Absolute(move.To), RenameOver.Nothing);
                done.Push(move);
            }
            Sync(moves);
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            TakeBack(done);
            if (moves.Find(move => !done.Contains(move) && IsTaken(move.To)) is { To: { } since })
                throw Taken(files, since); // by another program, since we looked
            throw;
        }
    }

    // A file that is there is mostly a copy of the thread.
    ThreadStoreException Taken(ThreadFiles files, string path)
    {
        var absolute = tools.Layout.Absolute(path);
        var isSpare =
            files.Everything.Any(row => row.Path == path)
            && FileStat.KindOf(absolute) == PlaceKind.File
            && new FileInfo(absolute).LinkTarget is null;
        return FreePlace.Taken(tools.Layout, absolute, isSpare);
    }

    bool IsTaken(string path) => FreePlace.IsTaken(tools.Files, tools.Layout.Absolute(path));

    // What is no rollout stays where it is, as the error says: what is in a folder is a person's, and a link that leads
    // nowhere may lead to a thread again where it is now.
    static void RequireMovable(string from, string to)
    {
        if (ScannedRollout.OddAt("", from) is { Trouble: { } trouble })
            throw new ThreadStoreException(ThreadStoreErrorCode.Corrupt, trouble);
        if (
            new FileInfo(from).LinkTarget is { } target
            && !Path.IsPathRooted(target)
            && Path.GetFullPath(target, Path.GetDirectoryName(from)!) != Path.GetFullPath(target, Path.GetDirectoryName(to)!)
        )
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unsupported,
                "The rollout is a link that would lead somewhere else from the place where the thread has to go; make it an absolute one, or move what it leads to."
            );
    }

    // The new names first: a rollout with two names is better than one with none.
    void Sync(List<(string From, string To)> moves)
    {
        foreach (var (_, to) in moves.DistinctBy(move => FolderOf(move.To)))
            RolloutFile.SyncFolders(tools.Files, tools.Layout, to);
        foreach (var (from, _) in moves.DistinctBy(move => FolderOf(move.From)))
            tools.Files.SyncFolder(FolderOf(from));
    }

    void TakeBack(Stack<(string From, string To)> done)
    {
        try
        {
            foreach (var (from, to) in done)
                tools.Files.Rename(tools.Layout.Absolute(to), tools.Layout.Absolute(from), RenameOver.Nothing);
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            // As if we had died in the middle: the thread is listed, and the next call completes the move.
        }
    }

    CodexRowState UpdateRow(ThreadFiles files, bool isToArchive, List<(string From, string To)> moves)
    {
        using var edit = tools.Codex.Begin(files.Thread.Id);
        if (!edit.HasRow)
            return edit.State;
        if (!edit.HasColumn("archived") || !edit.HasColumn("rollout_path"))
            return CodexRowState.UnknownForm;
        var path = moves.Find(move => move.From == files.Current.Path).To ?? files.Current.Path;
        edit.Set("rollout_path", RolloutFileName.PlainName(tools.Layout.Absolute(path)));
        edit.Set("archived", isToArchive ? 1L : 0L);
        if (!isToArchive || edit.Number("archived_at") is null || edit.Number("archived") == 0)
            edit.Set("archived_at", isToArchive ? tools.Options.Time.GetUtcNow().ToUnixTimeSeconds() : null);
        edit.Commit();
        return edit.State;
    }

    static string TargetOf(RolloutRow row, bool isToArchive) =>
        isToArchive ? $"{HomeLayout.Archived}/{row.Name}" : RolloutPlaces.ActiveOf(row);

    string FolderOf(string path) => tools.Layout.Absolute(Path.GetDirectoryName(path)!);
}
