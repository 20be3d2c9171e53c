using Grpc.Core;
using Spool.TestKit;
using Codex = Spool.Contracts.CodexV1;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>What is too much at once is refused, and what comes after it is served.</summary>
public sealed class LimitTests
{
    [Fact]
    [Guarantee("SRV-40")]
    public async Task A_request_above_the_limit_is_refused_and_one_of_many_megabytes_below_it_is_taken()
    {
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Limits = options.Limits with { MaxRequestBytes = 16 * 1024 * 1024 },
            }
        );
        var thread = Given.NewId();
        await server.Codex.CreateThreadAsync(Given.Announcement(thread));

        await server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage(new string('x', 15_000_000))));
        var refusal = await Given.RefusalOf(
            server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage(new string('x', 17_000_000))))
        );
        await server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage("small")));

        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Equal(3, (await server.Spool.HistoryAsync(thread)).Count);
    }

    [Fact]
    [Guarantee("SRV-41")]
    public async Task Calls_above_the_limit_are_refused_until_others_have_ended()
    {
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Limits = options.Limits with { MaxCalls = 2 },
            }
        );
        var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
        await server.Spool.OpenWriterAsync(Given.Create(thread, lease));
        await server.Spool.PersistWriterAsync(Given.Writer(thread, lease));
        var first = server.Spool.WatchWriter(Given.Writer(thread, lease), cancellationToken: Given.Cancellation);
        using var second = server.Spool.WatchWriter(Given.Writer(thread, lease), cancellationToken: Given.Cancellation);
        Assert.True(await first.ResponseStream.MoveNext(Given.Cancellation));
        Assert.True(await second.ResponseStream.MoveNext(Given.Cancellation));

        var refusal = await Given.RefusalOf(server.Spool.FindThreadAsync(new Wire.FindThreadRequest { ThreadId = thread }));
        first.Dispose();
        await Until.NotRefusedAsync(() => server.Spool.FindThreadAsync(new Wire.FindThreadRequest { ThreadId = thread }).ResponseAsync);

        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
    }

    [Fact]
    [Guarantee("SRV-42")]
    public async Task Calls_in_a_short_time_are_limited_for_each_tenant_by_itself()
    {
        var time = new ManualTime();
        var tokens = TokenTable.Parse("token-of-ann-0123456789 ann\ntoken-of-bob-0123456789 bob");
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Time = time,
                Tokens = tokens,
                Limits = options.Limits with { CallsPerSecond = 3 },
            }
        );
        var ann = new Codex.ThreadStore.ThreadStoreClient(server.Connect("token-of-ann-0123456789"));
        var bob = new Codex.ThreadStore.ThreadStoreClient(server.Connect("token-of-bob-0123456789"));

        for (var i = 0; i < 6; i++)
            await ann.ListThreadsAsync(new Codex.ListThreadsRequest());
        var refusal = await Given.RefusalOf(ann.ListThreadsAsync(new Codex.ListThreadsRequest()));
        await bob.ListThreadsAsync(new Codex.ListThreadsRequest());
        time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 3; i++)
            await ann.ListThreadsAsync(new Codex.ListThreadsRequest());

        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Equal(
            StatusCode.ResourceExhausted,
            (await Given.RefusalOf(ann.ListThreadsAsync(new Codex.ListThreadsRequest()))).StatusCode
        );
    }

    [Fact]
    [Guarantee("SRV-43")]
    public async Task Bytes_under_way_are_limited_and_are_counted_off_again()
    {
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Limits = options.Limits with { MaxInFlightBytes = 12 * 1024 * 1024 },
            }
        );
        var thread = Given.NewId();
        await server.Codex.CreateThreadAsync(Given.Announcement(thread));

        for (var i = 0; i < 4; i++)
            await server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage(new string('x', 2_000_000))));
        var refusal = await Given.RefusalOf(
            server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage(new string('x', 6_000_000))))
        );
        await server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage("small")));

        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Equal(6, (await server.Spool.HistoryAsync(thread)).Count);
    }

    [Fact]
    public async Task A_stream_may_carry_more_than_may_be_under_way()
    {
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Limits = options.Limits with { MaxInFlightBytes = 4 * 1024 * 1024 },
            }
        );
        var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
        await server.Spool.OpenWriterAsync(Given.Create(thread, lease));
        using var stream = server.Spool.StreamAppends(cancellationToken: Given.Cancellation);

        for (var i = 0; i < 10; i++)
        {
            await stream.RequestStream.WriteAsync(Given.Append(thread, lease, new string('x', 1_000_000)), Given.Cancellation);
            Assert.True(await stream.ResponseStream.MoveNext(Given.Cancellation));
        }
        await stream.RequestStream.CompleteAsync();

        Assert.False(await stream.ResponseStream.MoveNext(Given.Cancellation));
        Assert.Equal(11, (await server.Spool.HistoryAsync(thread)).Count);
    }

    [Fact]
    public async Task A_call_ends_with_its_deadline()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
        await server.Spool.OpenWriterAsync(Given.Create(thread, lease));
        using var watch = server.Spool.WatchWriter(Given.Writer(thread, lease), deadline: DateTime.UtcNow.AddMilliseconds(500));
        Assert.True(await watch.ResponseStream.MoveNext(Given.Cancellation));

        var end = await Assert.ThrowsAsync<RpcException>(() => watch.ResponseStream.MoveNext(Given.Cancellation));

        Assert.Equal(StatusCode.DeadlineExceeded, end.StatusCode);
    }
}
