using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Grpc.Core;
using Spool.TestKit;
using Spool.Tests;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>What requests cost is known before they are unpacked and made objects.</summary>
public sealed class RequestMemoryTests
{
    const int MiB = 1024 * 1024;

    static ServerLimits Small(ServerLimits limits) => limits with { MaxRequestBytes = 8 * MiB, MaxInFlightBytes = 20 * MiB };

    [Theory, Guarantee("REMO-43")]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task A_packed_message_counts_with_what_it_unpacks_to(string encoding)
    {
        await using var server = await RunningServer.StartInMemoryAsync(options => options with { Limits = Small(options.Limits) });
        var small = new Wire.FindThreadRequest { ThreadId = Given.NewId() }.ToByteArray();
        byte[] large = [.. small, 0x7A, .. Length(64 * MiB), .. new byte[64 * MiB]]; // with a field that the message does not have

        var (status, _) = await CallAsync(server, "FindThread", encoding, Pack(encoding, small));
        var (refusal, words) = await CallAsync(server, "FindThread", encoding, Pack(encoding, large));
        var (wrong, _) = await CallAsync(server, "FindThread", encoding, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        var (other, _) = await CallAsync(server, "FindThread", "snappy", [1, 2, 3]);

        Assert.Equal(StatusCode.OK, status);
        Assert.Equal(
            (StatusCode.ResourceExhausted, "A request is larger than the 8192 KiB that this server takes; send less at once."),
            (refusal, words)
        );
        Assert.Equal(StatusCode.InvalidArgument, wrong);
        Assert.Equal(StatusCode.Unimplemented, other);
        Assert.Equal(StatusCode.OK, (await CallAsync(server, "FindThread", encoding, Pack(encoding, small))).Status);
    }

    [Theory, Guarantee("REMO-90")]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task A_packed_message_that_ends_early_or_goes_on_behind_its_end_is_refused(string encoding)
    {
        await using var server = await RunningServer.StartInMemoryAsync(options => options);
        var message = new Wire.FindThreadRequest { ThreadId = Given.NewId() }.ToByteArray();
        var begun = 0;
        var whole = Pack(encoding, message, flushed => begun = flushed, [0x78, 0x00]);

        Assert.Equal(StatusCode.OK, (await CallAsync(server, "FindThread", encoding, whole)).Status);
        foreach (
            byte[] wrong in (byte[][])[whole[..begun], whole[..^1], whole[..^4], whole[..^5], [.. whole, .. "garbage!"u8], [.. whole, 0]]
        )
            Assert.Equal(StatusCode.InvalidArgument, (await CallAsync(server, "FindThread", encoding, wrong)).Status);
    }

    [Theory, Guarantee("REMO-44")]
    [InlineData("Append", new byte[] { 0x1A, 0x00 })]
    [InlineData("ListThreads", new byte[] { 0x3A, 0x00 })]
    [InlineData("LocateRollouts", new byte[] { 0x0A, 0x00 })]
    [InlineData("Append", new byte[] { 0x78, 0x00 })]
    public async Task Elements_count_with_what_they_take_and_not_with_their_bytes(string method, byte[] element)
    {
        await using var server = await RunningServer.StartInMemoryAsync(options => options with { Limits = Small(options.Limits) });
        byte[] elements = [.. Enumerable.Repeat(element, MiB).SelectMany(bytes => bytes)];

        var status = await RawCalls.SendAsync(server.Channel, Wire.ThreadStore.Descriptor.FindMethodByName(method), elements);

        Assert.Equal(
            (StatusCode.ResourceExhausted, "The request has more parts than the server has memory for; send less at once."),
            (status.StatusCode, status.Detail)
        );
    }

    [Fact, Guarantee("REMO-45")]
    public async Task Of_several_large_requests_those_are_served_that_fit_one_after_the_other()
    {
        await using var server = await RunningServer.StartInMemoryAsync(options => options with { Limits = Small(options.Limits) });
        var writers = Enumerable.Range(0, 5).Select(_ => (Thread: Given.NewId(), Lease: Guid.CreateVersion7())).ToList();
        foreach (var (thread, lease) in writers)
            await server.Spool.OpenWriterAsync(Given.Create(thread, lease));

        var ends = await Task.WhenAll(
            writers.Select(
                async (writer, i) =>
                {
                    var append = server.Spool.AppendAsync(
                        Given.Append(writer.Thread, writer.Lease, new string('x', i == 2 ? 9 * MiB : 7 * MiB))
                    );
                    return await Record.ExceptionAsync(async () => await append) is RpcException refusal
                        ? refusal.StatusCode
                        : StatusCode.OK;
                }
            )
        );

        Assert.Equal([StatusCode.OK, StatusCode.OK, StatusCode.ResourceExhausted, StatusCode.OK, StatusCode.OK], ends);
    }

    [Fact]
    public async Task Messages_of_a_stream_count_until_they_are_answered()
    {
        await using var store = new WaitingStore();
        var time = new ManualTime();
        await using var server = await RunningServer.StartAsync(
            store,
            options => options with { Limits = Small(options.Limits), Time = time }
        );
        var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
        await server.Spool.OpenWriterAsync(Given.Create(thread, lease));
        using var stream = server.Spool.StreamAppends(cancellationToken: Given.Cancellation);
        for (var i = 0; i < 3; i++)
        {
            var request = Given.Append(thread, lease, new string('x', 3 * MiB));
            request.ExpectedOrdinal = 1 + i;
            await stream.RequestStream.WriteAsync(request, Given.Cancellation);
        }
        await store.BegunAsync(3);

        var refused = Given.RefusalOf(server.Spool.AppendAsync(Given.Append(Given.NewId(), lease, new string('x', 4 * MiB))));
        while (!refused.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1)); // until it has waited long enough
            await Task.Yield();
        }
        var refusal = await refused;
        store.End(3);
        Assert.True(await stream.ResponseStream.MoveNext(Given.Cancellation));
        Assert.True(await stream.ResponseStream.MoveNext(Given.Cancellation));
        Assert.True(await stream.ResponseStream.MoveNext(Given.Cancellation));

