using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>A server that is at a limit has done nothing of a call, and is asked again.</summary>
public sealed class BusyTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact, Guarantee("REMO-19")]
    public async Task Calls_that_come_too_fast_for_the_server_are_made_later()
    {
        await using var memory = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(
            memory,
            with: options => options with { Limits = options.Limits with { CallsPerSecond = 20 } }
        );
        await using var store = await server.ConnectAsync(options => options with { MaxPause = TimeSpan.FromMilliseconds(200) });
        var client = new Appending(memory, 1);
        await client.RunAsync(10);

        for (var i = 0; i < 70; i++)
            Assert.NotNull(await store.FindAsync(client.ThreadId, Cancellation));
        await client.CheckAsync(store);
        // A change that is not repeated when its outcome is unknown: it was not begun, so it is. The turn is not there, and that is what
        // every call has to say.
        for (var i = 0; i < 50; i++)
        {
            var error = await Assert.ThrowsAsync<ThreadStoreException>(() =>
                store.RevertAsync(client.ThreadId, "no-such-turn", Cancellation).AsTask()
            );
            Assert.Equal(ThreadStoreErrorCode.InvalidRequest, error.Code);
        }
    }

    [Fact, Guarantee("REMO-20")]
    public async Task Calls_that_find_no_room_for_too_long_end_with_the_limit()
    {
        await using var memory = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(
            memory,
            with: options => options with { Limits = options.Limits with { MaxCalls = 1 } }
        );
        await using var store = await server.ConnectAsync(options => options with { RetryFor = TimeSpan.FromMilliseconds(300) });
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(server.Address);
        var other = new Contracts.SpoolV1.ThreadStore.ThreadStoreClient(channel);
        var (threadId, lease) = (ThreadId.New(TimeProvider.System), Guid.CreateVersion7());
        await other.OpenWriterAsync(
            WireWrites.ToWire(new CreateRequest(threadId, Appending.Meta(threadId)), lease, owner: null),
            cancellationToken: Cancellation
        );
        using var watch = other.WatchWriter(
            new Contracts.SpoolV1.WriterRequest { ThreadId = threadId.ToString(), LeaseId = lease.ToString() },
            cancellationToken: Cancellation
        );
        Assert.True(await watch.ResponseStream.MoveNext(Cancellation)); // the server has no room for another call now

        var error = await Assert.ThrowsAsync<ThreadStoreException>(() =>
            store.ForkAsync(new ForkRequest(ThreadId.New(TimeProvider.System), ThreadId.New(TimeProvider.System)), Cancellation).AsTask()
        );

        Assert.Equal((ThreadStoreErrorCode.Busy, "Too many calls are under way; try again later."), (error.Code, error.Message));
    }

    [Fact, Guarantee("REMO-21")]
    public async Task Writers_that_find_the_server_at_its_limit_wait_for_their_turn()
    {
        await using var memory = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(
            memory,
            with: options => options with { Limits = options.Limits with { MaxCalls = 3 } }
        );
        await using var store = await server.ConnectAsync(options => options with { MaxPause = TimeSpan.FromMilliseconds(100) });
        var clients = Enumerable.Range(0, 4).Select(i => new Appending(store, i)).ToList();

        // Each writer has two streams open, and needs room for a call besides.
        await Task.WhenAll(clients.Select(client => client.RunAsync(60)));

        foreach (var client in clients)
            await client.CheckAsync(memory);
    }
}
