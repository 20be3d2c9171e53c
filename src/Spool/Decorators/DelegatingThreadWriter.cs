namespace Spool;

/// <summary>A writer that passes every call on to another one. What is made of it overrides what it changes, and nothing else.</summary>
/// <param name="inner">The writer that does the work. It is disposed with this one.</param>
public class DelegatingThreadWriter(IThreadWriter inner) : IThreadWriter
{
    /// <summary>Gets the writer that does the work.</summary>
    protected IThreadWriter Inner { get; } = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <inheritdoc/>
    public virtual ThreadId ThreadId => Inner.ThreadId;

    /// <inheritdoc/>
    public virtual string HistoryMode => Inner.HistoryMode;

    /// <inheritdoc/>
    public virtual long NextOrdinal => Inner.NextOrdinal;

    /// <inheritdoc/>
    public virtual bool IsStored => Inner.IsStored;

    /// <inheritdoc/>
    public virtual CancellationToken LostToken => Inner.LostToken;

    /// <inheritdoc/>
    public virtual ValueTask<AppendReceipt> AppendAsync(AppendRequest request, CancellationToken cancellationToken = default) =>
        Inner.AppendAsync(request, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask PersistAsync(CancellationToken cancellationToken = default) => Inner.PersistAsync(cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask FlushAsync(Durability durability = Durability.Flushed, CancellationToken cancellationToken = default) =>
        Inner.FlushAsync(durability, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<ChangedThread> UpdateAsync(ThreadPatch patch, CancellationToken cancellationToken = default) =>
        Inner.UpdateAsync(patch, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask ShutDownAsync(CancellationToken cancellationToken = default) => Inner.ShutDownAsync(cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask DiscardAsync(CancellationToken cancellationToken = default) => Inner.DiscardAsync(cancellationToken);

    /// <summary>Disposes the inner writer.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Inner.DisposeAsync();
    }
}
