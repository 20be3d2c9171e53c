namespace Spool;

/// <summary>A store that gives what another one has and refuses every change.</summary>
/// <param name="inner">The store that is read. It is disposed with this one.</param>
/// <remarks>
/// Creating, resuming and every change end with <see cref="ThreadStoreErrorCode.PermissionDenied"/>, whatever else is wrong with the
/// request; only misuse, a store that is disposed and a call that is cancelled come before. Abilities that need the right to write
/// (<see cref="StoreAbility.Access"/>) are not there, and neither is the store inside, by any type.
/// </remarks>
public sealed class ReadOnlyThreadStore(IThreadStore inner) : DelegatingThreadStore(inner)
{
    volatile bool _isDisposed;

    /// <inheritdoc/>
    public override async ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return await RefuseAsync<IThreadWriter>(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        DefinedValues.Check(request.OnDamage);
        return await RefuseAsync<IThreadWriter>(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask<ChangedThread> UpdateAsync(
        ThreadId threadId,
        ThreadPatch patch,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(patch);
        return await RefuseAsync<ChangedThread>(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override ValueTask<ChangedThread> ArchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        RefuseAsync<ChangedThread>(cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<ChangedThread> UnarchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        RefuseAsync<ChangedThread>(cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask<ChangedThread> ForkAsync(ForkRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return await RefuseAsync<ChangedThread>(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask<ChangedThread> RevertAsync(
        ThreadId threadId,
        string beforeTurn,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(beforeTurn);
        return await RefuseAsync<ChangedThread>(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override ValueTask<DeletionReceipt> DeleteAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        RefuseAsync<DeletionReceipt>(cancellationToken);

    /// <inheritdoc/>
    public override object? GetService(Type serviceType)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceType.IsInstanceOfType(this))
            return this;
        return StoreAbility.For(serviceType)?.Alone(Inner);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _isDisposed = true;
        return base.DisposeAsync();
    }

    ValueTask<T> RefuseAsync<T>(CancellationToken cancellationToken) =>
        _isDisposed ? ValueTask.FromException<T>(new ObjectDisposedException(GetType().FullName))
        : cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<T>(cancellationToken)
        : ValueTask.FromException<T>(
            new ThreadStoreException(
                ThreadStoreErrorCode.PermissionDenied,
                "Threads are only read here; change them where the store is open for writing."
            )
        );
}
