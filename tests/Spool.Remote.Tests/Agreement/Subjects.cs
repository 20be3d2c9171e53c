using Spool.Local.Tests;
using Spool.TestKit;
using Spool.Tests;

namespace Spool.Remote.Tests;

/// <summary>The stores of a harness.</summary>
sealed class HarnessSubject : Subject
{
    readonly ThreadStoreHarness _harness;

    public HarnessSubject(Func<TimeProvider, ThreadStoreHarness> harness) => _harness = harness(Time);

    public static Subject InMemory() => new HarnessSubject(time => new InMemoryHarness(time));

    public static Subject Local() => new HarnessSubject(time => new LocalHarness { Time = time });

    public override ValueTask PutAsync(ThreadSeed seed) => _harness.PutAsync(seed);

    public override ValueTask<IThreadStore> OpenAsync(int which) => _harness.OpenAsync();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _harness.DisposeAsync();
    }
}

/// <summary>The stores of a harness behind servers that go on for many programs: what they serve is replaced.</summary>
sealed class ServedSubject(Func<TimeProvider, ThreadStoreHarness> harness, AgreeingServers servers) : Subject
{
    ThreadStoreHarness? _harness;

    ThreadStoreHarness Harness => _harness ??= harness(Time);

    public override ValueTask PutAsync(ThreadSeed seed) => Harness.PutAsync(seed);

    public override async ValueTask<IThreadStore> OpenAsync(int which)
    {
        if (Stores[which] is null)
            servers.Served[which].Store = await Harness.OpenAsync();
        return await servers.ConnectAsync(which);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var served in servers.Served)
            await served.Store.DisposeAsync();
        await Harness.DisposeAsync();
    }
}

/// <summary>Two servers, as two processes that work over the same threads would be.</summary>
sealed class AgreeingServers : IAsyncDisposable
{
    readonly List<RunningServer> _servers = [];

    public List<ServedStore> Served { get; } = [new(), new()];

    public async Task StartAsync()
    {
        foreach (var served in Served)
            _servers.Add(await RunningServer.StartAsync(served));
    }

    public async ValueTask<IThreadStore> ConnectAsync(int which) => await _servers[which].ConnectAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
    }

    /// <summary>A store that is another one for each program.</summary>
    public sealed class ServedStore() : DelegatingThreadStore(new InMemoryThreadStore())
    {
        public IThreadStore Store { get; set; } = new InMemoryThreadStore();

        protected override IThreadStore Inner => Store;
    }
}
