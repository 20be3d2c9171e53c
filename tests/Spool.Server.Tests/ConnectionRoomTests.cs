using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Spool.TestKit;
using Codex = Spool.Contracts.CodexV1;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>Connections take no more than their part of the files that the process may open.</summary>
public sealed class ConnectionRoomTests
{
    [Fact, Guarantee("REMO-55")]
    public async Task A_connection_beyond_the_limit_is_ended_at_once_and_another_one_that_ends_makes_room()
    {
        var time = new ManualTime();
        using var log = new ListLog();
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Time = time,
                Limits = options.Limits with { MaxConnections = 2 },
                Logging = logging => logging.AddProvider(log),
            }
        );
        var leaving = server.Connect();
        foreach (var channel in (GrpcChannel[])[server.Channel, leaving])
            await new Wire.ThreadStore.ThreadStoreClient(channel).GetCapabilitiesAsync(new Wire.GetCapabilitiesRequest());

        await EndAsync(server.Address);
        await EndAsync(server.Address);
        var saidAtOnce = Said(log);
        time.Advance(TimeSpan.FromMinutes(1));
        await EndAsync(server.Address);
        var refusal = await Given.RefusalOf(
            new Wire.ThreadStore.ThreadStoreClient(server.Connect()).GetCapabilitiesAsync(new Wire.GetCapabilitiesRequest())
        );
        await server.Spool.GetCapabilitiesAsync(new Wire.GetCapabilitiesRequest());
        leaving.Dispose();
        var coming = new Wire.ThreadStore.ThreadStoreClient(server.Connect());
        await Until.NotRefusedAsync(() => coming.GetCapabilitiesAsync(new Wire.GetCapabilitiesRequest()).ResponseAsync, IsOfConnection);

        Assert.True(IsOfConnection(refusal), refusal.ToString());
        Assert.Equal((1, 2), (saidAtOnce, Said(log)));
    }

    [Fact, Guarantee("REMO-56")]
    public async Task A_program_that_may_open_few_files_serves_its_threads_however_many_connect()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The limit is set by a program of Linux.");
        const int Files = 700;
        const int Connections = 900;
        await using var home = new ServedHome { OpenFiles = Files };
        await using var program = await home.ServeAsync();
        using var channel = GrpcChannel.ForAddress(program.Address);
        var client = new Codex.ThreadStore.ThreadStoreClient(channel);
        var (before, after) = (Given.NewId(), Given.NewId());
        await client.AppendItemsAsync(Given.Items(before, Given.UserMessage("before")));

        // Those that are taken stay, and say nothing.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Given.Cancellation);
        var sockets = new List<TcpClient>();
        using var ended = new SemaphoreSlim(0);
        var ends = new List<Task>();
        for (var i = 0; i < Connections; i++)
        {
            sockets.Add(await ConnectAsync(program.Address));
            ends.Add(TellOfEndAsync(sockets[^1], ended, stop.Token));
        }
        for (var i = 0; i < Connections - Files / 2 + 1; i++)
            Assert.True(await ended.WaitAsync(TimeSpan.FromSeconds(60), Given.Cancellation), $"Only {i} connections were ended.");
        await client.AppendItemsAsync(Given.Items(after, Given.UserMessage("after")));
        foreach (var thread in (string[])[before, after])
            Assert.Equal(2, (await client.LoadHistoryAsync(new Codex.LoadThreadHistoryRequest { ThreadId = thread })).ItemsJson.Count);

        Assert.Equal(Files / 2 - 1, ends.Count(end => !end.IsCompleted));
        await stop.CancelAsync();
        await Task.WhenAll(ends);
        sockets.ForEach(socket => socket.Dispose());
    }

    // Which status it has depends on how far the handshake had come.
    static bool IsOfConnection(RpcException error) =>
        error.Status.DebugException is HttpRequestException or IOException or SocketException || error.StatusCode == StatusCode.Unavailable;

    [Fact, Guarantee("REMO-66")]
    public async Task A_program_whose_threads_take_its_files_refuses_further_ones_as_busy_and_serves_everybody_else()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The limit is set by a program of Linux.");
        await using var home = new ServedHome { OpenFiles = 600 };
        await using var program = await home.ServeAsync();
        using var channel = GrpcChannel.ForAddress(program.Address);
        var client = new Wire.ThreadStore.ThreadStoreClient(channel);
        var writers = new List<(string Thread, Guid Lease)>();
        RpcException? refusal = null;
        while (refusal is null)
        {
            var (thread, lease) = (Given.NewId(), Guid.NewGuid());
            try
            {
                await client.OpenWriterAsync(Given.Create(thread, lease));
                await client.AppendAsync(Given.Append(thread, lease, "hello"));
                writers.Add((thread, lease));
            }
            catch (RpcException e)
            {
                refusal = e;
            }
        }

        // Sessions of Codex make room for each other in what is left of it; nobody who reads or has a writer notices.
        var codex = new Codex.ThreadStore.ThreadStoreClient(channel);
        using var other = GrpcChannel.ForAddress(program.Address);
        var reader = new Wire.ThreadStore.ThreadStoreClient(other);
        for (var i = 0; i < 20; i++)
        {
            await client.AppendAsync(Given.Append(writers[0].Thread, writers[0].Lease, "more"));
            Assert.Equal(3 + i, (await reader.HistoryAsync(writers[0].Thread)).Count);
        }
        await client.ShutDownWriterAsync(Given.Writer(writers[0].Thread, writers[0].Lease));
        for (var i = 0; i < 5; i++)
            await codex.AppendItemsAsync(Given.Items(Given.NewId(), Given.UserMessage("hello")));
        var freed = Guid.NewGuid();
        await client.OpenWriterAsync(Given.Resume(writers[0].Thread, freed));
        await client.AppendAsync(Given.Append(writers[0].Thread, freed, "again"));

        Assert.True(Contracts.WireErrors.IsBusy(refusal), refusal.Status.Detail);
        Assert.InRange(writers.Count, 100, 250);
    }

    [Fact, Guarantee("REMO-67")]
    public async Task A_program_without_files_waits_until_there_are_some_and_keeps_no_core_busy()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The limit is set by a program of Linux.");
        await using var home = new ServedHome { OpenFiles = 900 };
        await using var program = await home.ServeAsync();
        using var channel = GrpcChannel.ForAddress(program.Address);
        var client = new Wire.ThreadStore.ThreadStoreClient(channel);
        var (thread, lease) = (Given.NewId(), Guid.NewGuid());
        await client.OpenWriterAsync(Given.Create(thread, lease));
        await client.AppendAsync(Given.Append(thread, lease, "before"));
        await client.HistoryAsync(thread);
        // what is not native code is read from files when it is needed first
        await Assert.ThrowsAsync<RpcException>(() => client.HistoryAsync(Given.NewId()));

        await program.LimitFilesAsync(10); // fewer than it has open
        using var waiting = GrpcChannel.ForAddress(program.Address);
        var listing = new Wire.ThreadStore.ThreadStoreClient(waiting).GetCapabilitiesAsync(new Wire.GetCapabilitiesRequest()).ResponseAsync;
        var reading = await Assert.ThrowsAsync<RpcException>(() => client.HistoryAsync(thread));
        var opening = await Given.RefusalOf(client.OpenWriterAsync(Given.Create(Given.NewId(), Guid.NewGuid())));
        await client.AppendAsync(Given.Append(thread, lease, "meanwhile"));
        var before = program.ProcessorTime;
        var words = await program.ReadLineAsync();
        await Task.Delay(TimeSpan.FromSeconds(1), Given.Cancellation); // what it uses in that time is what is measured
        var used = program.ProcessorTime - before;
        Assert.False(listing.IsCompleted);

        await program.LimitFilesAsync(900);
        await listing;
        Assert.Equal(3, (await client.HistoryAsync(thread)).Count);
        Assert.Contains("ulimit -n", words, StringComparison.Ordinal);
        // a core that is kept busy is one; what it compiles at first is less
        Assert.True(used < TimeSpan.FromSeconds(0.75), $"It used {used.TotalSeconds:0.00} s in a second.");
        foreach (var refusal in (RpcException[])[reading, opening])
            Assert.True(Contracts.WireErrors.IsBusy(refusal), refusal.Status.Detail);
    }

    static int Said(ListLog log) => log.Warnings.Count(warning => warning.Contains("There are 2 connections", StringComparison.Ordinal));

    static async Task EndAsync(string address)
    {
        using var client = await ConnectAsync(address);
        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], Given.Cancellation));
    }

    static async Task TellOfEndAsync(TcpClient client, SemaphoreSlim ended, CancellationToken cancellationToken)
    {
        try
        {
            await client.GetStream().ReadExactlyAsync(new byte[1], cancellationToken);
        }
        catch (IOException)
        {
            ended.Release();
        }
        catch (OperationCanceledException)
        {
            // it stays
        }
    }

    static async Task<TcpClient> ConnectAsync(string address)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", new Uri(address).Port, Given.Cancellation);
        return client;
    }
}
