using Grpc.Core;
using Grpc.Health.V1;
using Spool.TestKit;
using Codex = Spool.Contracts.CodexV1;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>Who may reach which threads.</summary>
public sealed class SecurityTests
{
    const string Ann = "token-of-ann-0123456789";
    const string AnnsNext = "next-token-of-ann-0123456789";
    const string AnnsReader = "read-token-of-ann-0123456789";
    const string Bob = "token-of-bob-0123456789";

    static readonly TokenTable Tokens = TokenTable.Parse(
        $"# tokens\n{Ann} ann\n{AnnsNext} write ann\n\n{AnnsReader} read ann\n{Bob} bob\n"
    );

    [Fact]
    [Guarantee("SRV-30")]
    public async Task Nobody_calls_without_a_valid_token()
    {
        await using var server = await RunningServer.StartInMemoryAsync(options => options with { Tokens = Tokens });

        foreach (var method in RawCalls.Methods)
        {
            Assert.Equal(StatusCode.Unauthenticated, (await RawCalls.SendAsync(server.Channel, method, [])).StatusCode);
            Assert.Equal(
                StatusCode.Unauthenticated,
                (await RawCalls.SendAsync(server.Connect("token-of-nobody-0123456789"), method, [])).StatusCode
            );
        }
        Assert.Equal(
            HealthCheckResponse.Types.ServingStatus.Serving,
            (await new Health.HealthClient(server.Channel).CheckAsync(new HealthCheckRequest())).Status
        );
    }

    [Fact]
    [Guarantee("SRV-31")]
    public async Task A_token_that_reads_changes_nothing()
    {
        await using var server = await RunningServer.StartInMemoryAsync(options => options with { Tokens = Tokens });
        var channel = server.Connect(AnnsReader);
        string[] reading =
        [
            "LoadHistory",
            "ReadThread",
            "ListThreads",
            "CountThreads",
            "GetCapabilities",
            "FindThread",
            "ReadHistory",
            "ListItems",
            "ListTurns",
            "CopyLog",
            "LocateRollouts",
        ];

        foreach (var method in RawCalls.Methods)
        {
            var status = await RawCalls.SendAsync(channel, method, []);
            Assert.Equal(!reading.Contains(method.Name), status.StatusCode == StatusCode.PermissionDenied);
        }
    }

