namespace Spool.TestKit;

/// <summary>Every way to change a thread, one call each.</summary>
static class WriteCalls
{
    /// <summary>Gives the changes that need the right to write the thread.</summary>
    public static IEnumerable<Func<Task>> Changes(IThreadStore store, ThreadId threadId, string turn, CancellationToken cancellationToken)
    {
        yield return async () => await store.UpdateAsync(threadId, new ThreadPatch { Name = Change.To("Changed") }, cancellationToken);
        yield return async () =>
            await store.UpdateAsync(
                threadId,
                new ThreadPatch { MemoryMode = "disabled", Branch = Change.To("changed") },
                cancellationToken
            );
        yield return async () => await store.ArchiveAsync(threadId, cancellationToken);
        yield return async () => await store.UnarchiveAsync(threadId, cancellationToken);
        yield return async () => await store.RevertAsync(threadId, turn, cancellationToken);
        yield return async () => await store.DeleteAsync(threadId, cancellationToken);
        if (store.GetService<IDeletionCheck>() is { } check)
            yield return async () => await check.RequireDeletableAsync(threadId, cancellationToken);
    }

    /// <summary>Gives those and the calls that open writers or make a new thread.</summary>
    public static IEnumerable<Func<Task>> All(
        IThreadStore store,
        ThreadId threadId,
        string turn,
        RolloutLines other,
        CancellationToken cancellationToken
    ) =>
        [
            .. Changes(store, threadId, turn, cancellationToken),
            async () => await store.ResumeAsync(threadId, cancellationToken),
            async () => await store.CreateAsync(other, cancellationToken),
            async () => await store.ForkAsync(new ForkRequest(threadId, other.Thread()), cancellationToken),
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
