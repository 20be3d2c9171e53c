using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>A store that is made without waiting, and connects at its first call.</summary>
public sealed class FirstContactTests
{
    static readonly TimeSpan Long = TimeSpan.FromSeconds(30); // a test that is red ends all the same

    static readonly ThreadId Nothing = ThreadId.New(TimeProvider.System);

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact, Guarantee("CONN-01")]
    public async Task The_first_calls_connect_and_share_one_attempt()
    {
        var asked = new AskedStore();
        await using var server = await RunningServer.StartAsync(asked);
        await using var proxy = new FaultProxy(server.Address);
        await using var store = new RemoteThreadStore(new RemoteThreadStoreOptions(proxy.Address));
        Assert.Equal(0, proxy.Accepted);

        var calls = Enumerable.Range(0, 20).Select(_ => store.FindAsync(Nothing, Stop).AsTask()).ToList();
        await Task.WhenAll(calls).WaitAsync(Long, Stop);
        await store.ConnectAsync(Stop);

        Assert.Equal(1, asked.Times);
    }

    [Theory, Guarantee("CONN-02")]
    [InlineData("find")]
    [InlineData("list")]
    [InlineData("history")]
    [InlineData("turns")]
    [InlineData("items")]
    [InlineData("create")]
    [InlineData("resume")]
    [InlineData("revert")]
    [InlineData("log")]
    [InlineData("check")]
    public async Task An_attempt_that_failed_fails_its_call_and_the_next_call_tries_again(string what)
    {
        await using var memory = new InMemoryThreadStore();
        var id = Appended(memory);
        var server = await RunningServer.StartAsync(memory);
        await using var proxy = new FaultProxy(server.Address);
        await server.DisposeAsync();
        await using var store = new RemoteThreadStore(
            new RemoteThreadStoreOptions(proxy.Address)
            {
                RetryFor = TimeSpan.FromMilliseconds(100),
                MaxPause = TimeSpan.FromMilliseconds(20),
            }
        );

        var failed = await Assert.ThrowsAsync<ThreadStoreException>(async () => await CallAsync(store, what, id));
        Assert.Equal(ThreadStoreErrorCode.Unavailable, failed.Code);

        await using var successor = await RunningServer.StartAsync(memory);
        proxy.Retarget(successor.Address);
        await CallAsync(store, what, id);
    }

    [Fact, Guarantee("CONN-03")]
    public async Task A_call_that_is_cancelled_while_the_store_connects_leaves_the_others_their_attempt()
    {
        await using var memory = new InMemoryThreadStore();
        var server = await RunningServer.StartAsync(memory);
        await using var proxy = new FaultProxy(server.Address);
        await server.DisposeAsync();
        await using var store = new RemoteThreadStore(new RemoteThreadStoreOptions(proxy.Address) { RetryFor = Long });
        using var cancelled = new CancellationTokenSource();

        var first = store.FindAsync(Nothing, cancelled.Token).AsTask();
        var second = store.FindAsync(Nothing, Stop).AsTask();
        await cancelled.CancelAsync();
#pragma warning disable VSTHRD003 // begun above
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WaitAsync(Long, Stop));
#pragma warning restore VSTHRD003
        Assert.False(second.IsCompleted);

        await using var successor = await RunningServer.StartAsync(memory);
        proxy.Retarget(successor.Address);
        Assert.Null(await second.WaitAsync(Long, Stop));
    }

    [Fact, Guarantee("CONN-04")]
    public async Task A_store_that_is_disposed_before_it_connects_sends_nothing_and_one_that_is_connecting_ends_its_calls_as_misuse()
    {
        await using var server = await RunningServer.StartAsync(new InMemoryThreadStore());
        await using var proxy = new FaultProxy(server.Address);
        var unused = new RemoteThreadStore(new RemoteThreadStoreOptions(proxy.Address));
        await unused.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await unused.FindAsync(Nothing, Stop));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await unused.ConnectAsync(Stop));
        Assert.Equal(0, proxy.Accepted);

        await server.DisposeAsync();
        var connecting = new RemoteThreadStore(new RemoteThreadStoreOptions(proxy.Address) { RetryFor = Long });
        var calls = new[] { connecting.FindAsync(Nothing, Stop).AsTask(), connecting.FindAsync(Nothing, Stop).AsTask() };
        await connecting.DisposeAsync();
        foreach (var call in calls)
