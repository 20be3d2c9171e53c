using Microsoft.Extensions.DependencyInjection;
using Spool.Local.Tests;
using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>Stores in a container of services, as <c>docs/hosting.md</c> registers them.</summary>
public sealed class ServicesTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, Guarantee("CONN-06")]
    [InlineData("remote", false)]
    [InlineData("remote", true)]
    [InlineData("local", false)]
    [InlineData("local", true)]
    [InlineData("memory", false)]
    [InlineData("memory", true)]
    public async Task A_store_is_a_service_that_is_made_without_waiting_and_disposed_with_its_container_blocking_or_not(
        string kind,
        bool isBlocking
    )
    {
        using var home = new TempHome();
        await using var server = await RunningServer.StartAsync(new InMemoryThreadStore());
        var services = new ServiceCollection();
        services.AddSingleton<IThreadStore>(_ =>
            kind switch
            {
                "remote" => new RemoteThreadStore(new RemoteThreadStoreOptions(server.Address)),
                "local" => LocalThreadStore.Open(new LocalThreadStoreOptions { Home = home.Path, CacheDirectory = home.Cache }),
                _ => new InMemoryThreadStore(),
            }
        );
        var provider = services.BuildServiceProvider();
        var store = provider.GetRequiredService<IThreadStore>();
        Assert.Same(store, provider.GetRequiredService<IThreadStore>());
        Assert.Empty((await store.ListAsync(new ThreadQuery(), Stop)).Items);

        if (isBlocking)
            Block(provider);
        else
            await provider.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.ListAsync(new ThreadQuery(), Stop));
    }

#pragma warning disable CA1849, VSTHRD103 // what is tested
    static void Block(ServiceProvider provider) => provider.Dispose();
#pragma warning restore CA1849, VSTHRD103
}
