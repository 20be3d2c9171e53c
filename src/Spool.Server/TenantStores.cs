using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Spool.Server;

/// <summary>The stores of all tenants. A tenant reaches its own and no other, so a thread of another tenant is simply not there.</summary>
sealed class TenantStores(SpoolServiceOptions options, FileRoom files, ServerDrain drain, ServerTelemetry telemetry, ILogger<SpoolServer> logger) : IAsyncDisposable
{
    readonly ConcurrentDictionary<string, Lazy<TenantStore>> _stores = new(StringComparer.Ordinal);

    /// <summary>Gets how many writers are open.</summary>
    public int OpenWriters => Opened.Sum(store => store.Threads.Count);

    IEnumerable<TenantStore> Opened => _stores.Values.Where(store => store.IsValueCreated).Select(store => store.Value);

    /// <summary>Gives the store of whoever makes a call.</summary>
    public TenantStore Of(ServerCallContext context)
    {
        var caller = context.GetHttpContext().Features.Get<Caller>() ?? throw new InvalidOperationException("The call was not admitted.");
        return _stores.GetOrAdd(caller.Tenant, tenant => new Lazy<TenantStore>(() => new TenantStore(options.StoreOf(tenant), options, files, drain, telemetry, logger))).Value;
    }

    /// <summary>Shuts every writer of every tenant down.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var store in Opened)
            await store.DisposeAsync().ConfigureAwait(false);
    }
}
