using System.Globalization;

namespace Spool;

/// <summary>Takes a thread back to the point before a turn: by a marker in a legacy log, by a new rollout that continues the paginated one
/// up to there.</summary>
/// <remarks>
/// Of a paginated thread, if we die
/// 1. before the rename: an unfinished file is left, which no program takes for a rollout.
/// 2. after the rename, before Codex's row points at the new rollout: the thread is as it was, and the new rollout, which holds nothing but
/// its first line, is
///    in a list of everything as superseded, where it can be deleted. In a home without a row the revert is done.
/// </remarks>
sealed class ThreadRevert(ChangeTools tools)
{
    /// <summary>Takes a thread back.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="beforeTurn">The first turn that is no longer shown.</param>
    /// <param name="append">Appends an item to the log of a thread that is locked.</param>
    /// <param name="change">The change.</param>
    public async ValueTask<ChangedThread> RevertAsync(
        ThreadId threadId,
        string beforeTurn,
        Func<LockedThread, NewItem, ValueTask> append,
        OngoingChange change
    )
    {
        using var locked = await tools.LockAsync(threadId, change.Token).ConfigureAwait(false);
        var files = locked.Files;
        files.RequireOwnId();
        if (files.Current.IsArchived)
            throw new ThreadStoreException(ThreadStoreErrorCode.Archived, $"Thread {threadId} is archived; unarchive it first.");
        if (files.Thread.HistoryMode is not (HistoryModes.Legacy or HistoryModes.Paginated))
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unsupported,
                $"Thread {threadId} is recorded in a way that this version does not know, so it cannot be taken back."
            );
        if (files.Current.IsOldForm)
            throw TodaysForm.IsNeeded(threadId);
        if (files.Current.Scan.Facts.Id is null)
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Corrupt,
                $"The log of thread {threadId} does not say which thread it belongs to, so it cannot be taken back."
            );
        change.Begin();
        if (files.Thread.HistoryMode == HistoryModes.Paginated)
            return await ContinueAsync(files, beforeTurn).ConfigureAwait(false);
        var turns = (await AskAsync(files, points => points.CountFrom(beforeTurn)).ConfigureAwait(false)).Answer;
        await append(locked, SessionMetaChanges.RolledBack(turns)).ConfigureAwait(false);
        return new ChangedThread(
            await tools.RefreshAsync(threadId, [files.Current.Path, RolloutFileName.PlainName(files.Current.Path)]).ConfigureAwait(false)
        );
    }

    async ValueTask<ChangedThread> ContinueAsync(ThreadFiles files, string beforeTurn)
    {
        if (files.Thread.State is ThreadCondition.Unreadable or ThreadCondition.BrokenLineage)
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Corrupt,
                $"Thread {files.Thread.Id} is damaged and cannot be taken back: {files.Thread.StateReason}"
            );
        // The lock protects the thread's own rollouts; those of other threads that it continues may be moved meanwhile.
        var point = await MovingRollouts
            .ReadAsync(async () =>
            {
                var place = (await AskAsync(files, points => points.Find(ForkPoint.Before(beforeTurn))).ConfigureAwait(false)).Answer;
                return await ChangeTools.OnDiskAsync(() => place.Read(tools.Layout, tools.Options)).ConfigureAwait(false);
            })
            .ConfigureAwait(false);
        LineageResolver.CheckRoom(files.Thread.Id, point.Segment + 1);
        var (path, state) = await ChangeTools.OnDiskAsync(() => Publish(files, point)).ConfigureAwait(false);
        return new ChangedThread(await tools.RefreshAsync(files.Thread.Id, [path]).ConfigureAwait(false))
        {
            Warnings = tools.WarningsOf(state),
        };
    }

    ValueTask<(ThreadFiles Files, T Answer)> AskAsync<T>(ThreadFiles files, Func<HistoryPoints, T> question) =>
        tools.AskAsync(files.Thread.Id, (connection, now) => question(new HistoryPoints(connection, now.Lineage)), CancellationToken.None);

    (string Path, CodexRowState State) Publish(ThreadFiles files, HistoryPoint point)
    {
        using var edit = tools.Codex.Begin(files.Thread.Id);
        // Codex's row says which rollout is the current one; a row that cannot be changed would hide the new one.
        var state = edit.HasRow && !edit.HasColumn("rollout_path") ? CodexRowState.UnknownForm : edit.State;
        if (state != CodexRowState.Missing && CodexWarnings.WhyNot(state) is { } why)
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unavailable,
                $"Codex's own database, which says where the thread goes on, cannot be changed, because {why}."
            );
        var now = tools.Options.Time.GetUtcNow();
        var head = SessionMetaChanges.ForRevert(
            RolloutGlance.Read(tools.Layout, files.Current, tools.Options.MaxLineBytes),
            files.Thread,
            point.ToBase()
        );
        byte[] line = [.. RolloutLine.ToArray(head, now, point.Ordinal), (byte)'\n'];
        var path = PathOf(files);
        var rollout = new UnpublishedRollout(tools, path);
        rollout.Write(file => file.Append(line));
        rollout.GiveName();
        rollout.KeepName();
        try
        {
            // Without a row Codex would make one of whichever of the rollouts it sees first.
            if (!edit.HasRow)
                new CodexRowCompletion(tools).Complete(edit, files.Thread, path, ownMessage: null);
            if (!edit.HasRow)
                return (path, edit.State);
            edit.Set("rollout_path", tools.Layout.Absolute(path));
            if (edit.Commit())
                return (path, edit.State);
            tools.Files.Delete(tools.Layout.Absolute(path));
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            throw ThreadStoreException.OutcomeUnknown(
                $"The disk of the home failed when the new rollout {path} was there, so it is not known where the thread goes on. {DiskErrors.Translate(e).Message}",
                e
            );
        }
        throw new ThreadStoreException(
            ThreadStoreErrorCode.Unavailable,
            $"Thread {files.Thread.Id} changed while it was taken back; try again."
        );
    }

    // Without a row the newest name says which rollout is the current one, whatever the clocks of the programs that wrote it.
    string PathOf(ThreadFiles files)
    {
        var now = tools.Options.Time.GetLocalNow();
        var latest = files
            .OldestFirst.Select(row => RolloutFileName.TryParse(row.Name, out var name) ? name.Time.DateTime : DateTime.MinValue)
            .Max();
        if (DateTime.MaxValue - latest < TimeSpan.FromSeconds(2))
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unsupported,
                $"Thread {files.Thread.Id} cannot be taken back: the name of its rollout has the last time there is; fork it instead."
            );
        var time = now.DateTime > latest ? now : new DateTimeOffset(latest.AddSeconds(1), TimeSpan.Zero);
        return NewRollout
            .PathOf(files.Thread.Id, time)
            .Replace(
                RolloutFileName.PlainSuffix,
                string.Create(CultureInfo.InvariantCulture, $"_{ThreadId.New(tools.Options.Time)}{RolloutFileName.PlainSuffix}"),
                StringComparison.Ordinal
            );
    }
}
