using Spool.Server;

namespace Spool.Remote.Tests;

/// <summary>A server on a port of this machine, over a store that outlives it.</summary>
sealed class RunningServer : IAsyncDisposable
{
    readonly SpoolServer _server;

    RunningServer(SpoolServer server) => _server = server;

    public Uri Address => new(_server.Addresses[0]);

    public static async Task<RunningServer> StartAsync(
        IThreadStore store,
        int port = 0,
        Func<SpoolServerOptions, SpoolServerOptions>? with = null
    )
    {
        var options = new SpoolServerOptions
        {
            StoreOf = _ => store,
            Addresses = [ListenAddress.Parse($"http://127.0.0.1:{port}")],
            Time = TimeProvider.System,
            DrainTimeout = TimeSpan.FromSeconds(2),
        };
        return new RunningServer(await SpoolServer.StartAsync(with?.Invoke(options) ?? options, TestContext.Current.CancellationToken));
    }

    public async Task<RemoteThreadStore> ConnectAsync(Func<RemoteThreadStoreOptions, RemoteThreadStoreOptions>? with = null)
    {
        var options = new RemoteThreadStoreOptions(Address) { Owner = new WriterOwner("here", 1, "tests", null) };
        var store = new RemoteThreadStore(with?.Invoke(options) ?? options);
        try
        {
            await store.ConnectAsync(TestContext.Current.CancellationToken);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