        Assert.Equal(
            (StatusCode.ResourceExhausted, "Requests take all the memory that there is for them; try again later."),
            (refusal.StatusCode, refusal.Status.Detail)
        );
        Assert.True(Contracts.WireErrors.IsBusy(refusal));
        Assert.Equal(
            StatusCode.Aborted,
            (await Given.RefusalOf(server.Spool.AppendAsync(Given.Append(Given.NewId(), lease, new string('x', 4 * MiB))))).StatusCode
        ); // there is room again
    }

    // What is sent up to a place unpacks to a message of its own.
    static byte[] Pack(string encoding, byte[] message, Action<int>? flushed = null, byte[]? more = null)
    {
        using var packed = new MemoryStream();
        using (
            Stream stream =
                encoding == "gzip" ? new GZipStream(packed, CompressionLevel.Optimal) : new ZLibStream(packed, CompressionLevel.Optimal)
        )
        {
            stream.Write(message);
            if (more is not null)
            {
                stream.Flush();
                flushed?.Invoke((int)packed.Length);
                stream.Write(more);
            }
        }
        return packed.ToArray();
    }

    static byte[] Length(int value)
    {
        using var bytes = new MemoryStream();
        using (var writer = new CodedOutputStream(bytes, leaveOpen: true))
            writer.WriteLength(value);
        return bytes.ToArray();
    }

    // A call as it is on the wire, with a message that says that it is packed.
    static async Task<(StatusCode Status, string Words)> CallAsync(RunningServer server, string method, string encoding, byte[] packed)
    {
        using var client = new HttpClient();
        var frame = new byte[5 + packed.Length];
        frame[0] = 1;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), packed.Length);
        packed.CopyTo(frame, 5);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{server.Address}/spool.thread_store.v1.ThreadStore/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
            Headers = { { "te", "trailers" }, { "grpc-encoding", encoding } },
        };
        using var response = await client.SendAsync(request, Given.Cancellation);
        await response.Content.ReadAsByteArrayAsync(Given.Cancellation);
        var headers = response.TrailingHeaders.Contains("grpc-status") ? response.TrailingHeaders : (HttpHeaders)response.Headers;
        return (
            (StatusCode)int.Parse(headers.GetValues("grpc-status").Single(), System.Globalization.CultureInfo.InvariantCulture),
            headers.TryGetValues("grpc-message", out var words) ? Uri.UnescapeDataString(words.Single()) : ""
        );
    }

    /// <summary>A store whose appends wait for the test.</summary>
    sealed class WaitingStore() : BreaksAppends(new InMemoryThreadStore())
    {
        readonly SemaphoreSlim _begun = new(0);
        readonly SemaphoreSlim _mayEnd = new(0);

        public async Task BegunAsync(int count)
        {
            for (var i = 0; i < count; i++)
                await _begun.WaitAsync(Given.Cancellation);
        }

        public void End(int count) => _mayEnd.Release(count);

        protected override async ValueTask<AppendReceipt> AppendAsync(
            IThreadWriter writer,
            AppendRequest request,
            CancellationToken cancellationToken
        )
        {
            var receipt = await writer.AppendAsync(request, cancellationToken);
            _begun.Release();
            await _mayEnd.WaitAsync(cancellationToken);
            return receipt;
        }
    }
}
