namespace Spool.TestKit;

/// <summary>Every way to read a thread, one call each.</summary>
static class ReadCalls
{
    public static IEnumerable<Func<Task>> Of(IThreadStore store, ThreadId thread, CancellationToken cancellationToken)
    {
        yield return async () => await store.FindAsync(thread, cancellationToken);
        yield return async () => await store.ListAsync(new ThreadQuery(), cancellationToken);
        yield return () => store.HistoryAsync(thread, cancellationToken);
        yield return async () => await store.ListTurnsAsync(new ListTurns(thread), cancellationToken);
        yield return async () => await store.ListItemsAsync(new ListItems(thread), cancellationToken);
        if (store.GetService<IStoredBytes>() is { } bytes)
            yield return () => bytes.CopyLogAsync(thread, Stream.Null, cancellationToken);
        if (store.GetService<IRolloutPaths>() is { } paths)
            yield return async () => await paths.LocateAsync([thread], cancellationToken);
        if (store.GetService<IIndexMaintenance>() is { } index)
            yield return async () => await index.StatusAsync(cancellationToken);
    }
}
