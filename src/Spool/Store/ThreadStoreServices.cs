namespace Spool;

/// <summary>Finds the optional abilities of stores by their types.</summary>
public static class ThreadStoreServices
{
    /// <summary>Finds an optional ability of a store, such as <see cref="IStoredBytes"/>.</summary>
    /// <typeparam name="TService">The interface of the ability; <see cref="StoreAbility"/> names those that there are.</typeparam>
    /// <param name="store">The store.</param>
    /// <returns>The ability, or null when the store does not have it.</returns>
    public static TService? GetService<TService>(this IThreadStore store)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.GetService(typeof(TService)) as TService;
    }
}
