namespace Spool.TestKit;

/// <summary>Gives the suite stores to test. Each test has a harness of its own, which starts with nothing stored.</summary>
public abstract class ThreadStoreHarness : IAsyncDisposable
{
    /// <summary>Gets what the store says about each optional ability: one entry for each of <see cref="StoreAbility.All"/>; and one for
    /// each <see cref="StoreTrait"/> that it lacks.</summary>
    public abstract IReadOnlyList<StoreCapability> Capabilities { get; }

    /// <summary>Gets the largest item that the stores of this harness take, in bytes. Keep it small, such as 1 MiB, so that a test can go
    /// beyond it.</summary>
    public abstract int MaxItemBytes { get; }

    /// <summary>Stores a thread by the means of the store's own format, such as a rollout file in a home. A second seed with the same id
    /// replaces the first.</summary>
    /// <param name="seed">The thread.</param>
    public abstract ValueTask PutAsync(ThreadSeed seed);

    /// <summary>Opens a store over everything put so far. The caller disposes it. Stores that are already open need not see what is put
    /// later. Several stores may be open at once: they work over the same threads, as several processes would.</summary>
    public abstract ValueTask<IThreadStore> OpenAsync();

    /// <summary>Opens a store that shares nothing in memory with those of <see cref="OpenAsync"/>, as one of another process. Override it
    /// where stores of one process know of each other; else it is <see cref="OpenAsync"/>. The caller disposes it.</summary>
    public virtual ValueTask<IThreadStore> OpenAnotherProcessAsync() => OpenAsync();

    internal string? WhyLacking(StoreTrait trait) => Capabilities.FirstOrDefault(lack => lack.Trait == trait)?.MissingBecause;

    /// <summary>Removes everything that was stored.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
