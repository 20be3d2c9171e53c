using Xunit;

namespace Spool.TestKit;

/// <summary>Gives tests the stores of a harness that lacks something: a test that comes to it is skipped with the reason, once the store
/// has refused as it owes to.</summary>
/// <param name="inner">The harness.</param>
sealed class DeclaredHarness(ThreadStoreHarness inner) : ThreadStoreHarness
{
    readonly Dictionary<ThreadId, DeclaredStore> _writers = [];

    public override IReadOnlyList<StoreCapability> Capabilities => inner.Capabilities;

    public override int MaxItemBytes => inner.MaxItemBytes;

    /// <summary>Gets the harness itself.</summary>
    public ThreadStoreHarness Inner => inner;

    public override ValueTask PutAsync(ThreadSeed seed)
    {
        if (WhyNot(seed) is { } reason)
            Assert.Skip(reason);
        return inner.PutAsync(seed);
    }

    public override async ValueTask<IThreadStore> OpenAsync() => new DeclaredStore(await inner.OpenAsync(), this);

    public override async ValueTask<IThreadStore> OpenAnotherProcessAsync() =>
        new DeclaredStore(await inner.OpenAnotherProcessAsync(), this);

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>Says why the store cannot be given a thread, or null when it can.</summary>
    public string? WhyNot(ThreadSeed seed) =>
        inner.WhyLacking(StoreTrait.DamagedLogs) is { } damaged && !IsWhole(seed) ? damaged
        : inner.WhyLacking(StoreTrait.ForksByReference) is { } reference && FactsOf(seed.Lines).HistoryBase is not null ? reference
        : null;

    /// <summary>Gives the facts of lines.</summary>
    public static ThreadFacts FactsOf(IEnumerable<ReadOnlyMemory<byte>> lines)
    {
        var observer = new MetadataObserver();
        foreach (var (line, number) in lines.Select((line, number) => (line, number)))
            observer.Observe(new RolloutItem(line, number));
        return observer.Facts;
    }

    /// <summary>Skips a test in which another store has the writer of a thread, where stores need not know of each other's.</summary>
    public void CheckWriter(ThreadId threadId, DeclaredStore store)
    {
        lock (_writers)
        {
            if (
                inner.WhyLacking(StoreTrait.OneWriterOverAllStores) is { } reason
                && _writers.TryGetValue(threadId, out var owner)
                && owner != store
            )
                Assert.Skip(reason);
        }
    }

    public void Begin(ThreadId threadId, DeclaredStore store)
    {
        lock (_writers)
            _writers[threadId] = store;
    }

    public void End(ThreadId threadId)
    {
        lock (_writers)
            _writers.Remove(threadId);
    }

    /// <summary>Ends the writers of a store that is disposed.</summary>
    public void EndAll(DeclaredStore store)
    {
        lock (_writers)
        {
            foreach (var threadId in _writers.Where(writer => writer.Value == store).Select(writer => writer.Key).ToList())
                _writers.Remove(threadId);
        }
    }

    static bool IsWhole(ThreadSeed seed)
    {
        var tally = new LogTally(new LogTotals());
        var facts = FactsOf(seed.Lines);
        foreach (var line in seed.Lines)
            tally.Take(new RolloutItem(line, tally.NextOrdinal), facts.HistoryMode);
        return seed.End == SeedEnd.LineEnd && facts is { Id: not null, IsBare: false } && tally.ToTotals().IsWhole;
    }
}
