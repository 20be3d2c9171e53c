using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Codex = Spool.Contracts.CodexV1;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>Clients that leave in the middle of something: nothing of it is a fault of the server.</summary>
public sealed class LeavingTests
{
    [Fact]
    public async Task A_client_that_leaves_is_no_warning_in_the_log()
    {
        using var log = new ListLog();
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Logging = logging => logging.SetMinimumLevel(LogLevel.Warning).AddProvider(log),
            }
        );
        var thread = await ThreadAsync(server);

        for (var round = 0; round < 3; round++)
        {
            await CancelledAsync(server, thread);
            await CutAsync(server, thread);
            await HalfSentAsync(server);
        }

        Assert.Equal(21, (await server.Spool.HistoryAsync(thread)).Count);
        await server.StopAsync();
        Assert.True(log.Warnings.Count == 0, string.Join('\n', log.Warnings));
    }

    [Fact]
    public async Task A_handshake_that_is_broken_off_is_no_warning_in_the_log()
    {
        using var log = new ListLog();
        using var certificates = new TestCertificates();
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Addresses = [ListenAddress.Parse("https://127.0.0.1:0")],
                Tls = ServerTls.FromPem(certificates.Server, certificates.ServerKey, certificates.Authority),
                Logging = logging => logging.SetMinimumLevel(LogLevel.Warning).AddProvider(log),
            }
        );
        byte[] hello = [0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3, .. new byte[40]];

        foreach (
            var bytes in (byte[][])
                [
                    [],
                    hello,
                    "GET / HTTP/1.1\r\n\r\n"u8.ToArray(),
                    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(),
                ]
        )
        {
            foreach (var isReset in (bool[])[false, true])
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, new Uri(server.Address).Port, Given.Cancellation);
                await client.GetStream().WriteAsync(bytes, Given.Cancellation);
                if (isReset)
                    client.LingerState = new LingerOption(enable: true, seconds: 0);
            }
        }
        using (var untrusting = server.Connect())
            await Given.RefusalOf(
                new Wire.ThreadStore.ThreadStoreClient(untrusting).GetCapabilitiesAsync(new Wire.GetCapabilitiesRequest())
            );
        using var without = certificates.Trusting(client: null);
        await Given.RefusalOf(
            new Wire.ThreadStore.ThreadStoreClient(server.Connect(handler: without)).GetCapabilitiesAsync(new Wire.GetCapabilitiesRequest())
        );
        using var right = certificates.Trusting(certificates.Client);
        Assert.True(
            (
                await new Wire.ThreadStore.ThreadStoreClient(server.Connect(handler: right)).GetCapabilitiesAsync(
                    new Wire.GetCapabilitiesRequest()
                )
            ).Writable
        );

        await server.StopAsync();
        Assert.True(log.Warnings.Count == 0, string.Join('\n', log.Warnings));
    }

    static async Task<string> ThreadAsync(RunningServer server)
    {
        var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
        await server.Spool.OpenWriterAsync(Given.Create(thread, lease));
        for (var i = 0; i < 20; i++)
            await server.Spool.AppendAsync(Given.Append(thread, lease, new string('x', 500_000)));
        await server.Spool.ShutDownWriterAsync(Given.Writer(thread, lease));
        return thread;
    }

    // Calls of every shape, cancelled while they are under way.
    static async Task CancelledAsync(RunningServer server, string thread)
    {
        foreach (var call in await CallsAsync(server.Spool, server.Codex, thread))
            call.Dispose();
    }

    // The same, and then the connection is reset.
    static async Task CutAsync(RunningServer server, string thread)
    {
        Socket? socket = null;
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
            {
                socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        var channel = server.Connect(handler: handler);
        await CallsAsync(new Wire.ThreadStore.ThreadStoreClient(channel), new Codex.ThreadStore.ThreadStoreClient(channel), thread);
        socket!.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }

    static async Task<List<IDisposable>> CallsAsync(
        Wire.ThreadStore.ThreadStoreClient spool,
        Codex.ThreadStore.ThreadStoreClient codex,
        string thread
    )
    {
        var reading = spool.ReadHistory(new Wire.ReadHistoryRequest { ThreadId = thread });
        var appending = spool.StreamAppends();
        var watching = spool.WatchWriters();
        List<IDisposable> calls =
        [
            reading,
            appending,
            watching,
            codex.LoadHistoryAsync(new Codex.LoadThreadHistoryRequest { ThreadId = thread }),
            spool.ListThreads(new Wire.ListThreadsRequest { Limit = 5 }),
        ];
        await reading.ResponseStream.MoveNext(CancellationToken.None);
        await appending.RequestStream.WriteAsync(Given.Append(thread, Guid.CreateVersion7(), "no"));
        await watching.RequestStream.WriteAsync(new Wire.WatchRequest());
        return calls;
    }

    // Messages that are announced and do not come whole.
    static async Task HalfSentAsync(RunningServer server)
    {
        foreach (
            var path in (string[])
                [
                    "/spool.thread_store.v1.ThreadStore/Append",
                    "/codex.thread_store.v1.ThreadStore/AppendItems",
                    "/spool.thread_store.v1.ThreadStore/StreamAppends",
                    "/spool.thread_store.v1.ThreadStore/ReadHistory",
                ]
        )
        {
            using var client = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Post, server.Address + path)
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new HalfContent(),
            };
            await Assert.ThrowsAnyAsync<Exception>(() => client.SendAsync(request, Given.Cancellation));
        }
    }

    sealed class HalfContent : HttpContent
    {
        public HalfContent() => Headers.ContentType = new MediaTypeHeaderValue("application/grpc");

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(new byte[] { 0, 0, 0, 100, 0, 10, 10, 10 });
            await stream.FlushAsync();
            throw new IOException("The client is gone.");
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
