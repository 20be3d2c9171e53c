using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>Serves the stores of another harness on ports of this machine, and opens clients. Each client has a server of its own, as each
/// process has a store of its own.</summary>
public abstract class RemoteHarness(ThreadStoreHarness served) : ThreadStoreHarness
{
    readonly List<(IThreadStore Store, RunningServer Server)> _opened = [];

    public override IReadOnlyList<StoreCapability> Capabilities =>
        [
            .. served.Capabilities.Where(capability => capability.Ability?.Service != typeof(IIndexMaintenance)),
            StoreCapability.Lacks<IIndexMaintenance>("The index of a server is looked after where the server is."),
        ];

    public override int MaxItemBytes => served.MaxItemBytes;

    public override ValueTask PutAsync(ThreadSeed seed) => served.PutAsync(seed);

    public override async ValueTask<IThreadStore> OpenAsync()
    {
        var store = await served.OpenAsync();
        var server = await RunningServer.StartAsync(store);
        _opened.Add((store, server));
        return await server.ConnectAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var (store, server) in _opened)
        {
            await server.DisposeAsync();
            await store.DisposeAsync();
        }
        await served.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
