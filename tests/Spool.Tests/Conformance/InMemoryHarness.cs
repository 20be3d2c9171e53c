using Spool.TestKit;

namespace Spool.Tests;

/// <summary>Fills in-memory stores. Within <see cref="Wrapping"/> every store it opens is wrapped, which is how the zoo breaks them.</summary>
sealed class InMemoryHarness : ThreadStoreHarness
{
    readonly List<ThreadSeed> _seeds = [];

    public static AsyncLocal<Func<IThreadStore, IThreadStore>?> Wrapping { get; } = new();

    public override IReadOnlyList<StoreCapability> Capabilities { get; } =
    [
        StoreCapability.Has<IStoredBytes>(),
        StoreCapability.Lacks<IRolloutPaths>("Threads in memory are in no file."),
    ];

    public override ValueTask PutAsync(ThreadSeed seed)
    {
        _seeds.Add(seed);
        return ValueTask.CompletedTask;
    }

    public override ValueTask<IThreadStore> OpenAsync()
    {
        var store = new InMemoryThreadStore();
        foreach (var seed in _seeds)
            store.Put(new InMemoryThread(seed.Lines) { Id = seed.Id, Name = seed.Name, ArchivedAt = seed.Place == SeedPlace.Archived ? seed.CreatedAt.AddDays(1) : null });
        return new(Wrapping.Value?.Invoke(store) ?? store);
    }
}
