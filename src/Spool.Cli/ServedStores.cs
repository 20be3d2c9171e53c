namespace Spool.Cli;

/// <summary>The stores that a server serves: the one of a home, or one in memory for each tenant.</summary>
sealed class ServedStores : IAsyncDisposable
{
    readonly Func<IThreadStore> _open;
    readonly Dictionary<string, IThreadStore> _stores = new(StringComparer.Ordinal);

    ServedStores(Func<IThreadStore> open) => _open = open;

    /// <summary>Opens what is to be served.</summary>
    /// <param name="kind"><c>local</c> or <c>memory</c>.</param>
    /// <param name="context">The outside world.</param>
    /// <param name="location">Where the local store is.</param>
    /// <param name="tokens">The tokens, which name the tenants.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: a home has one tenant, and there are several.</exception>
    public static ServedStores Open(string kind, CommandContext context, StoreLocation location, Server.TokenTable? tokens)
    {
        if (kind == "memory")
            return new ServedStores(() => new InMemoryThreadStore());
        if (tokens is { Tenants.Count: > 1 })
            throw ThreadStoreException.InvalidRequest("A home belongs to one tenant, and the tokens name several; serve each home by itself.");
        var stores = new ServedStores(() => context.OpenServedStore(location));
        stores.Of(tokens?.Tenants.First() ?? Server.Caller.DefaultTenant); // so that a home that cannot be opened is told at once
        return stores;
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
