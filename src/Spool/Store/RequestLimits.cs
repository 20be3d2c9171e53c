namespace Spool;

/// <summary>Checks the limits of requests, once for every store.</summary>
public static class RequestLimits
{
    /// <summary>Refuses a page size that is out of range.</summary>
    /// <param name="limit">The page size.</param>
    /// <param name="max">The largest one.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the limit is below 1 or above <paramref name="max"/>.</exception>
    public static void Check(int limit, int max)
    {
        if (limit < 1 || limit > max)
            throw ThreadStoreException.InvalidRequest($"The limit must be between 1 and {max}.");
    }
}
