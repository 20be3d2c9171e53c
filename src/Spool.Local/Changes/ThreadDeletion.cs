namespace Spool;

/// <summary>Deletes a thread: every file that says it is this thread, its names, its prompts, its rows in Codex's databases and what the
/// index holds of it, so that its bytes are gone from all of them.</summary>
/// <remarks>
/// Copies that no list shows go first, then the rollouts; those that continue others go before those. If we die
/// 1. before the last rollout is gone: the thread is listed by what is left of it. The next call deletes the rest.
/// 2. after the last rollout: the thread is gone from every list. The next call for the id removes copies, names, prompts, rows, the free
/// space in which they were and the lock file that are left, and gives a receipt without rollouts.
/// 3. after the names, prompts and rows: pages of the index as they were before may be left in its write-ahead log. The next deletion, of
/// any id, removes them; so does the next process that closes the index. The lock of the home is held from the last look for references to
/// the last rollout, and a fork is published under the same lock.
/// </remarks>
sealed partial class ThreadDeletion(ChangeTools tools)
{
    const int MostNamed = 20;

    readonly List<string> _removed = [];
    readonly HashSet<string> _removedRollouts = [];
    readonly List<LeftBehind> _left = [];
    readonly List<(string Path, LeftBehind Left)> _others = []; // what is left where there is still something at the path
    readonly OtherNames _otherNames = new();
    int _prompts;
    bool _hadRemains;
    long _bytes;

    /// <summary>Deletes a thread. Used once. An error in the middle says what was removed already.</summary>
    public async ValueTask<DeletionReceipt> DeleteAsync(ThreadId threadId, OngoingChange change)
    {
        try
        {
            return await DeleteWholeAsync(threadId, change).ConfigureAwait(false);
        }
        catch (ThreadStoreException e) when (_removed.Count > 0)
        {
            await ForgetAsync(threadId, _removed).ConfigureAwait(false);
            var more = _removed.Count > MostNamed ? $" and {_removed.Count - MostNamed} more" : "";
            throw e.Again(
                $"{e.Message} Removed already: {string.Join(", ", _removed.Take(MostNamed))}{more}. The same command again goes on from there."
            );
        }
    }

    /// <summary>Refuses a thread that would not be deleted. Used instead of a deletion.</summary>
    public async ValueTask<bool> RequireDeletableAsync(ThreadId threadId, CancellationToken cancellationToken)
    {
        if (
            await tools
                .Index.LookAtThreadAsync(
                    threadId,
                    isExpected: true,
                    connection => ThreadFiles.Find(connection, threadId),
                    cancellationToken
                )
                .ConfigureAwait(false)
            is null
        )
        {
            var remains = await RemainsOfAsync(threadId, [], cancellationToken).ConfigureAwait(false);
            var hasLeft = await Task.Run(() => HasLeft(threadId, remains), cancellationToken).ConfigureAwait(false);
            if (!hasLeft && !await Task.Run(() => MayHaveLeft(threadId), cancellationToken).ConfigureAwait(false))
                throw tools.Index.Missing(threadId);
            (await LockRemainsAsync(threadId, hasLeft, cancellationToken).ConfigureAwait(false)).Dispose(); // as the deletion does
            return true;
        }
        using var locked = await tools.LockAsync(threadId, cancellationToken).ConfigureAwait(false);
        var (files, references) = await tools
            .Index.LookAsync(CatchUpGoal.All, connection => Look(connection, threadId), cancellationToken)
            .ConfigureAwait(false);
        references?.RequireNone(tools.Index.Problems);
        if (files is not null)
            await ChangeTools.OnDiskAsync(() => SharedOf(files)).ConfigureAwait(false);
        return true;
    }

    async ValueTask<DeletionReceipt> DeleteWholeAsync(ThreadId threadId, OngoingChange change)
    {
        var cancellationToken = change.Token;
        if (
            await tools
                .Index.LookAtThreadAsync(
                    threadId,
                    isExpected: true,
                    connection => ThreadFiles.Find(connection, threadId),
                    cancellationToken
                )
                .ConfigureAwait(false)
            is null
        )
            return await FinishAsync(threadId, change).ConfigureAwait(false);
        using var locked = await tools.LockAsync(threadId, cancellationToken).ConfigureAwait(false);
        // Everything is read before the lock of the home is taken; what is left to read then is what changed meanwhile.
        var (files, references) = await tools
            .Index.LookAsync(CatchUpGoal.All, connection => Look(connection, threadId), cancellationToken)
            .ConfigureAwait(false);
        references?.RequireNone(tools.Index.Problems);
        var shared = files is null ? null : await ChangeTools.OnDiskAsync(() => SharedOf(files)).ConfigureAwait(false);
        var remains = locked.Files.HasOwnId
            ? await RemainsOfAsync(threadId, LogsOf(locked.Files), cancellationToken).ConfigureAwait(false)
            : [];
        change.Begin();
        var deleted = await DeleteRolloutsAsync(threadId, locked.Files, shared, remains).ConfigureAwait(false);
        var (rows, names) = deleted.HasOwnId
            ? await DeleteRecordsAsync(threadId, [threadId, .. deleted.Everything.Select(row => row.Rollout)]).ConfigureAwait(false)
            : (0, 0);
        await ForgetAsync(threadId, deleted.Everything.Select(row => row.Path).Union(_removed)).ConfigureAwait(false);
        return Receipt(threadId, rows, names);
    }

