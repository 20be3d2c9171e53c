namespace Spool;

/// <summary>A writer of an <see cref="ObservedThreadStore"/>.</summary>
sealed class ObservedThreadWriter(IThreadWriter inner, StoreObservation observation) : DelegatingThreadWriter(inner)
{
    public override ValueTask<AppendReceipt> AppendAsync(AppendRequest request, CancellationToken cancellationToken = default)
    {
        var call = Call(StoreOperation.Append);
        if (request?.Items is { } items) // misuse is observed too
            (call.Count, call.Bytes) = (items.Count, items.Sum(item => (long)(item?.Payload.Length ?? 0)));
        return observation.RunAsync(call, () => Inner.AppendAsync(request!, cancellationToken));
    }

    public override ValueTask PersistAsync(CancellationToken cancellationToken = default) =>
        observation.RunAsync(Call(StoreOperation.Persist), () => Inner.PersistAsync(cancellationToken));

    public override ValueTask FlushAsync(Durability durability = Durability.Flushed, CancellationToken cancellationToken = default) =>
        observation.RunAsync(Call(StoreOperation.Flush), () => Inner.FlushAsync(durability, cancellationToken));

    public override ValueTask<ChangedThread> UpdateAsync(ThreadPatch patch, CancellationToken cancellationToken = default) =>
        observation.RunAsync(Call(StoreOperation.Update), () => Inner.UpdateAsync(patch, cancellationToken));

    public override ValueTask ShutDownAsync(CancellationToken cancellationToken = default) =>
        observation.RunAsync(Call(StoreOperation.ShutDown), () => Inner.ShutDownAsync(cancellationToken));

    public override ValueTask DiscardAsync(CancellationToken cancellationToken = default) =>
        observation.RunAsync(Call(StoreOperation.Discard), () => Inner.DiscardAsync(cancellationToken));

    StoreCall Call(StoreOperation operation) => new(operation, Inner.ThreadId);
}
