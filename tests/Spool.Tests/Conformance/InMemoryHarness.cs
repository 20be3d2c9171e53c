using Spool.TestKit;

namespace Spool.Tests;

/// <summary>Fills in-memory stores. Within <see cref="Wrapping"/> every store it opens is wrapped, which is how the mutant stores breaks
/// them.</summary>
public class InMemoryHarness(TimeProvider? time) : ThreadStoreHarness
{
    public InMemoryHarness()
        : this(null) { }

    readonly InMemoryThreadStore _threads = new(
        new InMemoryThreadStoreOptions { MaxItemBytes = Limit, Time = time ?? TimeProvider.System }
    );

    const int Limit = 1024 * 1024;

    public static AsyncLocal<Func<IThreadStore, IThreadStore>?> Wrapping { get; } = new();

    public override int MaxItemBytes => Limit;

    public override IReadOnlyList<StoreCapability> Capabilities { get; } =
    [
        StoreCapability.Has<IStoredBytes>(),
        StoreCapability.Lacks<IRolloutPaths>("Threads in memory are in no file."),
        StoreCapability.Lacks<IIndexMaintenance>("A list looks at every thread."),
        StoreCapability.Has<IThreadCounts>(),
        StoreCapability.Has<IDeletionCheck>(),
    ];

    public override ValueTask PutAsync(ThreadSeed seed)
    {
        _threads.Put(
            new InMemoryThread(seed.Lines)
            {
                Id = seed.Id,
                Name = seed.Name,
                ArchivedAt = seed.Place == SeedPlace.Archived ? seed.CreatedAt.AddDays(1) : null,
                IsTorn = seed.End == SeedEnd.Torn,
            }
        );
        return ValueTask.CompletedTask;
    }

    public override ValueTask<IThreadStore> OpenAsync()
    {
        IThreadStore store = _threads.OpenAnother();
        return new(Wrapping.Value?.Invoke(store) ?? store);
    }

    public override async ValueTask DisposeAsync()
    {
        await _threads.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
