using Spool.TestKit;
using Xunit;

namespace Spool.Tests;

/// <summary>A store that is only read: it gives everything, and nobody changes anything through it.</summary>
public sealed class ReadOnlyThreadStoreTests
{
    static readonly ThreadId ThreadId = ThreadId.New(TimeProvider.System);

    static readonly NewItem Meta = new SessionMeta(ThreadId, TimeProvider.System.GetUtcNow())
    {
        Cwd = "/work",
        Originator = "test",
        CliVersion = "1",
    }.ToItem();

    public static TheoryData<string> Changes => new(ChangesOf(null!, default).Keys);

    [Theory, MemberData(nameof(Changes))]
    [Guarantee("ABIL-20")]
    public async Task Every_change_is_refused_as_not_allowed_and_nothing_is_changed(string change)
    {
        var (inner, store) = await OpenAsync();
        var before = await inner.FindAsync(ThreadId, Cancellation);

        var refused = await Assert.ThrowsAsync<ThreadStoreException>(ChangesOf(store, Cancellation)[change]);

        Assert.Equal(ThreadStoreErrorCode.PermissionDenied, refused.Code);
        Assert.Equal(before, await inner.FindAsync(ThreadId, Cancellation));
        Assert.Single(
            (await inner.ListAsync(new ThreadQuery { Archive = ArchiveFilter.Any, Visibility = ThreadVisibility.All }, Cancellation)).Items
        );
    }

    [Theory, MemberData(nameof(Changes))]
    [Guarantee("ABIL-21")]
    public async Task A_change_that_is_cancelled_or_comes_after_the_end_says_that_instead(string change)
    {
        var (_, store) = await OpenAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(ChangesOf(store, new CancellationToken(true))[change]);
        await store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(ChangesOf(store, Cancellation)[change]);
    }

    [Fact]
    [Guarantee("ABIL-22")]
    public async Task Abilities_that_write_are_hidden_and_so_is_the_store_inside()
    {
        var inner = new EveryAbility(new InMemoryThreadStore());
        var store = new ReadOnlyThreadStore(inner);

        Assert.Equal(StoreAbility.All, StoreAbility.Of(inner));
        Assert.Equal(StoreAbility.All.Where(ability => ability.Access == StoreAccess.Read), StoreAbility.Of(store));
        Assert.Same(store, store.GetService<IThreadStore>());
        Assert.Null(store.GetService<InMemoryThreadStore>());
        Assert.Null(store.GetService<EveryAbility>());
        foreach (var ability in StoreAbility.Of(store).Select(ability => store.GetService(ability.Service)!))
            Assert.Single(ability.GetType().GetInterfaces());
        using var log = new MemoryStream();
        await store.GetService<IStoredBytes>()!.CopyLogAsync(SeedIds.Id(1), log, Cancellation);
        Assert.Equal("the log"u8.ToArray(), log.ToArray());
        Assert.Equal(
            $"/{SeedIds.Id(1)}",
            (await store.GetService<IRolloutPaths>()!.LocateAsync([SeedIds.Id(1)], Cancellation))[SeedIds.Id(1)]
        );
    }

    [Fact]
    [Guarantee("ABIL-23")]
    public async Task Whatever_is_read_is_as_in_the_store_inside()
    {
        var outcome = await SuiteRun.AgainstAsync(store => new ReadOnlyThreadStore(store), Reading.Contains);

        Assert.Equal(["DAMG-12", "DAMG-14", "FIND-12", "FIND-13", "LIFE-11", "LIST-11"], outcome.Failed.Keys); // these write too
        Assert.Empty(outcome.Skipped);
        Assert.True(outcome.Passed.Count > 100, $"{outcome.Passed.Count}");
    }