    // What is gone already is gone from the index too, however the rest ends. An index that cannot be changed makes nothing come back.
    async ValueTask ForgetAsync(ThreadId threadId, IEnumerable<string> paths)
    {
        try
        {
            await tools.Index.RefreshAsync(threadId, paths, isExpected: false, _ => 0, CancellationToken.None).ConfigureAwait(false);
            await PurgeIndexAsync(threadId).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ThreadStoreException || DiskErrors.IsFromDisk(e))
        {
            _left.Add(
                new LeftBehind(
                    "What the index in the cache folder holds of the thread",
                    "it could not be changed; the next command that can removes it"
                )
            );
        }
    }

    async ValueTask<ThreadFiles> DeleteRolloutsAsync(
        ThreadId threadId,
        ThreadFiles known,
        SharedRollouts? seen,
        IReadOnlyList<string> remains
    )
    {
        using var home = await tools.Locks.AcquireHomeAsync(CancellationToken.None).ConfigureAwait(false);
        var (files, references) = await tools
            .Index.LookAsync(CatchUpGoal.All, connection => Look(connection, threadId), CancellationToken.None)
            .ConfigureAwait(false);
        references?.RequireNone(tools.Index.Problems);
        var shared =
            files is null ? null
            : seen?.IsStillOf(files) == true ? seen
            : await ChangeTools.OnDiskAsync(() => SharedOf(files)).ConfigureAwait(false);
        _left.AddRange(
            shared?.Paths.Select(path => ThreadRemains.HoldsMore($"The rollout {path}, which says it is the thread and has not its name"))
                ?? []
        );
        await ChangeTools.OnDiskAsync(() => DeleteAll(remains)).ConfigureAwait(false);
        NoteUnreadable();
        if (files is null)
            return known; // another program was faster; only records may be left
        await ChangeTools.OnDiskAsync(() => DeleteRollouts(files, shared!.Paths)).ConfigureAwait(false);
        return files;
    }

    static (ThreadFiles? Files, ThreadReferences? References) Look(IndexConnection connection, ThreadId threadId) =>
        connection.Read<(ThreadFiles?, ThreadReferences?)>(() =>
            ThreadFiles.Find(connection, threadId) is { } files ? (files, ThreadReferences.Find(connection, files)) : (null, null)
        );

    // Whatever their dates: any file may be in any folder.
    void NoteUnreadable() => _left.AddRange(tools.Index.Problems.Select(problem => SkippedPlaces.InUnreadable(problem.Place)));

    // The rollouts whose name is that of the thread; else the one it is listed by, unless its name is that of another thread.
    IReadOnlyCollection<string> LogsOf(ThreadFiles files)
    {
        var named = files.Everything.Where(row => NameOf(row) == files.Thread.Id).ToList();
        return
        [
            .. (named.Count > 0 || NameOf(files.Current) is not null ? named : [files.Current]).Select(row =>
                tools.Layout.Absolute(row.Path)
            ),
        ];
    }

    static ThreadId? NameOf(RolloutRow row) => RolloutFileName.TryParse(row.Name, out var name) ? name.ThreadId : null;

