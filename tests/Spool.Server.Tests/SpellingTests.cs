using Grpc.Core;
using Spool.TestKit;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>Rights hold however the path of a method is spelled: routing ignores case and a slash at the end.</summary>
public sealed class SpellingTests
{
    const string Service = "/spool.thread_store.v1.ThreadStore/";
    const string Leaving = "leaving-token-0123456789";
    const string Reader = "reading-token-0123456789";
    const string Staying = "staying-token-0123456789";

    static readonly Marshaller<byte[]> Bytes = Marshallers.Create(static bytes => bytes, static bytes => bytes);

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30); // for what is to happen at once, and would never happen if it did not

    [Theory, Guarantee("REMO-40")]
    [InlineData("StreamAppends")]
    [InlineData("streamappends")]
    [InlineData("StreamAppends/")]
    [InlineData("%53treamAppends")]
    public async Task A_stream_ends_with_its_token_however_its_path_is_spelled(string spelling)
    {
        var source = new ChangingSource<TokenTable>();
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Tokens = TokenTable.Parse($"{Leaving}\n{Staying}"),
                RereadTokens = source.ReadAsync,
                Time = source.Time,
            }
        );
        var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
        var channel = server.Connect(Leaving);
        await new Wire.ThreadStore.ThreadStoreClient(channel).OpenWriterAsync(Given.Create(thread, lease));
        using var stream = channel
            .CreateCallInvoker()
            .AsyncDuplexStreamingCall(
                new Spelled<Wire.AppendRequest, Wire.AppendResponse>(
                    MethodType.DuplexStreaming,
                    Service + spelling,
                    Wire.AppendRequest.Parser,
                    Wire.AppendResponse.Parser
                ).Method,
                null,
                new CallOptions(cancellationToken: Given.Cancellation)
            );
        await stream.RequestStream.WriteAsync(Given.Append(thread, lease, "before"), Given.Cancellation);
        Assert.True(await stream.ResponseStream.MoveNext(Given.Cancellation));

        await source.GiveAsync(TokenTable.Parse(Staying));

        await Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext(Given.Cancellation).WaitAsync(Patience));
    }

    [Theory, Guarantee("REMO-41")]
    [InlineData("DeleteThread")]
    [InlineData("deletethread")]
    [InlineData("DELETETHREAD/")]
    [InlineData("%44eleteThread")]
    [InlineData("DeleteThread%2FFindThread")]
    [InlineData("DeleteThread//FindThread")]
    [InlineData("FindThread/../DeleteThread")]
    [InlineData("DeleteThread;FindThread")]
    [InlineData("DeleteThread?x=/FindThread")]
    public async Task A_token_that_reads_deletes_nothing_however_the_path_is_spelled(string spelling)
    {
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Tokens = TokenTable.Parse($"{Reader} read\n{Staying}"),
            }
        );
        var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
        var writing = new Wire.ThreadStore.ThreadStoreClient(server.Connect(Staying));
        await writing.OpenWriterAsync(Given.Create(thread, lease));
        await writing.AppendAsync(Given.Append(thread, lease, "kept"));
        await writing.ShutDownWriterAsync(Given.Writer(thread, lease));

        var method = new Spelled<Wire.ThreadRequest, Wire.DeletionReceipt>(
            MethodType.Unary,
            Service + spelling,
            Wire.ThreadRequest.Parser,
            Wire.DeletionReceipt.Parser
        ).Method;
        using var call = server
            .Connect(Reader)
            .CreateCallInvoker()
            .AsyncUnaryCall(method, null, default, new Wire.ThreadRequest { ThreadId = thread });
        var refusal = await Given.RefusalOf(call);

        Assert.Equal(StatusCode.PermissionDenied, refusal.StatusCode);
        Assert.Equal(2, (await writing.HistoryAsync(thread)).Count);
    }

    [Theory]
    [InlineData("findthread")]
    [InlineData("FindThread/")]
    public async Task A_token_that_reads_reads_however_the_path_is_spelled(string spelling)
    {
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Tokens = TokenTable.Parse($"{Reader} read"),
            }
        );

        var method = new Spelled<Wire.FindThreadRequest, Wire.FindThreadResponse>(
            MethodType.Unary,
            Service + spelling,
            Wire.FindThreadRequest.Parser,
            Wire.FindThreadResponse.Parser
        ).Method;
        using var call = server
            .Connect(Reader)
            .CreateCallInvoker()
            .AsyncUnaryCall(method, null, default, new Wire.FindThreadRequest { ThreadId = Given.NewId() });

        Assert.Null((await call).Thread);
    }

    [Theory]
    [InlineData("/grpc.health.v1.Health/Check", StatusCode.OK)]
    [InlineData("/GRPC.health.v1.health/check/", StatusCode.OK)]
    [InlineData("/grpc.health.v1.Health/../spool.thread_store.v1.ThreadStore/GetCapabilities", StatusCode.Unauthenticated)]
    [InlineData("/grpc.health.v1.Health/%2e%2e/spool.thread_store.v1.ThreadStore/GetCapabilities", StatusCode.Unauthenticated)]
    [InlineData("/grpc.health.v1.Health/..%2fspool.thread_store.v1.ThreadStore/GetCapabilities", StatusCode.Unauthenticated)]
    [InlineData("/grpc.health.v1.Health/GetCapabilities", StatusCode.Unauthenticated)]
    [InlineData("/x/y", StatusCode.Unauthenticated)]
    [InlineData("/", StatusCode.Unauthenticated)]
    public async Task Only_the_health_is_told_without_a_token(string path, StatusCode status)
    {
        await using var server = await RunningServer.StartInMemoryAsync(options => options with { Tokens = TokenTable.Parse(Staying) });

        using var call = server.Channel.CreateCallInvoker().AsyncUnaryCall(Method(MethodType.Unary, path), null, default, []);
        var end = await Record.ExceptionAsync(async () => await call);

        Assert.Equal(status, end is RpcException refusal ? refusal.StatusCode : StatusCode.OK);
    }

    static Method<byte[], byte[]> Method(MethodType type, string path)
    {
        var (service, name) = Parts(path);
        return new Method<byte[], byte[]>(type, service, name, Bytes, Bytes);
    }

    static (string Service, string Name) Parts(string path)
    {
        var end = path.IndexOf('/', 1);
        return end < 0 ? (path[1..], "") : (path[1..end], path[(end + 1)..]);
    }

    sealed class Spelled<TRequest, TResponse>(
        MethodType type,
        string path,
        Google.Protobuf.MessageParser<TRequest> request,
        Google.Protobuf.MessageParser<TResponse> response
    )
        where TRequest : Google.Protobuf.IMessage<TRequest>
        where TResponse : Google.Protobuf.IMessage<TResponse>
    {
        public Method<TRequest, TResponse> Method { get; } =
            new(
                type,
                Parts(path).Service,
                Parts(path).Name,
                Marshallers.Create(message => Google.Protobuf.MessageExtensions.ToByteArray(message), request.ParseFrom),
                Marshallers.Create(message => Google.Protobuf.MessageExtensions.ToByteArray(message), response.ParseFrom)
            );
    }
}
