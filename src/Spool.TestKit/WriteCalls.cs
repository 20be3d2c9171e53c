namespace Spool.TestKit;

/// <summary>Every way to change a thread, one call each.</summary>
static class WriteCalls
{
    /// <summary>Gives the changes that need the right to write the thread.</summary>
    public static IEnumerable<Func<Task>> Changes(IThreadStore store, ThreadId thread, string turn, CancellationToken cancellationToken)
    {
        yield return async () => await store.UpdateAsync(thread, new ThreadPatch { Name = Change.To("Changed") }, cancellationToken);
        yield return async () => await store.UpdateAsync(thread, new ThreadPatch { MemoryMode = "disabled", Branch = Change.To("changed") }, cancellationToken);
        yield return async () => await store.ArchiveAsync(thread, cancellationToken);
        yield return async () => await store.UnarchiveAsync(thread, cancellationToken);
        yield return async () => await store.RevertAsync(thread, turn, cancellationToken);
        yield return async () => await store.DeleteAsync(thread, cancellationToken);
        if (store.GetService<IDeletionCheck>() is { } check)
            yield return async () => await check.RequireDeletableAsync(thread, cancellationToken);
    }

    /// <summary>Gives those and the calls that open writers or make a new thread.</summary>
    public static IEnumerable<Func<Task>> All(IThreadStore store, ThreadId thread, string turn, RolloutLines other, CancellationToken cancellationToken) =>
    [
        .. Changes(store, thread, turn, cancellationToken),
        async () => await store.ResumeAsync(thread, cancellationToken),
        async () => await store.CreateAsync(other, cancellationToken),
        async () => await store.ForkAsync(new ForkThread(thread, other.Thread()), cancellationToken),
    ];

    /// <summary>Gives every call of a writer that stores something or waits for it.</summary>
    public static IEnumerable<Func<Task>> Of(IThreadWriter writer, CancellationToken cancellationToken)
    {
        yield return async () => await writer.AppendAsync(StoreWriting.Notes("too late"), cancellationToken);
        yield return async () => await writer.AppendAsync([], cancellationToken);
        yield return async () => await writer.PersistAsync(cancellationToken);
        yield return async () => await writer.FlushAsync(Durability.Flushed, cancellationToken);
        yield return async () => await writer.UpdateAsync(new ThreadPatch { Name = Change.To("Too late") }, cancellationToken);
    }
}
