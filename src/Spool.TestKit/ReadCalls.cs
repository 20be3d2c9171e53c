namespace Spool.TestKit;

/// <summary>Every way to read a thread, one call each.</summary>
static class ReadCalls
{
    public static IEnumerable<Func<Task>> Of(IThreadStore store, ThreadId threadId, CancellationToken cancellationToken)
    {
        yield return async () => await store.FindAsync(threadId, cancellationToken);
        yield return async () => await store.ListAsync(new ThreadQuery(), cancellationToken);
        yield return () => store.HistoryAsync(threadId, cancellationToken);
        yield return async () => await store.ListTurnsAsync(new ListTurnsRequest(threadId), cancellationToken);
        yield return async () => await store.ListItemsAsync(new ListItemsRequest(threadId), cancellationToken);
        if (store.GetService<IStoredBytes>() is { } bytes)
            yield return () => bytes.CopyLogAsync(threadId, Stream.Null, cancellationToken).AsTask();
        if (store.GetService<IRolloutPaths>() is { } paths)
            yield return async () => await paths.LocateAsync([threadId], cancellationToken);
        if (store.GetService<IThreadCounts>() is { } counts)
            yield return async () => await counts.CountAsync([new ThreadQuery()], cancellationToken);
        if (store.GetService<IIndexMaintenance>() is { } index)
            yield return async () => await index.StatusAsync(cancellationToken);
    }
}
