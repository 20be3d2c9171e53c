using System.Runtime.CompilerServices;

namespace Spool;

/// <summary>A store that tells an observer of every call, and of every call of its writers. <see cref="StoreTelemetry"/> is an observer
/// that measures.</summary>
/// <remarks>What is called through an optional ability is not reported: abilities are the inner store's own. Neither is the disposal of a
/// store or of a writer.</remarks>
public sealed class ObservedThreadStore : DelegatingThreadStore
{
    readonly StoreObservation _observation;

    /// <summary>Makes the store.</summary>
    /// <param name="inner">The store that does the work. It is disposed with this one.</param>
    /// <param name="observer">Hears of each call.</param>
    /// <param name="time">The clock that calls are timed with.</param>
    public ObservedThreadStore(IThreadStore inner, IStoreObserver observer, TimeProvider time)
        : base(inner)
    {
        ArgumentNullException.ThrowIfNull(observer);
        ArgumentNullException.ThrowIfNull(time);
        _observation = new StoreObservation(observer, time);
    }

    /// <inheritdoc/>
    public override ValueTask<StoredThread?> FindAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        _observation.RunAsync(
            new StoreCall(StoreOperation.Find, threadId),
            () => Inner.FindAsync(threadId, cancellationToken),
            found => found is null ? 0 : 1
        );

    /// <inheritdoc/>
    public override ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default) =>
        _observation.RunAsync(
            new StoreCall(StoreOperation.List, null),
            () => Inner.ListAsync(query, cancellationToken),
            page => page.Items.Count
        );

    /// <inheritdoc/>
    public override IAsyncEnumerable<RolloutItem> ReadHistoryAsync(
        ReadHistoryRequest request,
        CancellationToken cancellationToken = default
    ) => StreamAsync(request, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<Page<Turn>> ListTurnsAsync(ListTurnsRequest request, CancellationToken cancellationToken = default) =>
        _observation.RunAsync(
            new StoreCall(StoreOperation.ListTurns, request?.ThreadId),
            () => Inner.ListTurnsAsync(request!, cancellationToken),
            page => page.Items.Count
        );

    /// <inheritdoc/>
    public override ValueTask<Page<RolloutItem>> ListItemsAsync(ListItemsRequest request, CancellationToken cancellationToken = default) =>
        _observation.RunAsync(
            new StoreCall(StoreOperation.ListItems, request?.ThreadId),
            () => Inner.ListItemsAsync(request!, cancellationToken),
            page => page.Items.Count
        );

    /// <inheritdoc/>
    public override ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default) =>
        OpenAsync(new StoreCall(StoreOperation.Create, request?.ThreadId), () => Inner.CreateAsync(request!, cancellationToken));

    /// <inheritdoc/>
    public override ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default) =>
        OpenAsync(new StoreCall(StoreOperation.Resume, request?.ThreadId), () => Inner.ResumeAsync(request!, cancellationToken));

    /// <inheritdoc/>
    public override ValueTask<ChangedThread> UpdateAsync(
        ThreadId threadId,
        ThreadPatch patch,
        CancellationToken cancellationToken = default
    ) => _observation.RunAsync(new StoreCall(StoreOperation.Update, threadId), () => Inner.UpdateAsync(threadId, patch, cancellationToken));

    /// <inheritdoc/>
    public override ValueTask<ChangedThread> ArchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        _observation.RunAsync(new StoreCall(StoreOperation.Archive, threadId), () => Inner.ArchiveAsync(threadId, cancellationToken));

    /// <inheritdoc/>
    public override ValueTask<ChangedThread> UnarchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        _observation.RunAsync(new StoreCall(StoreOperation.Unarchive, threadId), () => Inner.UnarchiveAsync(threadId, cancellationToken));

    /// <inheritdoc/>
    public override ValueTask<ChangedThread> ForkAsync(ForkRequest request, CancellationToken cancellationToken = default) =>
        _observation.RunAsync(new StoreCall(StoreOperation.Fork, request?.ThreadId), () => Inner.ForkAsync(request!, cancellationToken));

    /// <inheritdoc/>
    public override ValueTask<ChangedThread> RevertAsync(
        ThreadId threadId,
        string beforeTurn,
        CancellationToken cancellationToken = default
    ) =>
        _observation.RunAsync(
            new StoreCall(StoreOperation.Revert, threadId),
            () => Inner.RevertAsync(threadId, beforeTurn, cancellationToken)
        );

    /// <inheritdoc/>
    public override ValueTask<DeletionReceipt> DeleteAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        _observation.RunAsync(new StoreCall(StoreOperation.Delete, threadId), () => Inner.DeleteAsync(threadId, cancellationToken));

    async ValueTask<IThreadWriter> OpenAsync(StoreCall call, Func<ValueTask<IThreadWriter>> open) =>
        new ObservedThreadWriter(await _observation.RunAsync(call, open).ConfigureAwait(false), _observation);

    async IAsyncEnumerable<RolloutItem> StreamAsync(
        ReadHistoryRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        var call = new StoreCall(StoreOperation.ReadHistory, request.ThreadId);
        var began = _observation.Begin(call);
        try
        {
            var items = Inner.ReadHistoryAsync(request, cancellationToken).GetAsyncEnumerator(cancellationToken);
            await using (items.ConfigureAwait(false))
            {
                while (await NextAsync(call, items).ConfigureAwait(false))
                {
                    call.Count++;
                    yield return items.Current;
                }
            }
        }
        finally
        {
            _observation.End(call, began);
        }
    }

    // What fails is noted here, because nothing may be given from inside a try with a catch.
    static async ValueTask<bool> NextAsync(StoreCall call, IAsyncEnumerator<RolloutItem> items)
    {
        try
        {
            return await items.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            call.Failure = e;
            throw;
        }
    }
}