    static readonly Type[] Reading =
    [
        typeof(FindConformanceTests<InMemoryHarness>),
        typeof(ListConformanceTests<InMemoryHarness>),
        typeof(ListPagingConformanceTests<InMemoryHarness>),
        typeof(ListFilterConformanceTests<InMemoryHarness>),
        typeof(HistoryConformanceTests<InMemoryHarness>),
        typeof(TurnConformanceTests<InMemoryHarness>),
        typeof(TurnViewConformanceTests<InMemoryHarness>),
        typeof(ItemPagingConformanceTests<InMemoryHarness>),
        typeof(DamagedThreadConformanceTests<InMemoryHarness>),
        typeof(ForkConformanceTests<InMemoryHarness>),
        typeof(CancellationConformanceTests<InMemoryHarness>),
        typeof(LifetimeConformanceTests<InMemoryHarness>),
        typeof(ModelConformanceTests<InMemoryHarness>),
    ];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static async Task<(InMemoryThreadStore Inner, ReadOnlyThreadStore Store)> OpenAsync()
    {
        var inner = new InMemoryThreadStore();
        await using var writer = await inner.CreateAsync(new CreateRequest(ThreadId, Meta), Cancellation);
        await writer.PersistAsync(Cancellation);
        return (inner, new ReadOnlyThreadStore(inner));
    }

    static Dictionary<string, Func<Task>> ChangesOf(ReadOnlyThreadStore store, CancellationToken cancellationToken) =>
        new()
        {
            ["create"] = async () => await store.CreateAsync(new CreateRequest(ThreadId, Meta), cancellationToken),
            ["resume"] = async () => await store.ResumeAsync(new ResumeRequest(ThreadId), cancellationToken),
            ["update"] = async () => await store.UpdateAsync(ThreadId, new ThreadPatch { Name = Change.To("Changed") }, cancellationToken),
            ["archive"] = async () => await store.ArchiveAsync(ThreadId, cancellationToken),
            ["unarchive"] = async () => await store.UnarchiveAsync(ThreadId, cancellationToken),
            ["fork"] = async () => await store.ForkAsync(new ForkRequest(ThreadId, ThreadId.New(TimeProvider.System)), cancellationToken),
            ["revert"] = async () => await store.RevertAsync(ThreadId, "a turn", cancellationToken),
            ["delete"] = async () => await store.DeleteAsync(ThreadId, cancellationToken),
        };

    /// <summary>Has every ability that there is, as far as anybody asks.</summary>
    // One object that can do everything, as the local store is.
    sealed class EveryAbility(IThreadStore inner)
        : DelegatingThreadStore(inner),
            IStoredBytes,
            IRolloutPaths,
            IThreadCounts,
            IIndexMaintenance,
            IDeletionCheck
    {
        public long PendingAtLastLook => 0;

        public ValueTask CopyLogAsync(ThreadId threadId, Stream destination, CancellationToken cancellationToken = default) =>
            destination.WriteAsync("the log"u8.ToArray(), cancellationToken);

        public ValueTask<IReadOnlyDictionary<ThreadId, string>> LocateAsync(
            IReadOnlyCollection<ThreadId> threads,
            CancellationToken cancellationToken = default
        ) => new(threads.ToDictionary(threadId => threadId, threadId => $"/{threadId}"));

        public ValueTask<IReadOnlyList<long>> CountAsync(
            IReadOnlyList<ThreadQuery> queries,
            CancellationToken cancellationToken = default
        ) => new([.. queries.Select(query => (long)query.Limit)]);

        public ValueTask<IndexStatus> StatusAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<SpareRollout>> FindSparesAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public ValueTask<IndexStatus> RebuildAsync(
            IProgress<IndexProgress>? progress = null,
            CancellationToken cancellationToken = default
        ) => throw new NotSupportedException();

        public ValueTask<IndexStatus> CatchUpAsync(
            IProgress<IndexProgress>? progress = null,
            TimeSpan? budget = null,
            CancellationToken cancellationToken = default
        ) => throw new NotSupportedException();

        public ValueTask RequireDeletableAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();
    }
}
