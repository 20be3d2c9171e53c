using Microsoft.Extensions.Logging;

namespace Spool.Cli;

/// <summary>The stores that a server serves: the one of a home, or one in memory for each tenant.</summary>
sealed class ServedStores : IAsyncDisposable
{
    readonly Func<IThreadStore> _open;
    readonly string? _tenant;
    readonly Dictionary<string, IThreadStore> _stores = new(StringComparer.Ordinal);

    ServedStores(Func<IThreadStore> open, string? tenant) => (_open, _tenant) = (open, tenant);

    /// <summary>Opens what is to be served.</summary>
    /// <param name="location">Where the local store is, or null for stores in memory.</param>
    /// <param name="context">The outside world.</param>
    /// <param name="tokens">The tokens, which name the tenants.</param>
    /// <param name="loggers">Makes the log of a local store, or null for none.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: a home has one tenant, and there are
    /// several.</exception>
    public static ServedStores Open(StoreLocation? location, CommandContext context, Server.TokenTable? tokens, ILoggerFactory? loggers)
    {
        if (location is null)
            return new ServedStores(() => new InMemoryThreadStore(), tenant: null);
        if (tokens is { Tenants.Count: > 1 })
            throw ThreadStoreException.InvalidRequest(
                "A home belongs to one tenant, and the tokens name several; serve each home by itself."
            );
        var tenant = tokens?.Tenants.First() ?? Server.Caller.DefaultTenant;
        var stores = new ServedStores(() => context.OpenServedStore(location, loggers), tenant);
        stores.Of(tenant); // so that a home that cannot be opened is an error at once
        return stores;
    }

    /// <summary>Checks tokens that are to replace others.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: a home belongs to one tenant, and they
    /// name another.</exception>
    public void Check(Server.TokenTable tokens)
    {
        if (_tenant is not null && tokens.Tenants.Any(tenant => tenant != _tenant))
            throw ThreadStoreException.InvalidRequest(
                "A home belongs to one tenant, and the tokens name another; start the server again to serve it to that one."
            );
    }

    /// <summary>Gives the store of a tenant.</summary>
    public IThreadStore Of(string tenant)
    {
        lock (_stores)
        {
            if (!_stores.TryGetValue(tenant, out var store))
                _stores.Add(tenant, store = _open());
            return store;
        }
    }

    /// <summary>Closes the stores.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores.Values)
            await store.DisposeAsync();
    }
}
