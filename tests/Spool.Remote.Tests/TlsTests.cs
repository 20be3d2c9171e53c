using System.Diagnostics;
using System.Net;
using Spool.Server;
using Spool.Server.Tests;
using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>The client on the way to a server with a certificate, the right one and others.</summary>
public sealed class TlsTests : IDisposable
{
    const string Token = "token-of-the-tests-0123456789";

    // What will not get better by waiting has to be told long before the client would give up on a server that is away.
    static readonly TimeSpan Quickly = TimeSpan.FromSeconds(15);

    readonly TestCertificates _certificates = new();
    readonly InMemoryThreadStore _memory = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _certificates.Dispose();

    [Fact, Guarantee("REMO-11")]
    public async Task A_server_of_a_trusted_authority_is_written_and_read_over_tls_with_a_token()
    {
        await using var server = await ServeAsync(options => options with { Tokens = TokenTable.Parse(Token) });
        await using var store = await server.ConnectAsync(options =>
            options with
            {
                TrustedAuthorities = _certificates.Authority,
                Token = Token,
            }
        );
        var threadId = ThreadId.New(TimeProvider.System);
        await using (var writer = await store.CreateAsync(new CreateRequest(threadId, Appending.Meta(threadId)), Cancellation))
        {
            await writer.AppendAsync(new AppendRequest([Appending.Item("over TLS")]), Cancellation);
            await writer.ShutDownAsync(Cancellation);
        }

        Assert.NotNull(await store.FindAsync(threadId, Cancellation));
        await RefusedAsync(
            server,
            ThreadStoreErrorCode.Unauthenticated,
            "token",
            options => options with { TrustedAuthorities = _certificates.Authority, Token = Token + "x" }
        );
    }

    [Fact, Guarantee("REMO-12")]
    public async Task A_server_whose_certificate_is_not_trusted_is_refused_at_once()
    {
        using var others = new TestCertificates();
        await using var server = await ServeAsync();

        await RefusedAsync(
            server,
            ThreadStoreErrorCode.InvalidRequest,
            "authority that is trusted",
            options => options with { TrustedAuthorities = others.Authority }
        );
        await RefusedAsync(server, ThreadStoreErrorCode.InvalidRequest, "authority that is trusted", options => options);
        await RefusedAsync(
            server,
            ThreadStoreErrorCode.InvalidRequest,
            "another name",
            options =>
                options with
                {
                    TrustedAuthorities = _certificates.Authority,
                    Address = new Uri($"https://localhost:{server.Address.Port}"),
                }
        );
    }

    [Fact]
    public async Task A_server_whose_certificate_has_expired_is_refused_at_once_and_its_time_is_told()
    {
        using var chain = new CertificateChain(years: 1);
        await using var server = await ServeAsync(options =>
            options with
            {
                Tls = ServerTls.FromPem(chain.Full, chain.Key),
                Time = new Year2020(),
            }
        );

        await RefusedAsync(
            server,
            ThreadStoreErrorCode.InvalidRequest,
            "is not valid now",
            options => options with { TrustedAuthorities = chain.Root.ExportCertificatePem() }
        );
        await RefusedAsync(
            server,
            ThreadStoreErrorCode.InvalidRequest,
            "2020-01-01 00:00Z to 2021-01-01 00:00Z",
            options => options with { TrustedAuthorities = chain.Root.ExportCertificatePem() }
        );
    }

    [Fact, Guarantee("REMO-13")]
    public async Task A_server_that_wants_a_client_certificate_gets_it_and_refuses_others_at_once()
    {
        using var others = new TestCertificates();
        await using var server = await ServeAsync(options =>
            options with
            {
                Tls = ServerTls.FromPem(_certificates.Server, _certificates.ServerKey, _certificates.Authority),
            }
        );

        await using var store = await server.ConnectAsync(options =>
            options with
            {
                TrustedAuthorities = _certificates.Authority,
                ClientCertificate = _certificates.Client,
            }
        );

        Assert.Empty((await store.ListAsync(new ThreadQuery(), Cancellation)).Items);
        // The server says no by ending the connection, as one would that is being stopped: there is no more to be known.
        await RefusedAsync(
            server,
            ThreadStoreErrorCode.Unavailable,
            "client certificate",
            options => options with { TrustedAuthorities = _certificates.Authority, ClientCertificate = others.Client }
        );
        await RefusedAsync(
            server,
            ThreadStoreErrorCode.Unavailable,
            "client certificate",
            options => options with { TrustedAuthorities = _certificates.Authority }
        );
    }

    [Fact, Guarantee("REMO-14")]
    public async Task The_wrong_of_http_and_https_is_told_at_once()
    {
        await using var secured = await ServeAsync();
        await using var plain = await RunningServer.StartAsync(_memory);

        await RefusedAsync(
            plain,
            ThreadStoreErrorCode.InvalidRequest,
            "http://",
            options => options with { Address = new Uri($"https://127.0.0.1:{plain.Address.Port}") }
        );
        await RefusedAsync(
            secured,
            ThreadStoreErrorCode.Unavailable,
            "https://",
            options => options with { Address = new Uri($"http://127.0.0.1:{secured.Address.Port}") }
        );
    }

