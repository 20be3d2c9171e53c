using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>What those find who come to the port with something else than gRPC.</summary>
public sealed class BrowserTests
{
    const string Sentence = "This is a Spool server";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "200 OK", true)]
    [InlineData(
        "GET /favicon.ico HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n",
        "200 OK",
        true
    )]
    [InlineData("GET / HTTP/1.0\r\n\r\n", "200 OK", true)]
    [InlineData("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", "200 OK", false)]
    [InlineData(
        "POST /spool.thread_store.v1.ThreadStore/GetCapabilities HTTP/1.1\r\nHost: x\r\nContent-Type: application/grpc-web\r\nContent-Length: 5\r\n\r\n\0\0\0\0\0",
        "426 Upgrade Required",
        true
    )]
    [InlineData(
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nexpect: 100-continue\r\nContent-Length: 1000\r\n\r\n",
        "426 Upgrade Required",
        true
    )]
    [InlineData("PRINT / HTTP/1.1\r\nHost: x\r\n\r\n", "426 Upgrade Required", true)]
    public async Task Whoever_speaks_an_older_HTTP_is_told_what_this_is(string request, string status, bool hasBody)
    {
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Tokens = TokenTable.Parse("0123456789abcdef"),
            }
        );

        foreach (
            var pieces in (string[][])
                [
                    [request],
                    [.. request.Select(letter => letter.ToString())],
                ]
        )
        {
            var answer = await TalkAsync(server, pieces);
            Assert.StartsWith($"HTTP/1.1 {status}\r\n", answer, StringComparison.Ordinal);
            Assert.Equal(hasBody, answer.Split("\r\n\r\n")[1].StartsWith(Sentence, StringComparison.Ordinal));
            Assert.DoesNotContain('\n', answer.Split("\r\n\r\n")[1].TrimEnd('\n'));
        }
    }

    [Fact]
    public async Task What_comes_slowly_after_the_answer_does_not_cost_it()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        using var client = await ConnectAsync(server);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);

        await client.GetStream().WriteAsync("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n"u8.ToArray(), Given.Cancellation);
        Assert.Equal("HTTP/1.1 426 Upgrade Required", await reader.ReadLineAsync(Given.Cancellation));
        foreach (var letter in "abc"u8.ToArray())
            await client.GetStream().WriteAsync(new[] { letter }, Given.Cancellation);

        Assert.Contains(Sentence, await reader.ReadToEndAsync(Given.Cancellation).WaitAsync(Patience), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    public async Task A_browser_is_told_what_this_is(bool isSecured, int version)
    {
        using var certificates = new TestCertificates();
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            isSecured
                ? options with
                {
                    Addresses = [ListenAddress.Parse("https://127.0.0.1:0")],
                    Tls = ServerTls.FromPem(certificates.Server, certificates.ServerKey),
                }
                : options
        );
        using var handler = certificates.Trusting(client: null);
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Address + "/somewhere")
        {
            Version = new Version(version, version == 1 ? 1 : 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var answer = await client.SendAsync(request, Given.Cancellation);

        Assert.Equal((HttpStatusCode.OK, "text/plain"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.StartsWith(Sentence, await answer.Content.ReadAsStringAsync(Given.Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_says_nothing_or_half_a_word_or_leaves_disturbs_nobody_and_no_stop()
    {
        using var log = new ListLog();
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Logging = logging => logging.AddProvider(log),
            }
        );
        using var silent = await ConnectAsync(server);
        using var half = await ConnectAsync(server);
        await half.GetStream().WriteAsync("GET / HT"u8.ToArray(), Given.Cancellation);
        using var prefix = await ConnectAsync(server);
        await prefix.GetStream().WriteAsync("PR"u8.ToArray(), Given.Cancellation);
        using var unfinished = await ConnectAsync(server);
        await unfinished.GetStream().WriteAsync("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf"u8.ToArray(), Given.Cancellation);
        foreach (
            var bytes in (byte[][])
                [
                    [],
                    "G"u8.ToArray(),
                    "PRI * HTTP/2.0\r\n"u8.ToArray(),
                    [0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0],
                    new byte[1000],
                ]
        )
        {
            using var gone = await ConnectAsync(server);
            await gone.GetStream().WriteAsync(bytes, Given.Cancellation);
            gone.LingerState = new LingerOption(enable: true, seconds: 0); // a reset
        }

        Assert.True((await server.Spool.GetCapabilitiesAsync(new Wire.GetCapabilitiesRequest())).Writable);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await server.StopAsync();

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(3), $"It took {clock.Elapsed}.");
        Assert.Empty(log.Errors);
    }

    static async Task<TcpClient> ConnectAsync(RunningServer server)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, new Uri(server.Address).Port, Given.Cancellation);
        return client;
    }

    static async Task<string> TalkAsync(RunningServer server, string[] pieces)
    {
        using var client = await ConnectAsync(server);
        foreach (var piece in pieces)
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(piece), Given.Cancellation);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        return await reader.ReadToEndAsync(Given.Cancellation).WaitAsync(Patience);
    }
}
