namespace Spool;

// What is left of a thread beside its rollouts: copies, and what a deletion that died did not come to.
sealed partial class ThreadDeletion
{
    // What a deletion that died left of a thread which no list shows any more.
    async ValueTask<DeletionReceipt> FinishAsync(ThreadId threadId, OngoingChange change)
    {
        var cancellationToken = change.Token;
        await PurgeIndexAsync(threadId).ConfigureAwait(false);
        var remains = await RemainsOfAsync(threadId, [], cancellationToken).ConfigureAwait(false);
        var hasLeft = await Task.Run(() => HasLeft(threadId, remains), cancellationToken).ConfigureAwait(false);
        if (!hasLeft && !await Task.Run(() => MayHaveLeft(threadId), cancellationToken).ConfigureAwait(false))
            throw tools.Index.Missing(threadId);
        NoteUnreadable();
        if (await DeleteRemainsAsync(threadId, remains, hasLeft, change).ConfigureAwait(false) is not var (rows, names, lockBytes))
        {
            _left.Clear(); // all of it is looked for again
            _others.Clear();
            return await DeleteWholeAsync(threadId, change).ConfigureAwait(false);
        }
        var lockFile = LockFileOf(threadId);
        if (lockBytes is { } bytes && await Task.Run(() => !File.Exists(lockFile), CancellationToken.None).ConfigureAwait(false))
        {
            _removed.Add(tools.Layout.NameOf(lockFile));
            _bytes += bytes;
        }
        if (!hasLeft && lockBytes is null && !_hadRemains)
            throw tools.Index.Missing(threadId); // the holder of the lock stored nothing, or rows of other threads quote its id
        return Receipt(threadId, rows, names);
    }

    // Null where the holder of the lock stored the thread before it was given back: there is one now.
    async ValueTask<(int Rows, int Names, long? LockBytes)?> DeleteRemainsAsync(
        ThreadId threadId,
        IReadOnlyList<string> remains,
        bool hasLeft,
        OngoingChange change
    )
    {
        var cancellationToken = change.Token;
        using var locked = await LockRemainsAsync(threadId, hasLeft, cancellationToken).ConfigureAwait(false);
        if (
            await tools
                .Index.LookAtThreadAsync(
                    threadId,
                    isExpected: false,
                    connection => ThreadFiles.Find(connection, threadId),
                    cancellationToken
                )
                .ConfigureAwait(false)
            is not null
        )
            return null;
        change.Begin();
        await ChangeTools.OnDiskAsync(() => DeleteAll(remains)).ConfigureAwait(false);
        var deleted = await DeleteRecordsAsync(threadId, [threadId], isRepeated: true).ConfigureAwait(false);
        if (_removed.Count > 0)
            await ForgetAsync(threadId, _removed).ConfigureAwait(false); // a copy may have been listed under another id
        return (deleted.Rows, deleted.Names, locked.LeftBytes);
    }

    string LockFileOf(ThreadId threadId) => tools.Layout.Absolute($"thread-writer-locks/{threadId}.lock");

    // Only the holder of the lock can say whether its file was left behind.
    bool MayHaveLeft(ThreadId threadId) => File.Exists(LockFileOf(threadId)) || tools.CodexRowRemoval.MayHaveRemains(threadId);

    // Who creates a thread of which nothing is stored yet has its lock: it is not there, as for every other change.
    async ValueTask<WriterLock> LockRemainsAsync(ThreadId threadId, bool hasLeft, CancellationToken cancellationToken)
    {
        try
        {
            return await tools.Locks.AcquireAsync(threadId, cancellationToken).ConfigureAwait(false);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.HasWriter && !hasLeft)
        {
            throw tools.Index.Missing(threadId);
        }
    }

    bool HasLeft(ThreadId threadId, IReadOnlyList<string> remains) =>
        remains.Count > 0
        || SessionIndexFile.LinesOf(tools.Layout.SessionIndex, threadId).Count > 0
        || HasPrompts(threadId)
        || tools.CodexRowRemoval.Has(threadId);

    async ValueTask<IReadOnlyList<string>> RemainsOfAsync(
        ThreadId threadId,
        IReadOnlyCollection<string> logs,
        CancellationToken cancellationToken
    )
    {
        var settled = await tools
            .Index.LookAsync(CatchUpGoal.All, connection => Settled(connection, threadId), cancellationToken)
            .ConfigureAwait(false);
        var (files, others) = await Task.Run(
                () =>
                    new ThreadRemains(tools.Layout, tools.CodexRowRemoval.Files(), new LogCopies(threadId, logs), settled).Find(
                        threadId,
                        cancellationToken
                    ),
                cancellationToken
            )
            .ConfigureAwait(false);
        foreach (var (path, left) in others)
        {
            if (!await IsBeingMadeAsync(path, threadId, cancellationToken).ConfigureAwait(false))
                _others.Add((path, left));
        }
        return files;
    }

    // A rollout that is being made, such as a fork of the thread, is another thread's, as it will be under its own name. What a process
    // that died left of one goes with its lock.
    async ValueTask<bool> IsBeingMadeAsync(string path, ThreadId threadId, CancellationToken cancellationToken)
    {
        if (UnfinishedFiles.ThreadOf(Path.GetFileName(path)) is not { } made || made == threadId)
            return false;
        try
        {
            (await tools.Locks.AcquireAsync(made, cancellationToken).ConfigureAwait(false)).Dispose();
            return false;
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.HasWriter)
        {
            return true;
        }
    }

    static HashSet<string> Settled(IndexConnection connection, ThreadId threadId) =>
        connection.Read<HashSet<string>>(() =>
            [
                .. new RolloutTable(connection).WholePaths(),
                .. ThreadFiles.Find(connection, threadId)?.Everything.Select(row => row.Path) ?? [],
            ]
        );
}
