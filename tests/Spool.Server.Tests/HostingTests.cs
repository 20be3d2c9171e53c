using System.Net;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Spool.Remote;
using Spool.TestKit;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>Threads that a web application serves beside what else it serves.</summary>
public sealed class HostingTests
{
    const string Token = "token-of-ann-0123456789";

    [Fact, Guarantee("HOST-01")]
    public async Task An_application_serves_threads_and_an_endpoint_of_its_own_at_one_address()
    {
        await using var memory = new InMemoryThreadStore();
        await using var host = await Host.StartAsync(new SpoolServiceOptions { StoreOf = _ => memory, Time = TimeProvider.System });
        await using var store = new RemoteThreadStore(new RemoteThreadStoreOptions(new Uri(host.Address)));
        var threadId = ThreadId.New(TimeProvider.System);
        await using var writer = await store.CreateAsync(new CreateRequest(threadId, Given.Meta(threadId).ToItem()), Given.Cancellation);

        // More than a web server takes of one request: a stream is one.
        for (var i = 0; i < 40; i++)
            await writer.AppendAsync(
                new AppendRequest([
                    NewItem.FromJson("event_msg", $$"""{"type":"user_message","message":"{{new string('x', 1_000_000)}}"}"""),
                ]),
                Given.Cancellation
            );

        Assert.Equal((HttpStatusCode.OK, "hello"), await host.GetAsync("/hello"));
        Assert.Equal(HttpStatusCode.NotFound, (await host.GetAsync("/nothing")).Status);
        Assert.Equal(41, writer.NextOrdinal);
        Assert.NotNull(await memory.FindAsync(threadId, Given.Cancellation));
        Assert.Equal(
            HealthCheckResponse.Types.ServingStatus.Serving,
            (await new Health.HealthClient(host.Channel).CheckAsync(new HealthCheckRequest())).Status
        );
    }

    [Fact, Guarantee("HOST-02")]
    public async Task Tokens_and_limits_hold_for_the_methods_of_the_server_and_for_no_endpoint_of_the_application()
    {
        await using var memory = new InMemoryThreadStore();
        await using var host = await Host.StartAsync(
            new SpoolServiceOptions
            {
                StoreOf = _ => memory,
                Time = TimeProvider.System,
                Tokens = TokenTable.Parse($"{Token} ann"),
                Limits = new ServerLimits { MaxCalls = 2, CallsPerSecond = 3 },
            }
        );
        var (client, headers) = (
            new Wire.ThreadStore.ThreadStoreClient(host.Channel),
            new Metadata { { "authorization", $"Bearer {Token}" } }
        );

        var stranger = await Given.RefusalOf(client.GetCapabilitiesAsync(new Wire.GetCapabilitiesRequest()));
        for (var i = 0; i < 6; i++)
            await client.GetCapabilitiesAsync(new Wire.GetCapabilitiesRequest(), headers);
        var busy = await Given.RefusalOf(client.GetCapabilitiesAsync(new Wire.GetCapabilitiesRequest(), headers));

        Assert.Equal(StatusCode.Unauthenticated, stranger.StatusCode);
        Assert.True(WireErrors.IsBusy(busy));
        for (var i = 0; i < 10; i++)
            Assert.Equal((HttpStatusCode.OK, "hello"), await host.GetAsync("/hello"));
    }

