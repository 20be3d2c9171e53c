using Spool.TestKit;
using Xunit;

namespace Spool.Tests;

/// <summary>What stores may be declared to lack.</summary>
public sealed class LackingStoreTests
{
    [Fact]
    public async Task A_store_that_has_what_it_is_declared_to_lack_fails()
    {
        var outcome = await SuiteRun.OfAsync(typeof(HasMoreHarness), _ => true, "BRAN-01", "REVT-01", "EXCL-21", "DAMG-01", "FIND-01");

        Assert.Equal(["BRAN-01", "EXCL-21", "REVT-01"], outcome.Failed.Keys);
        Assert.Equal(["DAMG-01"], outcome.Skipped);
        Assert.Equal(["FIND-01"], outcome.Passed);
    }

    [Fact]
    public async Task A_store_that_lacks_what_it_does_not_declare_fails()
    {
        var outcome = await SuiteRun.AgainstAsync(store => new LackingStore(store), "BRAN-01", "REVT-01", "FIND-01");

        Assert.Equal(["BRAN-01", "REVT-01"], outcome.Failed.Keys);
    }
}

public sealed class LackingConformance : StoreConformanceTests<LackingHarness>;

/// <summary>Stores that do not know of each other's writers, as those of several processes over one log.</summary>
public sealed class SeparateLogConformance : StoreConformanceTests<SeparateLogHarness>;

/// <summary>Stores that lack what can be lacked by one store.</summary>
public sealed class LackingHarness : InMemoryHarness
{
    public override IReadOnlyList<StoreCapability> Capabilities =>
        [
            .. base.Capabilities,
            StoreCapability.Lacks(StoreTrait.ForksByReference, "A thread has all of its items."),
            StoreCapability.Lacks(StoreTrait.PaginatedRevert, "Items are not taken back."),
            StoreCapability.Lacks(StoreTrait.DamagedLogs, "Items are rows, which are whole."),
        ];

    public override async ValueTask<IThreadStore> OpenAsync() => new LackingStore(await base.OpenAsync());
}

/// <summary>Stores that have what they are declared to lack.</summary>
public sealed class HasMoreHarness : InMemoryHarness
{
    public override IReadOnlyList<StoreCapability> Capabilities =>
        [.. base.Capabilities, .. Enum.GetValues<StoreTrait>().Select(trait => StoreCapability.Lacks(trait, "Not so."))];
}

/// <summary>A log for many stores.</summary>
public sealed class SeparateLogHarness : ThreadStoreHarness
{
    readonly ListedLogs _logs = new();

    public override int MaxItemBytes => 1024 * 1024;

    public override IReadOnlyList<StoreCapability> Capabilities { get; } =
    [
        StoreCapability.Has<IStoredBytes>(),
        StoreCapability.Has<IThreadCounts>(),
        StoreCapability.Has<IDeletionCheck>(),
        StoreCapability.Lacks<IRolloutPaths>("There are no files."),
        StoreCapability.Lacks<IIndexMaintenance>("There is no index."),
        StoreCapability.Lacks(StoreTrait.OneWriterOverAllStores, "Each store is as in a process of its own."),
    ];

    public override async ValueTask PutAsync(ThreadSeed seed)
    {
        await using var store = Open();
        await store.PutAsync(
            seed.Id,
            seed.Lines,
            seed.Name,
            seed.Place == SeedPlace.Archived ? seed.CreatedAt.AddDays(1) : null,
            seed.End == SeedEnd.Torn
        );
    }

    public override ValueTask<IThreadStore> OpenAsync() => new(Open());

    ListedStore Open() => new(_logs, new LogStoreOptions { MaxItemBytes = MaxItemBytes });
}

/// <summary>Refuses what refers to other logs.</summary>
sealed class LackingStore(IThreadStore inner) : DelegatingThreadStore(inner)
{
    public override ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default) =>
        request?.SessionMeta is { } head
        && System.Text.Encoding.UTF8.GetString(head.Payload.Span).Contains("history_base", StringComparison.Ordinal)
            ? throw Unsupported()
            : base.CreateAsync(request!, cancellationToken);

    public override async ValueTask<ChangedThread> ForkAsync(ForkRequest request, CancellationToken cancellationToken = default) =>
        request is not null && await IsPaginatedAsync(request.Source, cancellationToken)
            ? throw Unsupported()
            : await base.ForkAsync(request!, cancellationToken);

    public override async ValueTask<ChangedThread> RevertAsync(
        ThreadId threadId,
        string beforeTurn,
        CancellationToken cancellationToken = default
    ) =>
        beforeTurn is not null && await IsPaginatedAsync(threadId, cancellationToken)
            ? throw Unsupported()
            : await base.RevertAsync(threadId, beforeTurn!, cancellationToken);

    async ValueTask<bool> IsPaginatedAsync(ThreadId threadId, CancellationToken cancellationToken) =>
        (await FindAsync(threadId, cancellationToken))?.HistoryMode == HistoryModes.Paginated;

    static ThreadStoreException Unsupported() => new(ThreadStoreErrorCode.Unsupported, "This store has no logs that refer to others.");
}
