namespace Spool;

/// <summary>Deletes a thread: its rollouts, what was set aside beside them, its names, its rows in Codex's databases and in the index.</summary>
/// <remarks>
/// Rollouts that continue others go before those. If we die
/// 1. between two rollouts: the thread is listed by what is left of it. The next call deletes the rest.
/// 2. after the last rollout: the thread is gone from every list. The next call for the id removes the names and rows that are left, and gives a receipt without rollouts.
/// The lock of the home is held from the last look for references to the last rollout, and a fork is published under the same lock.
/// </remarks>
sealed class ThreadDeletion(ChangeTools tools)
{
    /// <summary>Deletes a thread.</summary>
    public async ValueTask<DeletionReceipt> DeleteAsync(ThreadId thread, CancellationToken cancellationToken)
    {
        if (await tools.Index.LookAsync(LocalThreadStore.GoalOf(thread), connection => ThreadFiles.Find(connection, thread), cancellationToken).ConfigureAwait(false) is null)
            return await FinishAsync(thread, cancellationToken).ConfigureAwait(false);
        using var locked = await tools.LockAsync(thread, cancellationToken).ConfigureAwait(false);
        // Everything is read before the lock of the home is taken; what is left to read then is next to nothing.
        await tools.Index.LookAsync(CatchUpGoal.All, _ => 0, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        var files = locked.Files;
        var (rollouts, bytes) = await DeleteRolloutsAsync(thread).ConfigureAwait(false);
        var receipt = new DeletionReceipt(thread) { Rollouts = rollouts, Bytes = bytes };
        if (files.HasOwnId)
            receipt = await DeleteRecordsAsync(receipt, [thread, .. files.OldestFirst.Select(row => row.Rollout)]).ConfigureAwait(false);
        await tools.Index.RefreshAsync(files.OldestFirst.Select(row => row.Path), _ => 0, CancellationToken.None).ConfigureAwait(false);
        return receipt;
    }

    async ValueTask<(int Rollouts, long Bytes)> DeleteRolloutsAsync(ThreadId thread)
    {
        using var home = await Task.Run(tools.Locks.AcquireHome).ConfigureAwait(false);
        var (files, reference) = await tools.Index.LookAsync(CatchUpGoal.All, connection => Look(connection, thread), CancellationToken.None).ConfigureAwait(false);
        if (files is null)
            return (0, 0); // another program was faster; only records may be left
        if (reference is { } fork)
            throw new ThreadStoreException(ThreadStoreErrorCode.Conflict, $"The history of thread {fork} continues thread {thread}, which is kept for it; delete {fork} first.");
        return await ChangeTools.OnDiskAsync(() => DeleteFiles(files)).ConfigureAwait(false);
    }

    static (ThreadFiles? Files, ThreadId? Reference) Look(IndexConnection connection, ThreadId thread)
    {
        if (ThreadFiles.Find(connection, thread) is not { } files)
            return (null, null);
        var table = new RolloutTable(connection);
        var own = files.OldestFirst.Select(row => row.Key).ToHashSet();
        foreach (var row in files.OldestFirst)
        {
            // A copy that stays can be continued instead.
            if (table.WithRollout(row.Rollout).Any(copy => !own.Contains(copy.Key) && copy.Scan.Length >= row.Scan.Length))
                continue;
            if (table.Continuing(row.Rollout).FirstOrDefault(other => !own.Contains(other.Key)) is { } reference)
                return (files, reference.ClaimedThread);
        }
        return (files, null);
    }

    (int Rollouts, long Bytes) DeleteFiles(ThreadFiles files)
    {
        var (rollouts, bytes) = (0, 0L);
        foreach (var row in files.OldestFirst.Reverse())
        {
            var path = tools.Layout.Absolute(row.Path);
            var size = tools.Files.Stamp(path)?.Size ?? 0;
            foreach (var beside in RolloutPlaces.SetAside(path))
                tools.Files.Delete(beside);
            if (!tools.Files.Delete(path))
                continue;
            // Each deletion is on the disk before the next: what continues another rollout must not come back without it.
            tools.Files.SyncFolder(Path.GetDirectoryName(path)!);
            rollouts++;
            bytes += size;
        }
        return (rollouts, bytes);
    }

    async ValueTask<DeletionReceipt> FinishAsync(ThreadId thread, CancellationToken cancellationToken)
    {
        var isKnown = await Task.Run(() => SessionIndexFile.LinesOf(tools.Layout.SessionIndex, thread).Count > 0 || HasRow(thread), cancellationToken).ConfigureAwait(false);
        if (!isKnown)
            throw ThreadStoreException.NotFound(thread);
        using var held = await Task.Run(() => tools.Locks.Acquire(thread), cancellationToken).ConfigureAwait(false);
        return await DeleteRecordsAsync(new DeletionReceipt(thread), [thread]).ConfigureAwait(false);
    }

    bool HasRow(ThreadId thread)
    {
        using var edit = tools.Codex.Begin(thread);
        return edit.HasRow;
    }

    async ValueTask<DeletionReceipt> DeleteRecordsAsync(DeletionReceipt receipt, IReadOnlyCollection<ThreadId> rollouts)
    {
        var thread = receipt.Thread;
        var warnings = new List<string>();
        var names = await Task.Run(() => DeleteNames(thread, warnings)).ConfigureAwait(false);
        await Task.Run(() =>
        {
            if (!tools.CodexHistory.Remove([.. rollouts.Distinct()]))
                warnings.Add("Codex's own history database could not be changed and still holds the thread's turns.");
            using var edit = tools.Codex.Begin(thread);
            if (edit.HasRow)
                edit.Delete();
            if (edit.State == CodexRowState.Missing)
                warnings.AddRange(tools.WarningsOf(edit.State));
            else if (edit.State is CodexRowState.Locked or CodexRowState.Unusable || !edit.Commit())
                warnings.Add("Codex's own database could not be changed and still holds the thread's row.");
        }).ConfigureAwait(false);
        return receipt with { Names = names, Warnings = warnings };
    }

    int DeleteNames(ThreadId thread, List<string> warnings)
    {
        try
        {
            return tools.Names.Remove(thread);
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e) || e is ThreadStoreException { Code: ThreadStoreErrorCode.Unavailable })
        {
            warnings.Add("The thread's names could not be removed from the list of names.");
            return 0;
        }
    }
}