    [Fact, Guarantee("HOST-10")]
    public async Task An_endpoint_of_the_application_asks_for_tokens_of_the_server_when_it_says_so()
    {
        const string Reader = "token-of-reader-0123456789";
        await using var memory = new InMemoryThreadStore();
        TokenTable? later = null;
        var log = new ListLog();
        await using var host = await Host.StartAsync(
            new SpoolServiceOptions
            {
                StoreOf = _ => memory,
                Time = TimeProvider.System,
                Tokens = TokenTable.Parse($"{Token} ann\n{Reader} read ann"),
                RereadTokens = _ => new ValueTask<TokenTable?>(Interlocked.Exchange(ref later, null)),
            },
            log: log
        );

        foreach (var wrong in (string?[])[null, "", Token, "Basic " + Token, "Bearer", "Bearer " + Token + "x", "Bearer " + Token + " x"])
            Assert.Equal((HttpStatusCode.Unauthorized, ""), await host.GetAsync("/who", wrong));
        using (var refused = await host.SendAsync("/who", null))
            Assert.Equal("Bearer", refused.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Contains(log.Lines, line => line.Contains("/who refused: Unauthenticated", StringComparison.Ordinal));
        Assert.Equal((HttpStatusCode.OK, "ann"), await host.GetAsync("/who", "bearer " + Token));
        Assert.Equal((HttpStatusCode.OK, "ann"), await host.GetAsync("/who", "Bearer " + Reader));
        Assert.Equal((HttpStatusCode.Forbidden, ""), await host.GetAsync("/change", "Bearer " + Reader));
        Assert.Equal((HttpStatusCode.OK, "changed"), await host.GetAsync("/change", "Bearer " + Token));

        var (reading, writing, kept) = (
            await WatchAsync("/watch", Reader),
            await WatchAsync("/watch-changing", Token),
            await WatchAsync("/watch", Token)
        );
        Volatile.Write(ref later, TokenTable.Parse($"{Token} read ann\n{Reader} write ann"));
        await Assert.ThrowsAnyAsync<Exception>(() => writing.WaitAsync(TimeSpan.FromSeconds(30), Given.Cancellation));
        Assert.False(reading.IsCompleted || kept.IsCompleted); // what they do is allowed as before
        Assert.Equal((HttpStatusCode.OK, "changed"), await host.GetAsync("/change", "Bearer " + Reader));
        Volatile.Write(ref later, TokenTable.Parse($"{Token} ann"));

        await Assert.ThrowsAnyAsync<Exception>(() => reading.WaitAsync(TimeSpan.FromSeconds(30), Given.Cancellation));
        Assert.False(kept.IsCompleted);
        Assert.Equal((HttpStatusCode.Unauthorized, ""), await host.GetAsync("/who", "Bearer " + Reader));
        Assert.Equal((HttpStatusCode.OK, "ann"), await host.GetAsync("/who", "Bearer " + Token));

        async Task<Task> WatchAsync(string path, string token)
        {
            var watching = await host.SendAsync(path, "Bearer " + token);
            var stream = await watching.Content.ReadAsStreamAsync(Given.Cancellation);
            await stream.ReadExactlyAsync(new byte[8], Given.Cancellation);
            return stream.ReadExactlyAsync(new byte[1], Given.Cancellation).AsTask();
        }
    }

    [Fact, Guarantee("HOST-11")]
    public async Task Without_tokens_every_caller_is_let_in_and_without_the_services_the_endpoint_says_what_is_missing()
    {
        await using var memory = new InMemoryThreadStore();
        await using var host = await Host.StartAsync(new SpoolServiceOptions { StoreOf = _ => memory, Time = TimeProvider.System });
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var without = builder.Build();
        without.MapGet("/who", () => "").RequireSpoolToken();

        Assert.Equal((HttpStatusCode.OK, Caller.DefaultTenant), await host.GetAsync("/who"));
        var refused = await Assert.ThrowsAnyAsync<InvalidOperationException>(async () =>
        {
            await without.StartAsync(Given.Cancellation);
            _ = ((Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)without).DataSources.SelectMany(source => source.Endpoints).ToList();
        });
        Assert.Contains("services.AddSpoolServer", refused.Message, StringComparison.Ordinal);
    }

    [Fact, Guarantee("HOST-03")]
    public async Task An_application_that_stops_gives_its_threads_up_and_its_health_check_says_so()
    {
        await using var memory = new InMemoryThreadStore();
        await using var host = await Host.StartAsync(new SpoolServiceOptions { StoreOf = _ => memory, Time = TimeProvider.System });
        var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
        var client = new Wire.ThreadStore.ThreadStoreClient(host.Channel);
        await client.OpenWriterAsync(Given.Create(thread, lease));
        await client.AppendAsync(Given.Append(thread, lease, "one"));
        var before = await host.CheckAsync();

        await host.StopAsync();

        var after = await host.CheckAsync();
        Assert.Equal(HealthStatus.Healthy, before.Status);
        Assert.Equal(1, before.Entries["spool"].Data["writers"]);
        Assert.Equal(HealthStatus.Unhealthy, after.Status);
        await using var writer = await memory.ResumeAsync(new ResumeRequest(ThreadId.Parse(thread)), Given.Cancellation);
        Assert.Equal(2, writer.NextOrdinal);
    }

    public static TheoryData<string, SpoolServerOptions> OutOfRange()
    {
        var options = new SpoolServerOptions
        {
            StoreOf = _ => new InMemoryThreadStore(),
            Addresses = [ListenAddress.Parse("http://127.0.0.1:0")],
            Time = TimeProvider.System,
        };
        var data = new TheoryData<string, SpoolServerOptions>
        {
            { "WriterIdle", options with { WriterIdle = TimeSpan.Zero } },
            { "AnnouncementIdle", options with { AnnouncementIdle = TimeSpan.FromSeconds(-1) } },
            { "TakeoverTime", options with { TakeoverTime = TimeSpan.FromSeconds(-1) } },
            { "DrainTimeout", options with { DrainTimeout = TimeSpan.FromSeconds(-1) } },
            { "WriterIdle", options with { WriterIdle = TimeSpan.MaxValue } },
            { "AnnouncementIdle", options with { AnnouncementIdle = TimeSpan.FromDays(31) } },
            { "TakeoverTime", options with { TakeoverTime = TimeSpan.MaxValue } },
            { "DrainTimeout", options with { DrainTimeout = TimeSpan.FromDays(60) } },
            { "Limits.MaxRequestBytes", options with { Limits = new ServerLimits { MaxRequestBytes = 0 } } },
            { "Limits.MaxCodexResponseBytes", options with { Limits = new ServerLimits { MaxCodexResponseBytes = 0 } } },
            { "Limits.MaxCalls", options with { Limits = new ServerLimits { MaxCalls = 0 } } },
            { "Limits.MaxCallsPerConnection", options with { Limits = new ServerLimits { MaxCallsPerConnection = 0 } } },
            { "Limits.MaxConnections", options with { Limits = new ServerLimits { MaxConnections = 0 } } },
            { "Limits.MaxFiles", options with { Limits = new ServerLimits { MaxFiles = -1 } } },
            { "Limits.MaxInFlightBytes", options with { Limits = new ServerLimits { MaxInFlightBytes = 0 } } },
            { "Limits.MaxAnswerBytes", options with { Limits = new ServerLimits { MaxAnswerBytes = 0 } } },
            { "Limits.CallsPerSecond", options with { Limits = new ServerLimits { CallsPerSecond = 0 } } },
            { "Limits.MaxWriters", options with { Limits = new ServerLimits { MaxWriters = 0 } } },
            { "Limits.MaxAnnouncedBytes", options with { Limits = new ServerLimits { MaxAnnouncedBytes = -1 } } },
        };
        return data;
    }

    [Theory, MemberData(nameof(OutOfRange)), Guarantee("HOST-04")]
    public async Task An_option_out_of_range_is_refused_at_the_start_by_its_name(string option, SpoolServerOptions options)
    {
        var refused = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () =>
            await SpoolServer.StartAsync(options, Given.Cancellation)
        );

        Assert.Contains($"The option {option} has to be at least ", refused.Message, StringComparison.Ordinal);
        if (option is not "DrainTimeout")
            Assert.Equal(
                option,
                Assert.Throws<ArgumentOutOfRangeException>(() => new ServiceCollection().AddSpoolServer(options)).ParamName
            );
    }

