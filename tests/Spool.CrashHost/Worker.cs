namespace Spool.CrashHost;

/// <summary>Writes threads of a home for as long as it lives: several tasks, each with one thread at a time, with random steps.</summary>
/// <param name="store">The store.</param>
/// <param name="run">The name of this process among those that worked on the home, the beginning of its sessions' names.</param>
/// <param name="report">Takes the lines of <see cref="WorkSession"/>.</param>
sealed class Worker(IThreadStore store, string run, Action<string> report)
{
    const int MostThreads = 12;
    readonly Lock _gate = new();
    readonly List<ThreadId> _free = [];
    int _threads,
        _sessions;

    /// <summary>Finds the threads that are there.</summary>
    public async Task FindThreadsAsync()
    {
        var page = await store.ListAsync(new ThreadQuery { Visibility = ThreadVisibility.All, Limit = 1000 });
        _free.AddRange(page.Items.Select(thread => thread.Id));
        _threads = _free.Count;
    }

    /// <summary>Works.</summary>
    /// <param name="random">Decides everything.</param>
    /// <param name="steps">How many steps at least, over all sessions.</param>
    public async Task RunAsync(Random random, int steps)
    {
        while (steps > 0)
            steps -= await RunSessionAsync(random);
    }

    async Task<int> RunSessionAsync(Random random)
    {
        var (session, threadId) = await OpenAsync(random);
        var steps = 1 + random.Next(30);
        for (var i = 0; i < steps; i++)
            await StepAsync(session, random);
        var isStored = session.Writer.IsStored;
        switch (random.Next(10))
        {
            case 0:
                await session.Writer.DiscardAsync();
                break;
            case 1:
                await session.Writer.DisposeAsync(); // shuts down, but promises nothing
                isStored = (await store.FindAsync(threadId)) is not null;
                break;
            default:
                await session.ShutDownAsync();
                isStored = true; // every session appends something
                break;
        }
        await session.Writer.DisposeAsync();
        lock (_gate)
        {
            if (isStored)
                _free.Add(threadId);
            else
                _threads--;
        }
        return steps;
    }

    async Task<(WorkSession Session, ThreadId ThreadId)> OpenAsync(Random random)
    {
        ThreadId? known = null;
        string name;
        lock (_gate)
        {
            name = $"{run}.{_sessions++}";
            if (_free.Count > 0 && (_threads >= MostThreads || random.Next(3) > 0))
            {
                var index = random.Next(_free.Count);
                known = _free[index];
                _free.RemoveAt(index);
            }
            else
                _threads++;
        }
        if (known is { } threadId)
            return (await WorkSession.ResumeAsync(store, threadId, name, report), threadId);
        var added = ThreadId.New(TimeProvider.System);
        var session = await WorkSession.CreateAsync(
            store,
            added,
            random.Next(2) == 0 ? HistoryModes.Legacy : HistoryModes.Paginated,
            name,
            report
        );
        Check(await session.AppendAsync(1 + random.Next(3), Any(random)));
        return (session, added);
    }

    static async Task StepAsync(WorkSession session, Random random)
    {
        switch (random.Next(20))
        {
            case 0:
                await session.PersistAsync();
                break;
            case 1:
                await session.FlushAsync(Any(random));
                break;
            case 2:
                Check(
                    await session.AppendAsync(
                        1 + random.Next(4),
                        request => request with { Durability = Any(random), BatchId = Guid.NewGuid() },
                        times: 2
                    )
                );
                break;
            case 3:
                var next = session.Writer.NextOrdinal;
                Check(
                    await session.AppendAsync(
                        1 + random.Next(4),
                        request => request with { Durability = Any(random), ExpectedOrdinal = next },
                        times: 2
                    )
                );
                break;
            case < 8:
                var many = new List<Task<ThreadStoreErrorCode?>>();
                for (var left = 2 + random.Next(20); left > 0; left--)
                    many.Add(session.AppendAsync(1 + random.Next(5), Any(random)));
                foreach (var code in await Task.WhenAll(many))
                    Check(code);
                break;
            default:
                Check(await session.AppendAsync(1 + random.Next(8), Any(random)));
                break;
        }
    }

    static Durability Any(Random random) =>
        random.Next(10) switch
        {
            < 6 => Durability.Buffered,
            < 8 => Durability.Flushed,
            _ => Durability.Fsynced,
        };

    // No disk fails here, so nothing may be refused.
    static void Check(ThreadStoreErrorCode? refusal)
    {
        if (refusal is { } code)
            throw new InvalidOperationException($"An append was refused: {code}.");
    }
}
