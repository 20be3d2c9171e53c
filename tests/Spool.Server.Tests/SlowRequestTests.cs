using System.Buffers.Binary;
using System.IO.Pipelines;
using Grpc.Core;
using Spool.TestKit;

namespace Spool.Server.Tests;

/// <summary>A request that comes too slowly keeps its room only as long as nobody else needs it.</summary>
public sealed class SlowRequestTests
{
    const int MiB = 1024 * 1024;
    const int Large = 3 * MiB / 2; // takes twice as much
    const int Small = 128 * 1024; // takes as much before it is there

    readonly ManualTime _time = new();
    readonly Requests _requests;

    public SlowRequestTests() => _requests = new(new Budget(4 * MiB, 4 * MiB - MiB / 2, _time), _time);

    [Theory]
    [InlineData(Large, 1)]
    [InlineData(Small, 24)]
    [Guarantee("REMO-82")]
    public async Task A_request_that_does_not_come_on_is_ended_when_others_wait_for_its_room(int length, int count)
    {
        var slow = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => BeginAsync("slow", length, sent: 30_000)));
        _time.Advance(TimeSpan.FromSeconds(9));
        var early = _requests.TakeAsync("other", 2 * MiB, Given.Cancellation).AsTask();
        _time.Advance(TimeSpan.FromSeconds(6));
        var isTaken = await early;
        var areLeft = slow.All(request => !request.Message.IsCompleted);

        var late = _requests.TakeAsync("other", 2 * MiB, Given.Cancellation).AsTask();

        Assert.Equal((false, true), (isTaken, areLeft)); // none was slow yet when it began to wait
        Assert.True(await late);
        foreach (var request in slow)
            AssertTooSlow(await request.RefusalAsync());
    }

    [Fact]
    public async Task A_request_that_comes_on_is_left_alone()
    {
        var requests = new Requests(new Budget(16 * MiB, 16 * MiB, _time), _time);
        int[] sent = [2_900_000, 2_700_000]; // eleven seconds of 256 KiB a second are 2.88 million bytes
        var arriving = await Task.WhenAll(sent.Select(sent => BeginAsync(requests, "ann", 3 * MiB, sent)));
        _time.Advance(TimeSpan.FromSeconds(11));

        var wanted = requests.TakeAsync("other", 5 * MiB, Given.Cancellation).AsTask();

        Assert.True(await wanted);
        AssertTooSlow(await arriving[1].RefusalAsync());
        Assert.False(arriving[0].Message.IsCompleted);
        await arriving[0].SendAsync((3 * MiB) - sent[0]);
        Assert.Equal(5 + (3 * MiB), await arriving[0].LengthAsync());
    }

    [Fact]
    public async Task A_request_whose_end_would_not_make_the_room_is_left_alone()
    {
        var slow = await BeginAsync("slow", Small, sent: 1000);
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.True(await _requests.TakeAsync("busy", 3 * MiB, Given.Cancellation));

        var wanted = _requests.TakeAsync("other", 2 * MiB, Given.Cancellation).AsTask();
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.False(await wanted);
        await slow.SendAsync(Small - 1000);
        Assert.Equal(5 + Small, await slow.LengthAsync());
    }

    [Fact]
    public async Task A_request_is_not_ended_for_the_greed_of_another()
    {
        var slow = await BeginAsync("slow", Small, sent: 1000);
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.True(await _requests.TakeAsync("greedy", 3 * MiB, Given.Cancellation));

        var more = _requests.TakeAsync("greedy", MiB, Given.Cancellation).AsTask();
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.False(await more);
        await slow.SendAsync(Small - 1000);
        Assert.Equal(5 + Small, await slow.LengthAsync());
    }

    Task<Request> BeginAsync(string caller, int length, int sent) => BeginAsync(_requests, caller, length, sent);

    static async Task<Request> BeginAsync(Requests requests, string caller, int length, int sent)
    {
        // What is received is known to be: a large message is taken out of the pipe, and sending waits for that; a small one stays in it,
        // and is looked at where it is sent.
        var pipe = new Pipe(
            new PipeOptions(
                readerScheduler: PipeScheduler.Inline,
                pauseWriterThreshold: length > MiB ? 1 : 0,
                resumeWriterThreshold: length > MiB ? 1 : 0,
                useSynchronizationContext: false
            )
        );
        var body = new RequestBody(
            pipe.Reader,
            null,
            type: null,
            4 * MiB,
            new MessageRoom(requests, caller, ofStream: false),
            ofStream: false
        );
        var request = new Request(pipe.Writer, ReadAsync(body));
        var beginning = new byte[5 + sent];
        BinaryPrimitives.WriteInt32BigEndian(beginning.AsSpan(1), length);
        await request.SendAsync(beginning);
        return request;
    }

    // The room is given back at the end of the call.
    static async Task<long> ReadAsync(RequestBody body)
    {
        using (body)
            return (await body.ReadAsync(Given.Cancellation)).Buffer.Length;
    }

    static void AssertTooSlow(RpcException refusal)
    {
        Assert.Equal(
            (StatusCode.ResourceExhausted, "The request came too slowly while others waited for its room; send it again."),
            (refusal.StatusCode, refusal.Status.Detail)
        );
        Assert.True(Contracts.WireErrors.IsBusy(refusal));
    }

    sealed record Request(PipeWriter Writer, Task<long> Message)
    {
#pragma warning disable VSTHRD003 // begun with the request
        public async Task<long> LengthAsync() => await Message;
#pragma warning restore VSTHRD003

        public Task<RpcException> RefusalAsync() => Assert.ThrowsAsync<RpcException>(LengthAsync);

        public Task SendAsync(int bytes) => SendAsync(new byte[bytes]);

        public async Task SendAsync(byte[] bytes) => await Writer.WriteAsync(bytes, Given.Cancellation);
    }
}
