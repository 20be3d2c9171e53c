using Xunit;

namespace Spool.TestKit;

/// <summary>What every suite has: a harness, and stores that are disposed when the test ends.</summary>
public abstract class ConformanceSuite : IAsyncLifetime
{
    readonly List<IThreadStore> _stores = [];

    /// <summary>Gets the harness of this test.</summary>
    protected ThreadStoreHarness Harness { get; private set; } = null!;

    private protected abstract ThreadStoreHarness CreateHarness();

    /// <summary>The harness itself, also where it lacks something.</summary>
    private protected ThreadStoreHarness HarnessItself => (Harness as DeclaredHarness)?.Inner ?? Harness;

    /// <inheritdoc/>
    public ValueTask InitializeAsync()
    {
        Harness = CreateHarness();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();
        await Harness.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives a thread of every condition that a store of the harness can hold.</summary>
    private protected List<ThreadSeed> Conditions() => Possible(SampleHome.Conditions());

    /// <summary>Gives those of some threads that a store of the harness can hold.</summary>
    private protected List<ThreadSeed> Possible(List<ThreadSeed> seeds) =>
        Harness is DeclaredHarness declared ? seeds.FindAll(seed => declared.WhyNot(seed) is null) : seeds;

    /// <summary>Gets the token that ends the test run.</summary>
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Stores threads and opens a store over everything stored so far.</summary>
    /// <param name="seeds">The threads.</param>
    protected async ValueTask<IThreadStore> OpenAsync(params IEnumerable<ThreadSeed> seeds)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        foreach (var seed in seeds)
            await Harness.PutAsync(seed);
        var store = await Harness.OpenAsync();
        _stores.Add(store);
        return store;
    }

    /// <summary>Stores one thread and opens a store.</summary>
    /// <param name="log">The log of the thread.</param>
    protected ValueTask<IThreadStore> OpenAsync(RolloutLines log)
    {
        ArgumentNullException.ThrowIfNull(log);
        return OpenAsync([log.ToSeed()]);
    }
}

/// <summary>A suite against the stores of a harness. A test project derives <see cref="StoreConformanceTests{THarness}"/>, which runs all
/// suites, or single ones.</summary>
/// <typeparam name="THarness">The harness. Each test makes one, with nothing stored.</typeparam>
public abstract class ConformanceSuite<THarness> : ConformanceSuite
    where THarness : ThreadStoreHarness, new()
{
    private protected override ThreadStoreHarness CreateHarness()
    {
        var harness = new THarness();
        return harness.Capabilities.Any(capability => capability.Trait is not null) ? new DeclaredHarness(harness) : harness;
    }
}
