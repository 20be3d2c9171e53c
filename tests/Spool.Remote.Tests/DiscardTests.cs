using Spool.Server.Tests;
using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>Writers that are discarded while their server is slow, or says nothing.</summary>
public sealed class DiscardTests
{
    static readonly TimeSpan Long = TimeSpan.FromSeconds(20); // a test that is red ends all the same

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact, Guarantee("REMO-88")]
    public Task A_discarded_thread_is_not_stored_though_the_server_hears_of_it_later_than_its_writer_waits() => DiscardAsync(_ => []);

    [Theory, Guarantee("REMO-97")]
    [InlineData(Durability.Buffered), InlineData(Durability.Flushed)]
    public async Task What_waits_when_a_writer_is_discarded_is_refused_then_and_never_sent(Durability durability)
    {
        var waiting = await DiscardAsync(writer =>
            [
                writer.AppendAsync(new AppendRequest([Draft()]) { Durability = durability }, Cancellation).AsTask(),
                writer.FlushAsync(Durability.Flushed, Cancellation).AsTask(),
            ]
        );

        foreach (var call in waiting)
            Assert.Contains(
                (await Assert.ThrowsAsync<ThreadStoreException>(() => call.WaitAsync(Long, Cancellation))).Code,
                (ThreadStoreErrorCode[])[ThreadStoreErrorCode.InvalidRequest, ThreadStoreErrorCode.OutcomeUnknown]
            );
    }

    [Fact, Guarantee("REMO-89")]
    public async Task Discarding_ends_when_the_right_to_write_is_given_back_however_long_that_takes_a_server_that_answers()
    {
        var time = new ManualTime();
        await using var memory = new InMemoryThreadStore();
        var served = new WatchedStore(memory);
        await using var server = await RunningServer.StartAsync(served);
        await using var store = await server.ConnectAsync(options => options with { Time = time });
        var threadId = ThreadId.New(TimeProvider.System);
        var writer = await store.CreateAsync(new CreateRequest(threadId, MetaOf(threadId)), Cancellation);
        await writer.AppendAsync(new AppendRequest([Draft()]), Cancellation);
        served.HoldsDiscards = true;
        var persist = writer.PersistAsync(Cancellation).AsTask();
        await served.PersistBegan.WaitAsync(Long, Cancellation);
        var discarding = writer.DiscardAsync(Cancellation).AsTask();

        time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.False(discarding.IsCompleted);
        served.Persists.Release();
        await persist.WaitAsync(Long, Cancellation);
        time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.False(discarding.IsCompleted);
        served.Discards.Release();
        await discarding.WaitAsync(Long, Cancellation);

        Assert.True(served.Discarded.IsCompleted);
        await Assert.ThrowsAsync<ThreadStoreException>(async () => await writer.AppendAsync(new AppendRequest([Draft()]), Cancellation));
        await (await store.ResumeAsync(new ResumeRequest(threadId), Cancellation)).DisposeAsync();
    }

    // Discards a writer whose server says nothing until that is over, and checks that the thread is not stored.
    static async Task<IReadOnlyList<Task>> DiscardAsync(Func<IThreadWriter, IReadOnlyList<Task>> calls)
    {
        await using var memory = new InMemoryThreadStore();
        var served = new WatchedStore(memory);
        await using var server = await RunningServer.StartAsync(served);
        await using var proxy = new FaultProxy(server.Address);
        await using var store = await server.ConnectAsync(options =>
            options with
            {
                Address = proxy.Address,
                KeepAlive = TimeSpan.FromSeconds(1),
                MaxPause = TimeSpan.FromMilliseconds(200),
            }
        );
        var threadId = ThreadId.New(TimeProvider.System);
        var writer = await store.CreateAsync(new CreateRequest(threadId, MetaOf(threadId)), Cancellation);
        await writer.AppendAsync(new AppendRequest([Draft()]) { Durability = Durability.Buffered }, Cancellation);
        _ = proxy.Hold();
        var waiting = calls(writer);

        await writer.DiscardAsync(Cancellation);
        await writer.DisposeAsync();
        Assert.False(served.Discarded.IsCompleted);
        proxy.Break();

        await served.Discarded.WaitAsync(Long, Cancellation);
        Assert.False(writer.LostToken.IsCancellationRequested);
        Assert.Null(await memory.FindAsync(threadId, Cancellation));
        return waiting;
    }

    static NewItem MetaOf(ThreadId threadId) =>
        new SessionMeta(threadId, TimeProvider.System.GetUtcNow())
        {
            Cwd = "/w",
            Originator = "tests",
            CliVersion = "0.128.0",
        }.ToItem();

    static NewItem Draft() => NewItem.FromJson("event_msg", """{"type":"user_message","message":"secret draft"}""");

    // Tells of a discard, and lets a persist wait.
    sealed class WatchedStore(IThreadStore inner) : DelegatingThreadStore(inner)
    {
        readonly TaskCompletionSource _discarded = new(TaskCreationOptions.RunContinuationsAsynchronously);

#pragma warning disable VSTHRD003 // done by the writer
        public Task Discarded => _discarded.Task;
#pragma warning restore VSTHRD003

        public SemaphoreSlim PersistBegan { get; } = new(0);

        public SemaphoreSlim Persists { get; } = new(0);

        public SemaphoreSlim Discards { get; } = new(0);

        public bool HoldsDiscards { get; set; }

        public override async ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default) =>
            new WatchedWriter(await base.CreateAsync(request, cancellationToken), this);

        sealed class WatchedWriter(IThreadWriter inner, WatchedStore store) : DelegatingThreadWriter(inner)
        {
            public override async ValueTask PersistAsync(CancellationToken cancellationToken = default)
            {
                store.PersistBegan.Release();
                await store.Persists.WaitAsync(cancellationToken);
                await base.PersistAsync(cancellationToken);
            }

            public override async ValueTask DiscardAsync(CancellationToken cancellationToken = default)
            {
                if (store.HoldsDiscards)
                    await store.Discards.WaitAsync(cancellationToken);
                await base.DiscardAsync(cancellationToken);
                store._discarded.TrySetResult();
            }
        }
    }
}
