namespace Spool;

public sealed partial class InMemoryThreadStore
{
    /// <inheritdoc/>
    public ValueTask<ChangedThread> UpdateAsync(ThreadId threadId, ThreadPatch patch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(patch);
        CheckUsableNow(cancellationToken);
        patch = patch.Checked();
        if (patch.IsEmpty)
            return ReadAsync(threadId, cancellationToken);
        return ChangeAsync(threadId, entry => InMemoryPatch.Apply(_home, entry, patch, Now), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ChangedThread> ArchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        ChangeAsync(threadId, entry => entry.ArchivedAt ??= Now, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChangedThread> UnarchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        ChangeAsync(threadId, entry => entry.ArchivedAt = null, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChangedThread> ForkAsync(ForkRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_home.Gate)
        {
            CheckUsable(cancellationToken);
            NewLog.CheckId(request.ThreadId);
            var given = request.SessionMeta is { } head ? NewLog.Check(request.ThreadId, head, _options.MaxItemBytes) : null;
            var source = _home.Get(request.Source);
            InMemoryFork.Check(_home, source);
            _home.CheckNotWritten(request.ThreadId);
            CheckFree(request.ThreadId);
            var entry = new InMemoryEntry(InMemoryFork.Of(_home, source, request, given, Now)) { NameBeside = _home.Project(source).Name };
            _home.Add(entry);
            return new(new ChangedThread(_home.Project(entry)));
        }
    }

    /// <inheritdoc/>
    public ValueTask<ChangedThread> RevertAsync(ThreadId threadId, string beforeTurn, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(beforeTurn);
        return ChangeAsync(
            threadId,
            entry =>
            {
                CheckActive(entry);
                InMemoryRevert.Apply(_home, entry, beforeTurn, _options.Time);
            },
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public ValueTask<DeletionReceipt> DeleteAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        lock (_home.Gate)
        {
            CheckUsable(cancellationToken);
            var entry = GetDeletable(threadId);
            var logs = _home.Remove(threadId);
            return new(
                new DeletionReceipt(threadId)
                {
                    Rollouts = logs.Count,
                    Bytes = logs.Sum(log => log.StoredBytes),
                    Names = string.IsNullOrEmpty(entry.NameBeside) ? 0 : 1,
                }
            );
        }
    }

    /// <inheritdoc/>
    public ValueTask RequireDeletableAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        lock (_home.Gate)
        {
            CheckUsable(cancellationToken);
            GetDeletable(threadId);
            return default;
        }
    }

    InMemoryEntry GetDeletable(ThreadId threadId)
    {
        var entry = _home.GetForChange(threadId);
        var forks = _home
            .Logs.Where(log =>
                log.ThreadId != threadId && log.Facts.HistoryBase is { } shared && _home.FindLog(shared.RolloutId)?.ThreadId == threadId
            )
            .Select(log => log.ThreadId)
            .ToList();
        return forks.Count == 0 ? entry : throw ThreadStoreException.Referenced(threadId, forks);
    }

    ValueTask<ChangedThread> ReadAsync(ThreadId threadId, CancellationToken cancellationToken)
    {
        lock (_home.Gate)
        {
            CheckUsable(cancellationToken);
            return new(new ChangedThread(_home.Project(_home.Get(threadId))));
        }
    }

    DateTimeOffset Now => _options.Time.GetUtcNow();

    ValueTask<ChangedThread> ChangeAsync(ThreadId threadId, Action<InMemoryEntry> change, CancellationToken cancellationToken)
    {
        lock (_home.Gate)
        {
            CheckUsable(cancellationToken);
            var entry = _home.GetForChange(threadId);
            change(entry);
            return new(new ChangedThread(_home.Project(entry)));
        }
    }
}