    [Fact, Guarantee("HOST-05")]
    public async Task An_application_may_leave_out_health_and_reflection_and_without_the_services_nothing_is_mapped()
    {
        await using var memory = new InMemoryThreadStore();
        await using var host = await Host.StartAsync(
            new SpoolServiceOptions { StoreOf = _ => memory, Time = TimeProvider.System },
            SpoolParts.Contracts
        );
        var builder = WebApplication.CreateSlimBuilder();
        await using var without = builder.Build();

        Assert.Equal(
            StatusCode.Unimplemented,
            (await Given.RefusalOf(new Health.HealthClient(host.Channel).CheckAsync(new HealthCheckRequest()))).StatusCode
        );
        Assert.NotNull(await new Wire.ThreadStore.ThreadStoreClient(host.Channel).GetCapabilitiesAsync(new Wire.GetCapabilitiesRequest()));
        Assert.Throws<InvalidOperationException>(() => without.MapSpoolServer());
    }

    [Fact, Guarantee("HOST-06")]
    public async Task Tenants_that_would_share_a_store_are_refused_at_the_start_or_when_the_second_one_calls()
    {
        await using var memory = new InMemoryThreadStore();
        var options = new SpoolServiceOptions
        {
            StoreOf = _ => memory,
            Time = TimeProvider.System,
            Tokens = TokenTable.Parse($"{Token} ann\nother-{Token} ben"),
        };
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Host.StartAsync(options));
        var (log, later) = (new ListLog(), TokenTable.Parse($"{Token} ann\nthird-{Token} cid"));
        await using var host = await Host.StartAsync(
            options with
            {
                Tokens = TokenTable.Parse($"{Token} ann"),
                RereadTokens = _ => new ValueTask<TokenTable?>(Interlocked.Exchange(ref later!, null)),
            },
            log: log
        );
        var client = new Wire.ThreadStore.ThreadStoreClient(host.Channel);
        await client.FindThreadAsync(
            new Wire.FindThreadRequest { ThreadId = Given.NewId() },
            new Metadata { { "authorization", $"Bearer {Token}" } }
        );
        await log.FirstAsync("The tokens were replaced");
        var second = await Given.RefusalOf(
            client.FindThreadAsync(
                new Wire.FindThreadRequest { ThreadId = Given.NewId() },
                new Metadata { { "authorization", $"Bearer third-{Token}" } }
            )
        );