    // Rollouts that say they are the thread, have the name of another one or none, and hold more than a copy of its log: what they hold of
    // others is kept with them.
    SharedRollouts SharedOf(ThreadFiles files)
    {
        if (!files.HasOwnId)
            return new SharedRollouts(files, []); // one file, which was asked for by an id of its path
        var logs = LogsOf(files);
        var copies = new LogCopies(files.Thread.Id, logs);
        var shared = files.Everything.Where(row => !logs.Contains(tools.Layout.Absolute(row.Path)) && !IsCopy(copies, row)).ToList();
        if (shared.Contains(files.Current) || NameOf(files.Current) is null && IsOfOthersToo(copies, files.Current))
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unsupported,
                $"Thread {files.Thread.Id} is in {files.Current.Path}, which has not its name and holds other things too; nothing was deleted. Move what is to be kept out of it."
            );
        return new SharedRollouts(files, [.. shared.Select(row => row.Path)]);
    }

    bool IsCopy(LogCopies copies, RolloutRow row) =>
        !Path.Exists(tools.Layout.Absolute(row.Path)) || copies.Has(tools.Layout.Absolute(row.Path));

    bool IsOfOthersToo(LogCopies copies, RolloutRow row) =>
        row.State != ThreadCondition.Unreadable && copies.HoldsOthers(tools.Layout.Absolute(row.Path));

    int DeleteRollouts(ThreadFiles files, HashSet<string> shared)
    {
        foreach (var row in files.Everything.Reverse().Where(row => !shared.Contains(row.Path)))
        {
            var path = tools.Layout.Absolute(row.Path);
            DeleteAll(RolloutPlaces.Beside(path).Where(beside => !IsFolder(beside)));
            // The only one is an error, which the disk makes.
            if (IsFolder(path) && (row != files.Current || _removed.Count > 0))
            {
                _left.Add(
                    new LeftBehind(
                        $"The folder {row.Path}, which has the name of a rollout of the thread",
                        "a file belongs there, and only files are removed; move it away"
                    )
                );
                continue;
            }
            if (!Delete(path))
            {
                if (row == files.Current && row.State == ThreadCondition.Unreadable && _removed.Count == 0)
                    throw new ThreadStoreException(
                        ThreadStoreErrorCode.Unavailable,
                        $"Thread {files.Thread.Id} cannot be deleted here. {row.StateReason}"
                    );
                continue;
            }
            _removedRollouts.Add(tools.Layout.NameOf(path));
        }
        return _removedRollouts.Count;
    }

    static bool IsFolder(string path) => FileStat.KindOf(path) == PlaceKind.Folder && new FileInfo(path).LinkTarget is null;

    int DeleteAll(IEnumerable<string> paths) => paths.Count(Delete);

    bool Delete(string path)
    {
        var target = new FileInfo(path).LinkTarget is { } link ? Path.GetFullPath(link, Path.GetDirectoryName(path)!) : null;
        var (size, names) = target is null ? Measure(path) : (0, null); // what a link leads to stays
        if (!tools.Files.Delete(path))
            return false;
        _bytes += size;
        // Each deletion is on the disk before the next: what continues another rollout must not come back without it.
        tools.Files.SyncFolder(Path.GetDirectoryName(path)!);
        var relative = tools.Layout.NameOf(path);
        _removed.Add(relative);
        _otherNames.Removed(relative, names);
        if (target is not null)
            _others.Add((target, new LeftBehind($"The file that the link {relative} led to", "it may be another user's")));
        return true;
    }

    (long Size, (FolderIdentity, uint)? Names) Measure(string path)
    {
        if (ForeignNames.Decode(path) is not { } place)
            return (tools.Files.Stamp(path)?.Size ?? 0, FileStat.NamesOf(path));
        using var file = ForeignNames.Open(place);
        var here = file is null ? path : ForeignNames.PathOf(file);
        return (FileStat.TryGet(here)?.Size ?? 0, FileStat.NamesOf(here));
    }

    async ValueTask PurgeIndexAsync(ThreadId threadId) => _left.AddRange(await tools.Index.PurgeAsync(threadId).ConfigureAwait(false));

    DeletionReceipt Receipt(ThreadId threadId, int rows, int names) =>
        new(threadId)
        {
            Rollouts = _removedRollouts.Count,
            Bytes = _bytes,
            Names = names,
            Rows = rows,
            Prompts = _prompts,
            Removed = [.. _removed.OrderBy(name => !_removedRollouts.Contains(name)).ThenBy(name => name, StringComparer.Ordinal)],
            Left =
            [
                .. _left
                    .Concat(_otherNames.Left)
                    .Concat(_others.Where(other => Path.Exists(other.Path)).Select(other => other.Left))
                    .Distinct(),
            ],
        };

    // What was found by reading the rollouts, as long as they are as they were then.
    sealed record SharedRollouts(ThreadFiles Files, HashSet<string> Paths)
    {
        public bool IsStillOf(ThreadFiles now) =>
            now.Everything.All(row => !row.Stamp.IsNone) && now.Everything.Select(Of).SequenceEqual(Files.Everything.Select(Of));

        static (string, KnownFile) Of(RolloutRow row) => (row.Path, row.File);
    }
}
