namespace Spool;

public sealed partial class InMemoryThreadStore
{
    /// <inheritdoc/>
    public ValueTask<ChangedThread> UpdateAsync(ThreadId thread, ThreadPatch patch, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<ChangedThread> ArchiveAsync(ThreadId thread, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<ChangedThread> UnarchiveAsync(ThreadId thread, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<ChangedThread> ForkAsync(ForkThread request, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<ChangedThread> RevertAsync(ThreadId thread, string beforeTurn, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<DeletionReceipt> DeleteAsync(ThreadId thread, CancellationToken cancellationToken = default) => throw new NotImplementedException();
}
