using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Net.Client;
using Codex = Spool.Contracts.CodexV1;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>A server on a free port of this machine, with clients of both contracts.</summary>
sealed class RunningServer : IAsyncDisposable
{
    readonly SpoolServer _server;
    readonly List<GrpcChannel> _channels = [];

    RunningServer(SpoolServer server)
    {
        _server = server;
        Channel = Connect();
    }

    /// <summary>Gets the address.</summary>
    public string Address => _server.Addresses[0];

    /// <summary>Gets a connection without a token.</summary>
    public GrpcChannel Channel { get; }

    /// <summary>Gets a client of Codex's contract.</summary>
    public Codex.ThreadStore.ThreadStoreClient Codex => new(Channel);

    /// <summary>Gets a client of Spool's contract.</summary>
    public Wire.ThreadStore.ThreadStoreClient Spool => new(Channel);

    /// <summary>Starts a server over one store.</summary>
    public static Task<RunningServer> StartAsync(IThreadStore store, Func<SpoolServerOptions, SpoolServerOptions>? change = null) =>
        StartAsync(_ => store, change);

    /// <summary>Starts a server over a store for each tenant.</summary>
    public static async Task<RunningServer> StartAsync(
        Func<string, IThreadStore> stores,
        Func<SpoolServerOptions, SpoolServerOptions>? change = null
    )
    {
        var options = new SpoolServerOptions
        {
            StoreOf = stores,
            Addresses = [ListenAddress.Parse("http://127.0.0.1:0")],
            Time = TimeProvider.System,
            DrainTimeout = TimeSpan.FromSeconds(5),
        };
        return new RunningServer(await SpoolServer.StartAsync(change?.Invoke(options) ?? options, TestContext.Current.CancellationToken));
    }

    /// <summary>Starts a server over stores in memory, one for each tenant.</summary>
    public static Task<RunningServer> StartInMemoryAsync(Func<SpoolServerOptions, SpoolServerOptions>? change = null)
    {
        var stores = new ConcurrentDictionary<string, IThreadStore>();
        return StartAsync(tenant => stores.GetOrAdd(tenant, _ => new InMemoryThreadStore()), change);
    }

    /// <summary>Opens another connection.</summary>
    /// <param name="token">The token that every call carries, or null.</param>
    /// <param name="handler">How to connect, or null for the usual way.</param>
    public GrpcChannel Connect(string? token = null, HttpMessageHandler? handler = null)
    {
        var credentials = token is null
            ? null
            : CallCredentials.FromInterceptor(
                (_, metadata) =>
                {
                    metadata.Add("authorization", "Bearer " + token);
                    return Task.CompletedTask;
                }
            );
        var isPlain = Address.StartsWith("http:", StringComparison.Ordinal);
        var channel = GrpcChannel.ForAddress(
            Address,
            new GrpcChannelOptions
            {
                HttpHandler = handler,
                DisposeHttpClient = true,
                MaxReceiveMessageSize = null,
                MaxSendMessageSize = null,
                UnsafeUseInsecureChannelCallCredentials = true,
                Credentials = credentials is null
                    ? null
                    : ChannelCredentials.Create(isPlain ? ChannelCredentials.Insecure : ChannelCredentials.SecureSsl, credentials),
            }
        );
        _channels.Add(channel);
        return channel;
    }

    /// <summary>Stops the server as it is stopped in use.</summary>
    public ValueTask StopAsync() => _server.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels)
            channel.Dispose();
        await _server.DisposeAsync();
    }
}
