using System.Diagnostics;
using System.Runtime.InteropServices;
using Grpc.Core;
using Grpc.Net.Client;
using Spool.TestKit;
using Codex = Spool.Contracts.CodexV1;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>A server that is stopped keeps what it acknowledged.</summary>
public sealed class DrainTests
{
    [Fact]
    [Guarantee("SRV-60")]
    public async Task Stopping_stores_everything_that_was_acknowledged_and_gives_every_writer_back()
    {
        await using var store = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(store);
        var (leased, codex, lease) = (Given.NewId(), Given.NewId(), Guid.CreateVersion7());
        await server.Spool.OpenWriterAsync(Given.Create(leased, lease));
        var append = Given.Append(leased, lease, "one");
        append.Durability = Wire.Durability.Buffered;
        await server.Spool.AppendAsync(append);
        await server.Codex.AppendItemsAsync(Given.Items(codex, Given.UserMessage("one")));

        await server.StopAsync();

        foreach (var thread in (string[])[leased, codex])
        {
            await using var writer = await store.ResumeAsync(new ResumeRequest(ThreadId.Parse(thread)), Given.Cancellation);
            Assert.Equal(2, writer.NextOrdinal);
        }
    }

    [Fact]
    [Guarantee("SRV-61")]
    public async Task Streams_that_would_go_on_for_ever_are_ended_when_the_server_stops()
    {
        await using var store = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(store);
        var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
        await server.Spool.OpenWriterAsync(Given.Create(thread, lease));
        using var watch = server.Spool.WatchWriter(Given.Writer(thread, lease), cancellationToken: Given.Cancellation);
        Assert.True(await watch.ResponseStream.MoveNext(Given.Cancellation));
        using var stream = server.Spool.StreamAppends(cancellationToken: Given.Cancellation);
        await stream.RequestStream.WriteAsync(Given.Append(thread, lease, "one"), Given.Cancellation);
        Assert.True(await stream.ResponseStream.MoveNext(Given.Cancellation));

        var stopping = Stopwatch.StartNew();
        var watching = Assert.ThrowsAsync<RpcException>(() => watch.ResponseStream.MoveNext(Given.Cancellation));
        var streaming = Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext(Given.Cancellation));
        await server.StopAsync();
        var (watched, streamed) = (await watching, await streaming);

        foreach (var end in (RpcException[])[watched, streamed])
            Assert.True(WireErrors.IsStopping(end) || IsOfClosedConnection(end), end.ToString());
        Assert.True(stopping.Elapsed < TimeSpan.FromSeconds(5), $"It took {stopping.Elapsed}.");
    }

    [Theory]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGINT)]
    [Guarantee("SRV-62")]
    public async Task The_program_stops_cleanly_when_it_is_told_to(PosixSignal signal)
    {
        await using var home = new ServedHome();
        var thread = Given.NewId();
        await using (var program = await home.ServeAsync())
        {
            using var channel = GrpcChannel.ForAddress(program.Address);
            var codex = new Codex.ThreadStore.ThreadStoreClient(channel);
            await codex.CreateThreadAsync(Given.Announcement(thread));
            for (var i = 0; i < 20; i++)
                await codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage($"{i}")));

            Assert.Equal((0, ""), await program.StopAsync(signal));
        }

        await using var again = await home.ServeAsync();
        using var second = GrpcChannel.ForAddress(again.Address);
        var history = await new Wire.ThreadStore.ThreadStoreClient(second).HistoryAsync(thread);
        Assert.Equal(21, history.Count);
        Assert.Single(Directory.GetFiles(home.Folder, $"*{thread}.jsonl", SearchOption.AllDirectories));
    }

    [Fact]
    [Guarantee("SRV-63")]
    public async Task The_program_that_is_killed_keeps_what_it_acknowledged_and_goes_on()
    {
        await using var home = new ServedHome();
        var (codexThread, leasedThread, lease) = (Given.NewId(), Given.NewId(), Guid.CreateVersion7());
        await using (var program = await home.ServeAsync())
        {
            using var channel = GrpcChannel.ForAddress(program.Address);
            await new Codex.ThreadStore.ThreadStoreClient(channel).AppendItemsAsync(Given.Items(codexThread, Given.UserMessage("one")));
            await new Wire.ThreadStore.ThreadStoreClient(channel).OpenWriterAsync(Given.Create(leasedThread, lease));
            await new Wire.ThreadStore.ThreadStoreClient(channel).AppendAsync(Given.Append(leasedThread, lease, "one"));
            program.Kill();
        }

        await using var again = await home.ServeAsync();
        using var second = GrpcChannel.ForAddress(again.Address);
        var client = new Wire.ThreadStore.ThreadStoreClient(second);
        await new Codex.ThreadStore.ThreadStoreClient(second).AppendItemsAsync(Given.Items(codexThread, Given.UserMessage("two")));
        var unknown = await Given.RefusalOf(client.AppendAsync(Given.Append(leasedThread, lease, "two")));
        var reopened = await client.OpenWriterAsync(Given.Resume(leasedThread, lease));

        Assert.Equal(3, (await client.HistoryAsync(codexThread)).Count);
        Assert.True(WireErrors.IsUnknownLease(unknown));
        Assert.Equal(2, reopened.NextOrdinal);
    }

    // The connection is closed right behind the status, and sometimes that is all that the client's library reports.
    static bool IsOfClosedConnection(RpcException error) => error.Status.DebugException is HttpProtocolException { ErrorCode: 0 };
}
