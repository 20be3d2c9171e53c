using Grpc.Core;
using Wire = Spool.Remote.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>What answers cost that are not read is bounded, and others are served meanwhile.</summary>
public sealed class AnswerMemoryTests
{
    const int MiB = 1024 * 1024;

    [Fact, Trait("Guarantee", "REMO-46")]
    public async Task Readers_that_do_not_read_take_no_more_than_there_is_for_answers_and_others_are_served()
    {
        var time = new ManualTime();
        await using var server = await RunningServer.StartInMemoryAsync(options => options with { Time = time, Limits = options.Limits with { MaxAnswerBytes = 40 * MiB } });
        var (large, small) = (await WriteAsync(16 * MiB), await WriteAsync(1000));
        using var stalled = server.Spool.ReadHistory(new Wire.ReadHistoryRequest { ThreadId = large }, cancellationToken: Given.Cancellation);
        await stalled.ResponseHeadersAsync; // it has its room, and nobody takes what it sends

        var refusal = await Assert.ThrowsAsync<RpcException>(() => server.Spool.HistoryAsync(large));
        Assert.Equal(2, (await server.Spool.HistoryAsync(small)).Count);
        time.Advance(TimeSpan.FromSeconds(11)); // now it is in the way of others for too long
        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.True(Remote.WireErrors.IsBusy(refusal));
        var history = await Until.NotRefusedAsync(() => server.Spool.HistoryAsync(large));

        Assert.Equal(2, history.Count);
        await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await stalled.ResponseStream.MoveNext(Given.Cancellation))
            {
            }
        });

        async Task<string> WriteAsync(int bytes)
        {
            var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
            await server.Spool.OpenWriterAsync(Given.Create(thread, lease));
            await server.Spool.AppendAsync(Given.Append(thread, lease, new string('x', bytes)));
            return thread;
        }
    }
}
