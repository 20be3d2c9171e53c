namespace Spool;

/// <summary>A store that passes every call on to another one. What is made of it overrides what it changes, and nothing else.</summary>
/// <param name="inner">The store that does the work. It is disposed with this one.</param>
/// <remarks>
/// A writer is the inner store's own: to see what is written, override <see cref="CreateAsync"/> and
/// <see cref="ResumeAsync"/> and give a <see cref="DelegatingThreadWriter"/>. An optional ability is the inner store's own as well, and
/// what is called through it does not come by here: to see that, or to prevent it, override <see cref="GetService"/>.
/// </remarks>
public class DelegatingThreadStore(IThreadStore inner) : IThreadStore
{
    /// <summary>Gets the store that does the work. A store that is replaced while it is used overrides it.</summary>
    protected virtual IThreadStore Inner { get; } = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <inheritdoc/>
    public virtual ValueTask<StoredThread?> FindAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        Inner.FindAsync(threadId, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default) =>
        Inner.ListAsync(query, cancellationToken);

    /// <inheritdoc/>
    public virtual IAsyncEnumerable<RolloutItem> ReadHistoryAsync(
        ReadHistoryRequest request,
        CancellationToken cancellationToken = default
    ) => Inner.ReadHistoryAsync(request, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<Page<Turn>> ListTurnsAsync(ListTurnsRequest request, CancellationToken cancellationToken = default) =>
        Inner.ListTurnsAsync(request, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<Page<RolloutItem>> ListItemsAsync(ListItemsRequest request, CancellationToken cancellationToken = default) =>
        Inner.ListItemsAsync(request, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default) =>
        Inner.CreateAsync(request, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default) =>
        Inner.ResumeAsync(request, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<ChangedThread> UpdateAsync(
        ThreadId threadId,
        ThreadPatch patch,
        CancellationToken cancellationToken = default
    ) => Inner.UpdateAsync(threadId, patch, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<ChangedThread> ArchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        Inner.ArchiveAsync(threadId, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<ChangedThread> UnarchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        Inner.UnarchiveAsync(threadId, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<ChangedThread> ForkAsync(ForkRequest request, CancellationToken cancellationToken = default) =>
        Inner.ForkAsync(request, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<ChangedThread> RevertAsync(
        ThreadId threadId,
        string beforeTurn,
        CancellationToken cancellationToken = default
    ) => Inner.RevertAsync(threadId, beforeTurn, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<DeletionReceipt> DeleteAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        Inner.DeleteAsync(threadId, cancellationToken);

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

    /// <summary>Does what <see cref="DisposeAsync"/> does, also where that is overridden, and blocks until it is done.</summary>
#pragma warning disable CA1063 // there is nothing of its own to dispose, and one place to change what disposal does
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        BlockingDisposal.Dispose(this);
    }
#pragma warning restore CA1063
}