    [Fact]
    [Guarantee("SRV-32")]
    public async Task Another_tenants_thread_is_like_one_that_is_not_there()
    {
        await using var server = await RunningServer.StartInMemoryAsync(options => options with { Tokens = Tokens });
        var (thread, missing) = (Given.NewId(), Given.NewId());
        var ann = new Codex.ThreadStore.ThreadStoreClient(server.Connect(Ann));
        await ann.CreateThreadAsync(Given.Announcement(thread));
        await ann.AppendItemsAsync(Given.Items(thread, Given.UserMessage("hello")));
        var bob = server.Connect(Bob);

        foreach (
            var method in RawCalls.Methods.Where(method =>
                method.InputType.FindFieldByName("thread_id") is not null
                && method.Name is not ("CreateThread" or "AppendItems" or "OpenWriter" or "ForkThread")
            )
        )
        {
            var theirs = await RawCalls.SendAsync(bob, method, Request(method.InputType, thread));
            var none = await RawCalls.SendAsync(bob, method, Request(method.InputType, missing));
            Assert.Equal(
                (none.StatusCode, none.Detail.Replace(missing, thread, StringComparison.Ordinal)),
                (theirs.StatusCode, theirs.Detail)
            );
        }
        Assert.Empty((await new Codex.ThreadStore.ThreadStoreClient(bob).ListThreadsAsync(new Codex.ListThreadsRequest())).Threads);
        Assert.Single(
            (
                await new Codex.ThreadStore.ThreadStoreClient(server.Connect(AnnsNext)).ListThreadsAsync(new Codex.ListThreadsRequest())
            ).Threads
        );

        static byte[] Request(Google.Protobuf.Reflection.MessageDescriptor type, string thread)
        {
            var message = type.Parser.ParseFrom([]);
            type.FindFieldByName("thread_id").Accessor.SetValue(message, thread);
            type.FindFieldByName("lease_id")?.Accessor.SetValue(message, Guid.Empty.ToString());
            type.FindFieldByName("limit")?.Accessor.SetValue(message, 5);
            return Google.Protobuf.MessageExtensions.ToByteArray(message);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("short")]
    [InlineData("0123456789abcdef a b")]
    [InlineData("0123456789abcdef a\n0123456789abcdef b")]
    [InlineData("0123456789abcdef readonly")]
    [InlineData("0123456789abcdef ro")]
    [InlineData("0123456789abcdef read-only ann")]
    [InlineData("0123456789abcdef read:")]
    [InlineData("0123456789abcdef R")]
    [InlineData("0123456789abcdef write Read")]
    [InlineData("0123456789abcdef\u00e4")]
    [InlineData("0123456789abcdef\ufffd\ufffd")]
    [InlineData("0123456789abcdef\u0007")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    public void A_table_of_tokens_that_says_nothing_clear_is_refused(string text)
    {
        var error = Assert.Throws<ThreadStoreException>(() => TokenTable.Parse(text));

        Assert.Equal(ThreadStoreErrorCode.InvalidRequest, error.Code);
        Assert.DoesNotContain("0123456789abcdef", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("READ", StatusCode.PermissionDenied)]
    [InlineData("Read ann", StatusCode.PermissionDenied)]
    [InlineData("ann Write", StatusCode.OK)]
    public async Task A_right_is_one_in_any_case_of_its_letters(string words, StatusCode expected)
    {
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Tokens = TokenTable.Parse("0123456789abcdef " + words),
            }
        );
        var client = new Wire.ThreadStore.ThreadStoreClient(server.Connect("0123456789abcdef"));

        var status = (
            await Record.ExceptionAsync(async () => await client.OpenWriterAsync(Given.Create(Given.NewId(), Guid.CreateVersion7())))
        )
            is RpcException refusal
            ? refusal.StatusCode
            : StatusCode.OK;

        Assert.Equal(expected, status);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0", Exposure.Secured, false)]
    [InlineData("http://[::]:0", Exposure.Secured, false)]
    [InlineData("https://127.0.0.1:0", Exposure.Secured, false)]
    [InlineData("https://127.0.0.1:0", Exposure.Unsecured, false)]
    [InlineData("http://0.0.0.0:0", Exposure.Unsecured, true)]
    [InlineData("http://127.0.0.1:0", Exposure.Secured, true)]
    [InlineData("http://[::1]:0", Exposure.Secured, true)]
    [Guarantee("SRV-33")]
    public async Task An_address_that_others_reach_is_secured_or_refused(string address, Exposure exposure, bool isServed)
    {
        Task<RunningServer> StartAsync() =>
            RunningServer.StartInMemoryAsync(options => options with { Addresses = [ListenAddress.Parse(address)], Exposure = exposure });

        if (!isServed)
            Assert.Equal(ThreadStoreErrorCode.InvalidRequest, (await Assert.ThrowsAsync<ThreadStoreException>(StartAsync)).Code);
        else
            await (await StartAsync()).DisposeAsync();
    }

    [Theory]
    [InlineData("http://127.0.0.1:80", 80)]
    [InlineData("https://localhost:443/", 443)]
    [InlineData("http://[::1]:80", 80)]
    [InlineData("http://127.0.0.1:0", 0)]
    public void The_port_that_an_address_names_is_taken(string text, int port) =>
        Assert.Equal(port, ListenAddress.Parse(text).EndPoint.Port);

    [Theory]
    [InlineData("localhost")]
    [InlineData("http://example.com:80")]
    [InlineData("ftp://127.0.0.1:80")]
    [InlineData("http://127.0.0.1:70000")]
    [InlineData("http://127.0.0.1:80/path")]
    [InlineData("http://user@127.0.0.1:80")]
    [InlineData("http://127.0.0.1")]
    [InlineData("http://localhost")]
    [InlineData("https://localhost/")]
    [InlineData("http://localhost:")]
    [InlineData("http://[::1]")]
    public void An_address_that_is_none_or_names_no_port_is_refused(string text) =>
        Assert.Equal(ThreadStoreErrorCode.InvalidRequest, Assert.Throws<ThreadStoreException>(() => ListenAddress.Parse(text)).Code);

    [Fact]
    [Guarantee("SRV-34")]
    public async Task A_server_with_a_certificate_is_reached_over_tls_and_in_no_other_way()
    {
        using var certificates = new TestCertificates();
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Addresses = [ListenAddress.Parse("https://127.0.0.1:0")],
                Tls = ServerTls.FromPem(certificates.Server, certificates.ServerKey),
            }
        );
        var plain = Grpc.Net.Client.GrpcChannel.ForAddress(server.Address.Replace("https", "http", StringComparison.Ordinal));
        using var trusting = certificates.Trusting(client: null);

        var refused = await Given.RefusalOf(
            new Wire.ThreadStore.ThreadStoreClient(plain).GetCapabilitiesAsync(
                new Wire.GetCapabilitiesRequest(),
                deadline: DateTime.UtcNow.AddSeconds(10)
            )
        );
        var untrusted = await Given.RefusalOf(server.Spool.GetCapabilitiesAsync(new Wire.GetCapabilitiesRequest()));
        var answer = await new Wire.ThreadStore.ThreadStoreClient(server.Connect(handler: trusting)).GetCapabilitiesAsync(
            new Wire.GetCapabilitiesRequest()
        );

        Assert.True(
            refused.StatusCode is StatusCode.Unavailable or StatusCode.Internal or StatusCode.DeadlineExceeded,
            refused.Status.ToString()
        );
        Assert.NotEqual(StatusCode.OK, untrusted.StatusCode);
        Assert.True(answer.Writable);
        plain.Dispose();
    }

