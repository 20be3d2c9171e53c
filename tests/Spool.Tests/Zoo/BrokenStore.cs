namespace Spool.Tests;

/// <summary>Passes every call on to a healthy store; each animal of the zoo gets one of them wrong.</summary>
class BrokenStore(IThreadStore inner) : IThreadStore
{
    protected IThreadStore Inner => inner;

    public virtual ValueTask<StoredThread?> FindAsync(ThreadId thread, CancellationToken cancellationToken = default) => inner.FindAsync(thread, cancellationToken);

    public virtual ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default) => inner.ListAsync(query, cancellationToken);

    public virtual IAsyncEnumerable<RolloutItem> ReadHistoryAsync(ReadHistory request, CancellationToken cancellationToken = default) => inner.ReadHistoryAsync(request, cancellationToken);

    public virtual ValueTask<Page<Turn>> ListTurnsAsync(ListTurns request, CancellationToken cancellationToken = default) => inner.ListTurnsAsync(request, cancellationToken);

    public virtual ValueTask<Page<RolloutItem>> ListItemsAsync(ListItems request, CancellationToken cancellationToken = default) => inner.ListItemsAsync(request, cancellationToken);

    public virtual ValueTask<IThreadWriter> CreateAsync(CreateThread request, CancellationToken cancellationToken = default) => inner.CreateAsync(request, cancellationToken);

    public virtual ValueTask<IThreadWriter> ResumeAsync(ResumeThread request, CancellationToken cancellationToken = default) => inner.ResumeAsync(request, cancellationToken);

    public virtual ValueTask<ChangedThread> UpdateAsync(ThreadId thread, ThreadPatch patch, CancellationToken cancellationToken = default) => inner.UpdateAsync(thread, patch, cancellationToken);

    public virtual ValueTask<ChangedThread> ArchiveAsync(ThreadId thread, CancellationToken cancellationToken = default) => inner.ArchiveAsync(thread, cancellationToken);

    public virtual ValueTask<ChangedThread> UnarchiveAsync(ThreadId thread, CancellationToken cancellationToken = default) => inner.UnarchiveAsync(thread, cancellationToken);

    public virtual ValueTask<ChangedThread> ForkAsync(ForkThread request, CancellationToken cancellationToken = default) => inner.ForkAsync(request, cancellationToken);

    public virtual ValueTask<ChangedThread> RevertAsync(ThreadId thread, string beforeTurn, CancellationToken cancellationToken = default) => inner.RevertAsync(thread, beforeTurn, cancellationToken);

    public virtual ValueTask<DeletionReceipt> DeleteAsync(ThreadId thread, CancellationToken cancellationToken = default) => inner.DeleteAsync(thread, cancellationToken);

    public virtual object? GetService(Type serviceType) => inner.GetService(serviceType);

    public virtual ValueTask DisposeAsync() => inner.DisposeAsync();
}
