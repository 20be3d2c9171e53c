using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Spool.Server;

/// <summary>The stores of all tenants. A tenant reaches its own and no other, so a thread of another tenant is simply not there.</summary>
sealed class TenantStores(
    SpoolServiceOptions options,
    FileRoom files,
    ServerDrain drain,
    ServerTelemetry telemetry,
    ILogger<SpoolServer> logger
) : IAsyncDisposable
{
    readonly ConcurrentDictionary<string, Lazy<TenantStore>> _stores = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<IThreadStore, string> _owners = new(ReferenceEqualityComparer.Instance);

    /// <summary>Gets how many writers are open.</summary>
    public int OpenWriters => Opened.Sum(store => store.Threads.Count);

    IEnumerable<TenantStore> Opened => _stores.Values.Where(store => store.IsValueCreated).Select(store => store.Value);

    /// <summary>Opens the stores of the tenants that are known, so that a mistake is an error of the start and not of the first
    /// call.</summary>
    /// <exception cref="InvalidOperationException">Two tenants are given one store.</exception>
    public void OpenKnown()
    {
        if (options.Tokens?.Tenants is { Count: > 1 } tenants)
        {
            foreach (var tenant in tenants)
                _ = Of(tenant);
        }
    }

    /// <summary>Gives the store of the caller.</summary>
    public TenantStore Of(ServerCallContext context)
    {
        var caller = context.GetHttpContext().Features.Get<Caller>() ?? throw new InvalidOperationException("The call was not admitted.");
        return Of(caller.Tenant);
    }

    TenantStore Of(string tenant)
    {
        var store = _stores.GetOrAdd(
            tenant,
            name => new Lazy<TenantStore>(() => new TenantStore(StoreOf(name), options, files, drain, telemetry, logger))
        );
        try
        {
            return store.Value;
        }
        catch
        {
            _stores.TryRemove(KeyValuePair.Create(tenant, store)); // the next call asks again
            throw;
        }
    }

    // A store that two tenants share would show each the threads of the other.
    IThreadStore StoreOf(string tenant)
    {
        var store = Asked(tenant);
        var owner = _owners.GetOrAdd(store, tenant);
        return owner == tenant
            ? store
            : throw new InvalidOperationException(
                $"{nameof(SpoolServiceOptions.StoreOf)} gives the tenants '{owner}' and '{tenant}' the same store, in which each would see the threads of the other; give each tenant a store of its own, or the tokens one tenant."
            );
    }

    // What a store says of itself goes to the caller; of anything else the log has the name of the tenant.
    IThreadStore Asked(string tenant)
    {
        try
        {
            return options.StoreOf(tenant) ?? throw new InvalidOperationException("It gave null.");
        }
        catch (Exception e) when (e is not ThreadStoreException)
        {
            throw new InvalidOperationException(
                $"{nameof(SpoolServiceOptions.StoreOf)} has no store for the tenant '{tenant}': {e.Message}",
                e
            );
        }
    }

    /// <summary>Shuts every writer of every tenant down.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var store in Opened)
            await store.DisposeAsync().ConfigureAwait(false);
    }
}
