namespace Spool;

/// <summary>A store that passes every call on to another one. What is made of it overrides what it changes, and nothing else.</summary>
/// <param name="inner">The store that does the work. It is disposed with this one.</param>
/// <remarks>
/// A writer is the inner store's own: whoever wants to see what is written overrides <see cref="CreateAsync"/> and <see cref="ResumeAsync"/> and gives a <see cref="DelegatingThreadWriter"/>.
/// An optional ability is the inner store's own as well, and what is called through it does not come by here: whoever must see that, or must not let it happen, overrides <see cref="GetService"/>.
/// </remarks>
public class DelegatingThreadStore(IThreadStore inner) : IThreadStore
{
    /// <summary>Gets the store that does the work. A store that is replaced while it is used overrides it.</summary>
    protected virtual IThreadStore Inner { get; } = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <inheritdoc/>
    public virtual ValueTask<StoredThread?> FindAsync(ThreadId thread, CancellationToken cancellationToken = default) => Inner.FindAsync(thread, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default) => Inner.ListAsync(query, cancellationToken);

    /// <inheritdoc/>
    public virtual IAsyncEnumerable<RolloutItem> ReadHistoryAsync(ReadHistory request, CancellationToken cancellationToken = default) => Inner.ReadHistoryAsync(request, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<Page<Turn>> ListTurnsAsync(ListTurns request, CancellationToken cancellationToken = default) => Inner.ListTurnsAsync(request, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<Page<RolloutItem>> ListItemsAsync(ListItems request, CancellationToken cancellationToken = default) => Inner.ListItemsAsync(request, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<IThreadWriter> CreateAsync(CreateThread request, CancellationToken cancellationToken = default) => Inner.CreateAsync(request, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<IThreadWriter> ResumeAsync(ResumeThread request, CancellationToken cancellationToken = default) => Inner.ResumeAsync(request, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<ChangedThread> UpdateAsync(ThreadId thread, ThreadPatch patch, CancellationToken cancellationToken = default) => Inner.UpdateAsync(thread, patch, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<ChangedThread> ArchiveAsync(ThreadId thread, CancellationToken cancellationToken = default) => Inner.ArchiveAsync(thread, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<ChangedThread> UnarchiveAsync(ThreadId thread, CancellationToken cancellationToken = default) => Inner.UnarchiveAsync(thread, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<ChangedThread> ForkAsync(ForkThread request, CancellationToken cancellationToken = default) => Inner.ForkAsync(request, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<ChangedThread> RevertAsync(ThreadId thread, string beforeTurn, CancellationToken cancellationToken = default) => Inner.RevertAsync(thread, beforeTurn, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<DeletionReceipt> DeleteAsync(ThreadId thread, CancellationToken cancellationToken = default) => Inner.DeleteAsync(thread, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>What this store is itself comes before what the inner one has.</remarks>
    public virtual object? GetService(Type serviceType)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceType.IsInstanceOfType(this) ? this : Inner.GetService(serviceType);
    }

    /// <summary>Disposes the inner store.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Inner.DisposeAsync();
    }
}
