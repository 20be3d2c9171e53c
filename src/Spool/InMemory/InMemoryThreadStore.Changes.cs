namespace Spool;

public sealed partial class InMemoryThreadStore
{
    /// <inheritdoc/>
    public ValueTask<ChangedThread> UpdateAsync(ThreadId thread, ThreadPatch patch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(patch);
        CheckUsableNow(cancellationToken);
        patch = patch.Checked();
        if (patch.IsEmpty)
            return ReadAsync(thread, cancellationToken);
        return ChangeAsync(thread, entry => InMemoryPatch.Apply(_home, entry, patch, Now), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ChangedThread> ArchiveAsync(ThreadId thread, CancellationToken cancellationToken = default) =>
        ChangeAsync(thread, entry => entry.ArchivedAt ??= Now, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChangedThread> UnarchiveAsync(ThreadId thread, CancellationToken cancellationToken = default) =>
        ChangeAsync(thread, entry => entry.ArchivedAt = null, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChangedThread> ForkAsync(ForkThread request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_home.Gate)
        {
            CheckUsable(cancellationToken);
            NewLog.CheckId(request.Thread);
            var given = request.SessionMeta is { } head ? NewLog.Check(request.Thread, head, _options.MaxItemBytes) : null;
            var source = _home.Get(request.Source);
            InMemoryFork.Check(_home, source);
            _home.CheckNotWritten(request.Thread);
            CheckFree(request.Thread);
            var entry = new InMemoryEntry(InMemoryFork.Of(_home, source, request, given, Now)) { NameBeside = _home.Project(source).Name };
            _home.Add(entry);
            return new(new ChangedThread(_home.Project(entry)));
        }
    }

    /// <inheritdoc/>
    public ValueTask<ChangedThread> RevertAsync(ThreadId thread, string beforeTurn, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(beforeTurn);
        return ChangeAsync(
            thread,
            entry =>
            {
                CheckActive(entry);
                InMemoryRevert.Apply(_home, entry, beforeTurn, _options.Time);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<DeletionReceipt> DeleteAsync(ThreadId thread, CancellationToken cancellationToken = default)
    {
        lock (_home.Gate)
        {
            CheckUsable(cancellationToken);
            var entry = GetDeletable(thread);
            var logs = _home.Remove(thread);
            return new(new DeletionReceipt(thread)
            {
                Rollouts = logs.Count,
                Bytes = logs.Sum(log => log.StoredBytes),
                Names = string.IsNullOrEmpty(entry.NameBeside) ? 0 : 1,
            });
        }
    }

    /// <inheritdoc/>
    public ValueTask RequireDeletableAsync(ThreadId thread, CancellationToken cancellationToken = default)
    {
        lock (_home.Gate)
        {
            CheckUsable(cancellationToken);
            GetDeletable(thread);
            return default;
        }
    }

    InMemoryEntry GetDeletable(ThreadId thread)
    {
        var entry = _home.GetForChange(thread);
        var forks = _home.Logs.Where(log => log.ThreadId != thread && log.Facts.HistoryBase is { } shared && _home.FindLog(shared.RolloutId)?.ThreadId == thread).Select(log => log.ThreadId).ToList();
        return forks.Count == 0 ? entry : throw ThreadStoreException.Referenced(thread, forks);
    }

    ValueTask<ChangedThread> ReadAsync(ThreadId thread, CancellationToken cancellationToken)
    {
        lock (_home.Gate)
        {
            CheckUsable(cancellationToken);
            return new(new ChangedThread(_home.Project(_home.Get(thread))));
        }
    }

    DateTimeOffset Now => _options.Time.GetUtcNow();

    ValueTask<ChangedThread> ChangeAsync(ThreadId thread, Action<InMemoryEntry> change, CancellationToken cancellationToken)
    {
        lock (_home.Gate)
        {
            CheckUsable(cancellationToken);
            var entry = _home.GetForChange(thread);
            change(entry);
            return new(new ChangedThread(_home.Project(entry)));
        }
    }
}
