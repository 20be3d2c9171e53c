using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>Writers that nobody uses cost a server little, and those that find it full wait for their turn.</summary>
public sealed class ManyWritersTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact, Guarantee("REMO-36")]
    public async Task Many_idle_writers_of_one_client_and_of_several_leave_a_server_to_others()
    {
        await using var memory = new InMemoryThreadStore();
        var clients = new List<RemoteThreadStore>();
        await using var server = await RunningServer.StartAsync(
            memory,
            with: options => options with { Limits = options.Limits with { MaxCalls = 32, MaxWriters = 500 } }
        );
        for (var i = 0; i < 5; i++)
            clients.Add(await server.ConnectAsync(options => options with { MaxPause = TimeSpan.FromMilliseconds(100) }));
        var writers = new List<IThreadWriter>();

        // Far more writers than the server takes calls.
        for (var i = 0; i < 120; i++)
        {
            var threadId = ThreadId.New(TimeProvider.System);
            writers.Add(await clients[i < 60 ? 0 : i % 5].CreateAsync(new CreateRequest(threadId, Appending.Meta(threadId)), Cancellation));
        }
        var other = new Appending(clients[4], 1);
        await other.RunAsync(20);
        await Task.WhenAll(writers.Select(writer => writer.AppendAsync(new AppendRequest([Appending.Item("one")]), Cancellation).AsTask()));
        Assert.NotEmpty(
            (await clients[1].ListAsync(new ThreadQuery { Limit = 100, Visibility = ThreadVisibility.All }, Cancellation)).Items
        );
        await Task.WhenAll(writers.Select(writer => writer.ShutDownAsync(Cancellation).AsTask()));

        await other.CheckAsync(memory);
        Assert.All(writers, writer => Assert.False(writer.LostToken.IsCancellationRequested));
        foreach (var writer in writers)
            await writer.DisposeAsync();
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    [Fact, Guarantee("REMO-37")]
    public async Task A_writer_that_finds_no_room_waits_when_it_is_opened_and_when_it_has_to_be_opened_again()
    {
        await using var memory = new InMemoryThreadStore();
        var first = await RunningServer.StartAsync(memory);
        await using var full = await RunningServer.StartAsync(
            memory,
            with: options => options with { Limits = options.Limits with { MaxWriters = 2 } }
        );
        await using var proxy = new FaultProxy(first.Address);
        await using var others = await full.ConnectAsync();
        await using var store = await first.ConnectAsync(options =>
            options with
            {
                Address = proxy.Address,
                MaxPause = TimeSpan.FromMilliseconds(50),
            }
        );
        var (threadId, new1, new2) = (
            ThreadId.New(TimeProvider.System),
            ThreadId.New(TimeProvider.System),
            ThreadId.New(TimeProvider.System)
        );
        await using var writer = await store.CreateAsync(new CreateRequest(threadId, Appending.Meta(threadId)), Cancellation);
        await writer.AppendAsync(new AppendRequest([Appending.Item("one")]), Cancellation);
        var held = new[]
        {
            await others.CreateAsync(new CreateRequest(new1, Appending.Meta(new1)), Cancellation),
            await others.CreateAsync(new CreateRequest(new2, Appending.Meta(new2)), Cancellation),
        };

        proxy.Retarget(full.Address);
        await first.DisposeAsync();
        proxy.Break();
        var again = writer.AppendAsync(new AppendRequest([Appending.Item("two")]), Cancellation).AsTask();
        var third = ThreadId.New(TimeProvider.System);
        var another = store.CreateAsync(new CreateRequest(third, Appending.Meta(third)), Cancellation).AsTask();
        var refused = await Assert.ThrowsAsync<ThreadStoreException>(() => TooLateAsync(full));
        foreach (var one in held)
            await one.DisposeAsync();

        await again;
        await (await another).DisposeAsync();
        Assert.False(writer.LostToken.IsCancellationRequested);
        Assert.Equal((ThreadStoreErrorCode.Busy, "Too many threads are being written; try again later."), (refused.Code, refused.Message));
    }

    // By then those who wait as well were refused more than once.
    static async Task TooLateAsync(RunningServer server)
    {
        await using var store = await server.ConnectAsync(options =>
            options with
            {
                RetryFor = TimeSpan.FromMilliseconds(500),
                MaxPause = TimeSpan.FromMilliseconds(50),
            }
        );
        var threadId = ThreadId.New(TimeProvider.System);
        await store.CreateAsync(new CreateRequest(threadId, Appending.Meta(threadId)), Cancellation);
    }
}