    [Fact]
    [Guarantee("SRV-35")]
    public async Task A_client_certificate_of_the_right_authority_is_wanted_where_one_is_named()
    {
        using var certificates = new TestCertificates();
        using var others = new TestCertificates();
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Addresses = [ListenAddress.Parse("https://127.0.0.1:0")],
                Tls = ServerTls.FromPem(certificates.Server, certificates.ServerKey, certificates.Authority),
            }
        );
        using var right = certificates.Trusting(certificates.Client);
        using var wrong = certificates.Trusting(others.Client);
        using var none = certificates.Trusting(client: null);

        var answer = await new Wire.ThreadStore.ThreadStoreClient(server.Connect(handler: right)).GetCapabilitiesAsync(
            new Wire.GetCapabilitiesRequest()
        );

        Assert.True(answer.Writable);
        foreach (var handler in (HttpMessageHandler[])[wrong, none])
        {
            var refusal = await Given.RefusalOf(
                new Wire.ThreadStore.ThreadStoreClient(server.Connect(handler: handler)).GetCapabilitiesAsync(
                    new Wire.GetCapabilitiesRequest()
                )
            );
            Assert.NotEqual(StatusCode.OK, refusal.StatusCode);
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(100)]
    public async Task A_server_does_not_start_with_options_that_there_are_not(int number)
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            RunningServer.StartInMemoryAsync(options => options with { Exposure = (Exposure)number })
        );
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            RunningServer.StartInMemoryAsync(options =>
                options with
                {
                    Addresses = [ListenAddress.Parse("http://127.0.0.1:0") with { Scheme = (ListenScheme)number }],
                }
            )
        );
    }
}
