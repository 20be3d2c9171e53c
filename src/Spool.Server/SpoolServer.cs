using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Spool.Server;

/// <summary>A running server: the gRPC services over the stores of its tenants.</summary>
public sealed class SpoolServer : IAsyncDisposable
{
    static readonly TimeSpan ListenPause = TimeSpan.FromMilliseconds(50);

    readonly WebApplication _application;
    readonly ILogger _logger;
    readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _isStopping;

    SpoolServer(WebApplication application)
    {
        _application = application;
        _logger = application.Services.GetRequiredService<ILogger<SpoolServer>>();
        Addresses =
        [
            .. application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses,
        ];
    }

    /// <summary>Gets the addresses that the server listens on, as URLs with the ports it got.</summary>
    public IReadOnlyList<string> Addresses { get; }

    /// <summary>Starts a server.</summary>
    /// <param name="options">What to serve.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>The server, listening.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: an address would be open to other machines
    /// without being secured, or wants TLS without a certificate; <see cref="ThreadStoreErrorCode.Unavailable"/>: an address cannot be
    /// listened on.</exception>
    public static async ValueTask<SpoolServer> StartAsync(SpoolServerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ServerExposure.Check(options);
        options.Tls?.CheckTime(options.Time.GetUtcNow());
        var application = await ListenAsync(options, cancellationToken).ConfigureAwait(false);
        var server = new SpoolServer(application);
        foreach (var address in server.Addresses)
            Log.Listening(server._logger, address);
        return server;
    }

    /// <summary>Stops: takes no more calls, shuts every writer down, so that everything acknowledged is kept and a successor can go on with
    /// the threads, and waits for the calls under way for a bounded time (<see cref="SpoolServerOptions.DrainTimeout"/>).</summary>
    /// <remarks>Every caller waits for the same stop.</remarks>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isStopping, 1) != 0)
        {
#pragma warning disable VSTHRD003 // begun above, by the first caller
            await _stopped.Task.ConfigureAwait(false);
#pragma warning restore VSTHRD003
            return;
        }
        try
        {
            await StopAsync().ConfigureAwait(false);
        }
        finally
        {
            _stopped.SetResult();
        }
    }

    async Task StopAsync()
    {
        using (_application.Services.GetRequiredService<ConnectionPulse>().Begin())
            await _application.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }

    static async Task<WebApplication> ListenAsync(SpoolServerOptions options, CancellationToken cancellationToken)
    {
        var clock = new MonotonicClock(options.Time);
        while (true)
        {
            var application = Build(options);
            try
            {
                await application.StartAsync(cancellationToken).ConfigureAwait(false);
                return application;
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                await application.DisposeAsync().ConfigureAwait(false);
                // A predecessor that is being stopped may not have come to it yet.
                if (!ListenFailure.IsInUse(e) || clock.Now >= options.TakeoverTime)
                    throw ListenFailure.Of(e, options.Addresses);
            }
            catch
            {
                await application.DisposeAsync().ConfigureAwait(false);
                throw;
            }
            await Task.Delay(ListenPause, options.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    static WebApplication Build(SpoolServerOptions options)
    {
        // Empty: neither files nor the environment decide how a library behaves.
        // Nothing is served from files; the current folder, which would be the usual one, may be gone.
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ApplicationName = "Spool.Server", ContentRootPath = AppContext.BaseDirectory }
        );
        var tls = options.Tls is null ? null : new CurrentTls(options.Tls);
        var pulse = new ConnectionPulse();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options, tls, pulse));
        var services = builder.Services;
        services.AddLogging(logging =>
        {
            // Any client can send what is no message, and it would be an error with a stack each time. What goes wrong behind that the
            // server's own log says.
            logging.AddFilter("Grpc.AspNetCore.Server.ServerCallHandler", LogLevel.None);
            options.Logging?.Invoke(logging);
        });
        services.AddRoutingCore();
        services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout);
        services
            .AddSpoolServer(options)
            .AddSingleton<IConnectionListenerFactory>(provider => new ConnectionListeners(
                provider.GetRequiredService<IOptions<SocketTransportOptions>>(),
                provider.GetRequiredService<ILoggerFactory>(),
                provider.GetRequiredService<ILogger<SpoolServer>>(),
                options.Time
            ));
        services.AddSingleton(provider => new ConnectionRoom(
            options.Limits,
            provider.GetRequiredService<FileRoom>(),
            provider.GetRequiredService<ILogger<SpoolServer>>(),
            options.Time
        ));
        services.AddSingleton(pulse);
        if (tls is not null && options.RereadTls is { } rereadTls)
            services.AddSingleton(provider =>
                Replacements.OfTls(tls, rereadTls, options.Time, provider.GetRequiredService<ILogger<SpoolServer>>())
            );

        var application = builder.Build();
        application.Services.GetService<Rereading<ServerTls>>(); // begins
        var admission = application.Services.GetRequiredService<CallAdmission>();
        application.Use(next =>
            async context =>
            {
                if (await Http1Answer.TryAnswerAsync(context).ConfigureAwait(false))
                    return;
                // What is no method of a contract learns no more of this server than what is one.
                await (context.GetEndpoint() is null ? admission.InvokeAsync(context, next) : next(context)).ConfigureAwait(false);
            }
        );
        application.MapSpoolServer();
        return application;
    }

    static void Configure(KestrelServerOptions kestrel, SpoolServerOptions options, CurrentTls? tls, ConnectionPulse pulse)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = null; // messages have their own limit, and a stream has none
        kestrel.Limits.Http2.MaxStreamsPerConnection = options.Limits.MaxCallsPerConnection;
        // What waits for room on one stream must leave most of its connection to others.
        kestrel.Limits.Http2.InitialStreamWindowSize = 512 * 1024;
        kestrel.Limits.Http2.InitialConnectionWindowSize = 8 * 1024 * 1024;
        // A client that is gone without a word is noticed, and its streams are ended.
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(20);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
        var room = kestrel.ApplicationServices.GetRequiredService<ConnectionRoom>();
        foreach (var address in options.Addresses)
        {
            kestrel.Listen(
                address.EndPoint,
                listen =>
                {
                    listen.Protocols = HttpProtocols.Http2;
                    listen.Use(next => connection => room.ServeAsync(connection, next));
                    if (address.Scheme == ListenScheme.Https)
                        listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(tls!.Options) });
                    listen.Use(next => connection => pulse.ServeAsync(connection, next));
                    listen.Use(next => connection => Http1Answer.ServeAsync(connection, next, kestrel.Limits.KeepAliveTimeout));
                }
            );
        }
    }

    /// <summary>Leaves signals to the program that the server is a part of.</summary>
    sealed class EmbeddedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
