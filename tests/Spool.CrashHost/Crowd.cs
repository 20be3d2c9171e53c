namespace Spool.CrashHost;

/// <summary>Works with many tasks at once where the index cannot be kept in its file, so that several of them meet that at the same
/// moment.</summary>
/// <param name="open">Opens the store.</param>
/// <param name="run">The name of this process, the beginning of its sessions' names.</param>
/// <param name="report">Takes the lines of <see cref="WorkSession"/>, and <c>threads N</c> after each round.</param>
sealed class Crowd(Func<LocalThreadStore> open, string run, Action<string> report)
{
    const int Size = 8;

    /// <summary>Begins, names and lists threads, each round with a store of its own. Nothing of it may be refused.</summary>
    public async Task RunAsync(int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            await using var store = open();
            if (round % 2 == 1)
                await store.ListAsync(new ThreadQuery()); // else the first call of a store is a change
            await Task.WhenAll(Enumerable.Range(0, Size).Select(number => Task.Run(() => ChangeAsync(store, $"{run}.{round}.{number}"))));
            report($"threads {(await store.ListAsync(new ThreadQuery { Limit = 1000, Visibility = ThreadVisibility.All })).Items.Count}");
            await store.RebuildAsync();
        }
    }

    async Task ChangeAsync(LocalThreadStore store, string name)
    {
        var threadId = ThreadId.New(TimeProvider.System);
        var session = await WorkSession.CreateAsync(store, threadId, HistoryModes.Legacy, name, report);
        await using (session.Writer)
        {
            if (await session.AppendAsync(5, Durability.Flushed) is { } code)
                throw new InvalidOperationException($"An append was refused: {code}.");
            await session.ShutDownAsync();
        }
        await store.UpdateAsync(threadId, new ThreadPatch { Name = Change.To(name) });
        await store.ArchiveAsync(threadId);
        if (await store.FindAsync(threadId) is not { ArchivedAt: not null } found || found.Name != name)
            throw new InvalidOperationException("A change is not seen.");
        await store.UnarchiveAsync(threadId);
    }
}
