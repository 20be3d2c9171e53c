using System.Runtime.CompilerServices;

namespace Spool;

/// <summary>A store that tells an observer of every call, and of every call of its writers. <see cref="StoreTelemetry"/> is an observer that measures.</summary>
/// <remarks>What is called through an optional ability is not told: abilities are the inner store's own. Neither is the disposal of a store or of a writer.</remarks>
public sealed class ObservedThreadStore : DelegatingThreadStore
{
    readonly StoreObservation _observation;

    /// <summary>Makes the store.</summary>
    /// <param name="inner">The store that does the work. It is disposed with this one.</param>
    /// <param name="observer">Who is told.</param>
    /// <param name="time">The clock that calls are timed with.</param>
    public ObservedThreadStore(IThreadStore inner, IStoreObserver observer, TimeProvider time)
        : base(inner)
    {
        ArgumentNullException.ThrowIfNull(observer);
        ArgumentNullException.ThrowIfNull(time);
        _observation = new StoreObservation(observer, time);
    }

    /// <inheritdoc/>
    public override ValueTask<StoredThread?> FindAsync(ThreadId thread, CancellationToken cancellationToken = default) =>
        _observation.RunAsync(new StoreCall(StoreOperation.Find, thread), () => Inner.FindAsync(thread, cancellationToken), found => found is null ? 0 : 1);

    /// <inheritdoc/>
    public override ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default) =>
        _observation.RunAsync(new StoreCall(StoreOperation.List, null), () => Inner.ListAsync(query, cancellationToken), page => page.Items.Count);

    /// <inheritdoc/>
    public override IAsyncEnumerable<RolloutItem> ReadHistoryAsync(ReadHistory request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return StreamAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<Page<Turn>> ListTurnsAsync(ListTurns request, CancellationToken cancellationToken = default) =>
        _observation.RunAsync(new StoreCall(StoreOperation.ListTurns, request?.Thread), () => Inner.ListTurnsAsync(request!, cancellationToken), page => page.Items.Count);

    /// <inheritdoc/>
    public override ValueTask<Page<RolloutItem>> ListItemsAsync(ListItems request, CancellationToken cancellationToken = default) =>
        _observation.RunAsync(new StoreCall(StoreOperation.ListItems, request?.Thread), () => Inner.ListItemsAsync(request!, cancellationToken), page => page.Items.Count);

    /// <inheritdoc/>
    public override ValueTask<IThreadWriter> CreateAsync(CreateThread request, CancellationToken cancellationToken = default) =>
        OpenAsync(new StoreCall(StoreOperation.Create, request?.Thread), () => Inner.CreateAsync(request!, cancellationToken));

    /// <inheritdoc/>
    public override ValueTask<IThreadWriter> ResumeAsync(ResumeThread request, CancellationToken cancellationToken = default) =>
        OpenAsync(new StoreCall(StoreOperation.Resume, request?.Thread), () => Inner.ResumeAsync(request!, cancellationToken));

    /// <inheritdoc/>
    public override ValueTask<ChangedThread> UpdateAsync(ThreadId thread, ThreadPatch patch, CancellationToken cancellationToken = default) =>
        _observation.RunAsync(new StoreCall(StoreOperation.Update, thread), () => Inner.UpdateAsync(thread, patch, cancellationToken));

    /// <inheritdoc/>
    public override ValueTask<ChangedThread> ArchiveAsync(ThreadId thread, CancellationToken cancellationToken = default) =>
        _observation.RunAsync(new StoreCall(StoreOperation.Archive, thread), () => Inner.ArchiveAsync(thread, cancellationToken));

    /// <inheritdoc/>
    public override ValueTask<ChangedThread> UnarchiveAsync(ThreadId thread, CancellationToken cancellationToken = default) =>
        _observation.RunAsync(new StoreCall(StoreOperation.Unarchive, thread), () => Inner.UnarchiveAsync(thread, cancellationToken));

    /// <inheritdoc/>
    public override ValueTask<ChangedThread> ForkAsync(ForkThread request, CancellationToken cancellationToken = default) =>
        _observation.RunAsync(new StoreCall(StoreOperation.Fork, request?.Thread), () => Inner.ForkAsync(request!, cancellationToken));

    /// <inheritdoc/>
    public override ValueTask<ChangedThread> RevertAsync(ThreadId thread, string beforeTurn, CancellationToken cancellationToken = default) =>
        _observation.RunAsync(new StoreCall(StoreOperation.Revert, thread), () => Inner.RevertAsync(thread, beforeTurn, cancellationToken));

    /// <inheritdoc/>
    public override ValueTask<DeletionReceipt> DeleteAsync(ThreadId thread, CancellationToken cancellationToken = default) =>
        _observation.RunAsync(new StoreCall(StoreOperation.Delete, thread), () => Inner.DeleteAsync(thread, cancellationToken));

    async ValueTask<IThreadWriter> OpenAsync(StoreCall call, Func<ValueTask<IThreadWriter>> open) =>
        new ObservedThreadWriter(await _observation.RunAsync(call, open).ConfigureAwait(false), _observation);

    async IAsyncEnumerable<RolloutItem> StreamAsync(ReadHistory request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var call = new StoreCall(StoreOperation.ReadHistory, request.Thread);
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
