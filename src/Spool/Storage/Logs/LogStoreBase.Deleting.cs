namespace Spool.Storage;

public abstract partial class LogStoreBase
{
    /// <inheritdoc/>
    public ValueTask<DeletionReceipt> DeleteAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        _calls.ChangeAsync(change => DeleteOnceAsync(threadId, change), cancellationToken);

    async ValueTask<DeletionReceipt> DeleteOnceAsync(ThreadId threadId, OngoingChange change)
    {
        await LookAsync(change.Token).ConfigureAwait(false);
        using var entered = await EnterRefreshedAsync(threadId, change.Token).ConfigureAwait(false);
        var thread = entered.Thread;
        List<KnownLog> logs;
        DeletionReceipt receipt;
        lock (_home.Sync)
        {
            // What a deletion that ended in the middle left goes with the next one.
            var left = _home.LeftOf(thread);
            logs = [.. thread.Logs, .. left];
            if (logs.Count == 0 || !thread.IsStored && thread.Writer is not null)
                throw ThreadStoreException.NotFound(threadId);
            CheckDeletable(thread, logs);
            var counted = thread.IsStored ? thread.Logs : logs;
            receipt = new DeletionReceipt(threadId)
            {
                Rollouts = counted.Count,
                Bytes = counted.Sum(log => log.StoredBytes),
                Names = string.IsNullOrEmpty(counted[^1].Note.Name) ? 0 : 1,
            };
        }
        change.Begin();
        // The first one makes the thread: without it the others are parts of nothing.
        await RemoveAsync(logs[0]).ConfigureAwait(false);
        lock (_home.Sync)
        {
            _home.Remove(logs[0].Id);
            thread.Logs = [];
        }
        try
        {
            await RemoveLeftAsync(logs.Skip(1)).ConfigureAwait(false);
        }
        catch (ThreadStoreException e)
        {
            throw Unknown(e); // the thread is gone, and the next deletion removes the rest
        }
        return receipt;
    }

    /// <inheritdoc/>
    public async ValueTask RequireDeletableAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        await _calls.ReadAsync(token => RequireDeletableOnceAsync(threadId, token), cancellationToken).ConfigureAwait(false);

    async ValueTask<bool> RequireDeletableOnceAsync(ThreadId threadId, CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken).ConfigureAwait(false);
        await RefreshAsync(threadId, cancellationToken).ConfigureAwait(false);
        lock (_home.Sync)
        {
            var thread = _home.Find(threadId) ?? throw ThreadStoreException.NotFound(threadId);
            CheckDeletable(thread, thread.Logs);
        }
        return true;
    }

    /// <summary>Adds a thread that another store recorded, with its lines as they are, or replaces the one with the same id, whose writer
    /// then loses the right to write. For tools and tests: while it replaces, the thread is gone for a moment.</summary>
    /// <param name="threadId">The thread. A log that names no thread, or another, is a damaged log of this one.</param>
    /// <param name="lines">The lines without their line ends. The store may keep the memory.</param>
    /// <param name="name">The name beside the log, or null.</param>
    /// <param name="archivedAt">When the thread was archived, or null for an active one.</param>
    /// <param name="isTorn">Whether the last line was being written when its writer died.</param>
    /// <param name="cancellationToken">Cancels the call until it has begun to store.</param>
    public async ValueTask PutAsync(
        ThreadId threadId,
        IReadOnlyList<ReadOnlyMemory<byte>> lines,
        string? name = null,
        DateTimeOffset? archivedAt = null,
        bool isTorn = false,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(lines);
        await _calls
            .ChangeAsync(change => PutOnceAsync(threadId, WithNote(lines, name, archivedAt, isTorn), change), cancellationToken)
            .ConfigureAwait(false);
    }

    async ValueTask<bool> PutOnceAsync(ThreadId threadId, IReadOnlyList<ReadOnlyMemory<byte>> lines, OngoingChange change)
    {
        using var entered = await _home.EnterAsync(threadId, change.Token).ConfigureAwait(false);
        var thread = entered.Thread;
        await RefreshAsync(thread, change.Token).ConfigureAwait(false);
        change.Begin();
        foreach (var old in thread.Logs)
            await RemoveAsync(old).ConfigureAwait(false);
        Forget(thread);
        var log = new KnownLog(threadId, threadId);
        return await CreateLogAsync(thread, log, lines, Durability.Flushed).ConfigureAwait(false)
            ? true
            : throw ThreadStoreException.AlreadyExists(threadId);
    }

    /// <summary>The lines of a log that was recorded elsewhere, with a note before them.</summary>
    internal static IReadOnlyList<ReadOnlyMemory<byte>> WithNote(
        IReadOnlyList<ReadOnlyMemory<byte>> lines,
        string? name,
        DateTimeOffset? archivedAt,
        bool isTorn
    )
    {
        var note = new LogNote
        {
            Name = string.IsNullOrEmpty(name) ? null : name,
            ArchivedAtMs = archivedAt?.ToUnixTimeMilliseconds(),
            TornAt = isTorn ? lines.Count - 1 : null,
        };
        return [note.ToLine(), .. lines];
    }

    /// <summary>Replaces a thread of which another log was put into the place of its own; its writer loses the right to write.</summary>
    internal void Replace(ThreadId threadId, Action<List<ThreadId>> remove, Action put)
    {
        lock (_home.Sync)
        {
            List<ThreadId> logs = [threadId];
            if (_home.Find(threadId) is { } thread)
            {
                logs.AddRange(thread.Logs.Skip(1).Select(log => log.Id));
                Forget(thread);
            }
            else
                _home.ForgetWriter(threadId);
            remove(logs);
            put();
            _home.IsLoaded = false;
        }
    }

    void Forget(KnownThread thread)
    {
        lock (_home.Sync)
        {
            thread.Writer?.Lose();
            foreach (var log in thread.Logs)
                _home.Remove(log.Id);
            thread.Logs = [];
        }
    }

    void CheckDeletable(KnownThread thread, IReadOnlyList<KnownLog> logs)
    {
        thread.CheckNotWritten();
        var forks = _home
            .Stored.Where(other =>
                other.Id != thread.Id
                && other.Logs.Any(log => log.Facts.HistoryBase is { } shared && logs.Any(mine => mine.Id == shared.RolloutId))
            )
            .Select(other => other.Id)
            .ToList();
        if (forks.Count > 0)
            throw ThreadStoreException.Referenced(thread.Id, forks);
    }

    // Removes logs that are no part of a thread any more; those that it does not come to are still known.
    async ValueTask RemoveLeftAsync(IEnumerable<KnownLog> logs)
    {
        foreach (var log in logs)
        {
            await RemoveAsync(log).ConfigureAwait(false);
            lock (_home.Sync)
                _home.Remove(log.Id);
        }
    }

    async ValueTask TryRemoveLeftAsync(IEnumerable<KnownLog> logs)
    {
        try
        {
            await RemoveLeftAsync(logs).ConfigureAwait(false);
        }
        catch (ThreadStoreException) { } // the next revert or deletion removes them
    }

    async ValueTask RemoveAsync(KnownLog log)
    {
        try
        {
            await RemoveLinesAsync(log.Id, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (!SaysThatNothingWasStored(e) && e is not OutOfMemoryException)
        {
            throw Unknown(e);
        }
    }
}