    [Fact, Guarantee("REMO-17")]
    public async Task The_program_reaches_a_server_over_tls_and_says_why_when_it_does_not()
    {
        await using var server = await ServeAsync(options => options with { Tokens = TokenTable.Parse(Token) });
        var folder = Directory.CreateTempSubdirectory("spool-tls-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "ca.pem"), _certificates.Authority, Cancellation);
            await File.WriteAllTextAsync(Path.Combine(folder, "token"), Token + "\n", Cancellation);

            var (code, words) = await RunAsync(
                "--remote",
                server.Address.ToString(),
                "--remote-ca",
                "ca.pem",
                "--remote-token-file",
                "token"
            );
            var (untrusted, why) = await RunAsync("--remote", server.Address.ToString(), "--remote-token-file", "token");

            Assert.Equal(0, code);
            Assert.StartsWith("{\"threads\":[],\"nextCursor\":null", words);
            Assert.Equal(
                (
                    2,
                    "error: The server's certificate is not signed by an authority that is trusted here, or the server does not send the certificates between them; name its authority, or the certificate itself where it is its own, with TrustedAuthorities (--remote-ca).\n"
                ),
                (untrusted, why.Split('{')[0])
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        async Task<(int Code, string Words)> RunAsync(params string[] arguments)
        {
            using var process = Process.Start(
                new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Spool.Cli.dll"), "list", "--json", .. arguments])
                {
                    RedirectStandardError = true,
                    RedirectStandardOutput = true,
                    WorkingDirectory = folder,
                }
            )!;
            var output = process.StandardOutput.ReadToEndAsync(Cancellation);
            var error = process.StandardError.ReadToEndAsync(Cancellation);
            await process.WaitForExitAsync(Cancellation);
            return (process.ExitCode, await output + await error);
        }
    }

    [Theory]
    [InlineData("http://192.0.2.1:7070", false)]
    [InlineData("http://example.com:7070", false)]
    [InlineData("http://0.0.0.0:1", false)]
    [InlineData("http://127.0.0.1:1", true)]
    [InlineData("http://localhost:1", true)]
    [InlineData("http://[::1]:1", true)]
    [Guarantee("REMO-15")]
    public async Task A_token_leaves_this_machine_over_tls_only_unless_that_is_allowed(string address, bool isSent)
    {
        var options = new RemoteThreadStoreOptions(new Uri(address))
        {
            Token = Token,
            RetryFor = TimeSpan.Zero,
            ConnectTimeout = TimeSpan.FromMilliseconds(300),
        };

        // Nobody listens at these addresses: what is allowed is tried, and fails.
        if (isSent)
            Assert.Equal(ThreadStoreErrorCode.Unavailable, await CodeOfAsync(options));
        else
            Assert.Contains(
                "without TLS",
                Assert.Throws<ArgumentException>(() => new RemoteThreadStore(options)).Message,
                StringComparison.Ordinal
            );
        Assert.Equal(
            ThreadStoreErrorCode.Unavailable,
            await CodeOfAsync(options with { Address = new Uri("http://127.0.0.1:1"), AllowTokenInPlaintext = true })
        );
        if (!isSent && IPAddress.TryParse(options.Address.Host, out _))
            Assert.Equal(ThreadStoreErrorCode.Unavailable, await CodeOfAsync(options with { AllowTokenInPlaintext = true }));

        static async Task<ThreadStoreErrorCode> CodeOfAsync(RemoteThreadStoreOptions options) =>
            (
                await Assert.ThrowsAsync<ThreadStoreException>(async () =>
                {
                    await using var store = new RemoteThreadStore(options);
                    await store.ConnectAsync(Cancellation);
                })
            ).Code;
    }

    sealed class Year2020 : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2020, 6, 1, 0, 0, 0, TimeSpan.Zero);
    }

    Task<RunningServer> ServeAsync(Func<SpoolServerOptions, SpoolServerOptions>? with = null)
    {
        SpoolServerOptions Secure(SpoolServerOptions options) =>
            options with
            {
                Addresses = [ListenAddress.Parse("https://127.0.0.1:0")],
                Tls = ServerTls.FromPem(_certificates.Server, _certificates.ServerKey),
            };
        return RunningServer.StartAsync(_memory, with: options => with is null ? Secure(options) : with(Secure(options)));
    }

    static async Task RefusedAsync(
        RunningServer server,
        ThreadStoreErrorCode code,
        string words,
        Func<RemoteThreadStoreOptions, RemoteThreadStoreOptions> with
    )
    {
        var clock = Stopwatch.StartNew();
        var error = await Assert.ThrowsAsync<ThreadStoreException>(async () =>
            await (await server.ConnectAsync(options => with(options) with { RetryFor = TimeSpan.FromMinutes(1) })).DisposeAsync()
        );

        Assert.Equal(code, error.Code);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.True(clock.Elapsed < Quickly, $"It took {clock.Elapsed}.");
    }
}