#pragma warning disable VSTHRD003 // begun above
            await Assert.ThrowsAsync<ObjectDisposedException>(() => call.WaitAsync(Long, Stop));
#pragma warning restore VSTHRD003
    }

    [Fact, Guarantee("CONN-05")]
    public async Task What_a_server_can_do_is_known_to_a_store_that_has_connected_and_before_that_a_call_of_one_it_lacks_is_refused()
    {
        await using var server = await RunningServer.StartAsync(new InMemoryThreadStore());
        await using var store = new RemoteThreadStore(new RemoteThreadStoreOptions(server.Address));

        Assert.Null(store.GetService<IIndexMaintenance>()); // never over the wire
        var paths = store.GetService<IRolloutPaths>();
        var refused = await Assert.ThrowsAsync<ThreadStoreException>(async () => await paths!.LocateAsync([Nothing], Stop));

        Assert.Equal(ThreadStoreErrorCode.Unsupported, refused.Code);
        Assert.Null(store.GetService<IRolloutPaths>());
        Assert.NotNull(store.GetService<IStoredBytes>());
    }

    // Counts how often a server asks it what it can do, which it does when a client asks the server.
    sealed class AskedStore() : DelegatingThreadStore(new InMemoryThreadStore())
    {
        int _times;

        public int Times => Volatile.Read(ref _times);

        public override object? GetService(Type serviceType)
        {
            if (serviceType == typeof(IStoredBytes))
                Interlocked.Increment(ref _times);
            return base.GetService(serviceType);
        }
    }

    static ThreadId Appended(InMemoryThreadStore memory)
    {
        var id = ThreadId.New(TimeProvider.System);
        var meta = Appending.Meta(id);
        memory.Put(new InMemoryThread([RolloutLine.ToArray(meta, DateTimeOffset.UnixEpoch, null)]));
        return id;
    }

    static async Task CallAsync(RemoteThreadStore store, string what, ThreadId id)
    {
        switch (what)
        {
            case "find":
                Assert.NotNull(await store.FindAsync(id, Stop));
                break;
            case "list":
                Assert.NotEmpty((await store.ListAsync(new ThreadQuery { Visibility = ThreadVisibility.All }, Stop)).Items);
                break;
            case "history":
                await foreach (var item in store.ReadHistoryAsync(new ReadHistoryRequest(id), Stop))
                    Assert.NotNull(item);
                break;
            case "turns":
                await store.ListTurnsAsync(new ListTurnsRequest(id), Stop);
                break;
            case "items":
                await store.ListItemsAsync(new ListItemsRequest(id), Stop);
                break;
            case "create":
                var created = ThreadId.New(TimeProvider.System);
                await using (await store.CreateAsync(new CreateRequest(created, Appending.Meta(created)), Stop)) { }
                break;
            case "resume":
                await using (await store.ResumeAsync(new ResumeRequest(id), Stop)) { }
                break;
            case "revert":
                var error = await Record.ExceptionAsync(async () => await store.RevertAsync(id, "no turn", Stop));
                if (error is ThreadStoreException { Code: ThreadStoreErrorCode.InvalidRequest })
                    break; // the server's answer
                throw error!;
            case "log":
                await store.GetService<IStoredBytes>()!.CopyLogAsync(id, Stream.Null, Stop);
                break;
            case "check":
                await store.GetService<IDeletionCheck>()!.RequireDeletableAsync(id, Stop);
                break;
        }
    }
}