        Assert.Contains("'ann' and 'ben'", refused.Message, StringComparison.Ordinal);
        Assert.Equal(StatusCode.Internal, second.StatusCode);
        Assert.Contains(log.Lines, line => line.Contains("'ann' and 'cid'", StringComparison.Ordinal));
    }

    [Fact, Guarantee("HOST-12")]
    public async Task A_tenant_without_a_store_is_named_in_the_log_and_a_source_of_tokens_that_fails_is_there_once()
    {
        await using var memory = new InMemoryThreadStore();
        using var log = new ListLog();
        using var asked = new SemaphoreSlim(0);
        await using var host = await Host.StartAsync(
            new SpoolServiceOptions
            {
                StoreOf = tenant => tenant == "ann" ? memory : throw new KeyNotFoundException("there is no such key"),
                Time = TimeProvider.System,
                Tokens = TokenTable.Parse($"{Token} ann"),
                RereadTokens = _ =>
                {
                    asked.Release();
                    throw new FileNotFoundException("the tokens are away");
                },
            },
            log: log
        );
        for (var times = 0; times < 3; times++)
            await asked.WaitAsync(Given.Cancellation);

        Assert.Single(log.Lines, line => line.Contains("the tokens are away", StringComparison.Ordinal));
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Host.StartAsync(
                new SpoolServiceOptions
                {
                    StoreOf = tenant => tenant == "ann" ? memory : throw new KeyNotFoundException("there is no such key"),
                    Time = TimeProvider.System,
                    Tokens = TokenTable.Parse($"{Token} ann\nother-{Token} ben"),
                }
            )
        );
        Assert.Contains("'ben': there is no such key", refused.Message, StringComparison.Ordinal);
    }

    [Fact, Guarantee("HOST-09")]
    public async Task A_store_that_could_not_be_opened_is_asked_for_again()
    {
        await using var memory = new InMemoryThreadStore();
        var asked = 0;
        await using var host = await Host.StartAsync(
            new SpoolServiceOptions
            {
                StoreOf = _ =>
                    Interlocked.Increment(ref asked) == 1
                        ? throw new ThreadStoreException(ThreadStoreErrorCode.Unavailable, "the disk is away")
                        : memory,
                Time = TimeProvider.System,
            }
        );
        var client = new Wire.ThreadStore.ThreadStoreClient(host.Channel);

        Assert.Equal(
            StatusCode.Unavailable,
            (await Given.RefusalOf(client.FindThreadAsync(new Wire.FindThreadRequest { ThreadId = Given.NewId() }))).StatusCode
        );
        Assert.Null((await client.FindThreadAsync(new Wire.FindThreadRequest { ThreadId = Given.NewId() })).Thread);
        Assert.Equal(2, asked);
    }

    [Fact, Guarantee("HOST-07")]
    public async Task Each_refusal_is_in_the_log_whoever_refuses()
    {
        await using var memory = new InMemoryThreadStore();
        var log = new ListLog();
        await using var host = await Host.StartAsync(
            new SpoolServiceOptions { StoreOf = _ => memory, Time = TimeProvider.System },
            log: log
        );
        await Given.RefusalOf(
            new Wire.ThreadStore.ThreadStoreClient(host.Channel).ArchiveThreadAsync(new Wire.ThreadRequest { ThreadId = Given.NewId() })
        );

        Assert.Single(log.Lines, line => line.Contains("ArchiveThread refused: NotFound", StringComparison.Ordinal));
    }

    [Fact, Guarantee("HOST-08")]
    public async Task An_address_without_http_2_is_said_to_be_that_at_once()
    {
        await using var memory = new InMemoryThreadStore();
        await using var host = await Host.StartAsync(
            new SpoolServiceOptions { StoreOf = _ => memory, Time = TimeProvider.System },
            protocols: HttpProtocols.Http1
        );
        var refused = await Assert.ThrowsAsync<ThreadStoreException>(async () =>
            await new RemoteThreadStore(new RemoteThreadStoreOptions(new Uri(host.Address))).ConnectAsync(Given.Cancellation)
        );

        Assert.Equal(ThreadStoreErrorCode.InvalidRequest, refused.Code);
        Assert.Contains("HTTP/1.1", refused.Message, StringComparison.Ordinal);
    }

    [Fact, Guarantee("HOST-13")]
    public async Task What_answers_in_no_version_of_HTTP_is_said_to_be_another_server()
    {
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        var answers = AnswerAsync();
        var options = new RemoteThreadStoreOptions(new Uri($"http://{other.LocalEndpoint}")) { RetryFor = TimeSpan.FromSeconds(1) };

        var refused = await Assert.ThrowsAsync<ThreadStoreException>(async () =>
            await new RemoteThreadStore(options).ConnectAsync(Given.Cancellation)
        );

        Assert.Equal(ThreadStoreErrorCode.Unavailable, refused.Code);
        Assert.Contains("does not speak HTTP/2", refused.Message, StringComparison.Ordinal);
        other.Stop();
        await answers;

        async Task AnswerAsync()
        {
            try
            {
                for (; ; )
                {
                    using var client = await other.AcceptTcpClientAsync(Given.Cancellation);
                    var stream = client.GetStream();
                    _ = await stream.ReadAsync(new byte[1024], Given.Cancellation);
                    await stream.WriteAsync("<!DOCTYPE HTML><html><body>No such version</body></html>"u8.ToArray(), Given.Cancellation);
                }
            }
            catch (Exception e) when (e is System.Net.Sockets.SocketException or IOException or ObjectDisposedException) { }
        }
    }

    /// <summary>An application with an endpoint of its own.</summary>
    sealed class Host : IAsyncDisposable
    {
        readonly WebApplication _application;
        readonly HttpClient _client = new()
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        Host(WebApplication application)
        {
            _application = application;
            Address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            Channel = GrpcChannel.ForAddress(Address);
        }

        public string Address { get; }

        public GrpcChannel Channel { get; }

        public static async Task<Host> StartAsync(
            SpoolServiceOptions options,
            SpoolParts parts = SpoolParts.All,
            ListLog? log = null,
            HttpProtocols protocols = HttpProtocols.Http2
        )
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            if (log is not null)
                builder.Logging.AddProvider(log);
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
            builder.Services.AddSpoolServer(options);
            builder.Services.AddHealthChecks().AddSpoolServer();
            var application = builder.Build();
            application.MapSpoolServer(parts);
            application.MapGet("/hello", () => "hello");
            application.MapGet("/who", (HttpContext context) => context.GetSpoolCaller()!.Tenant).RequireSpoolToken();
            application.MapGet("/change", () => "changed").RequireSpoolToken(StoreAccess.Write);
            application.MapGet("/watch", WatchAsync).RequireSpoolToken();
            application.MapGet("/watch-changing", WatchAsync).RequireSpoolToken(StoreAccess.Write);
            await application.StartAsync(Given.Cancellation);
            return new Host(application);
        }

        static async Task WatchAsync(HttpContext context)
        {
            await context.Response.WriteAsync("watching", Given.Cancellation);
            await context.Response.Body.FlushAsync(Given.Cancellation);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }

        public async Task<(HttpStatusCode Status, string Text)> GetAsync(string path, string? authorization = null)
        {
            using var response = await SendAsync(path, authorization);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(Given.Cancellation));
        }

        public async Task<HttpResponseMessage> SendAsync(string path, string? authorization)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(Address), path))
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            if (authorization is not null)
                request.Headers.TryAddWithoutValidation("authorization", authorization);
            return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Given.Cancellation);
        }

        public Task<HealthReport> CheckAsync() =>
            _application.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Given.Cancellation);

        public async Task StopAsync()
        {
            Channel.Dispose();
            await _application.StopAsync(Given.Cancellation);
        }

        public async ValueTask DisposeAsync()
        {
            Channel.Dispose();
            _client.Dispose();
            await _application.DisposeAsync();
        }
    }
}
