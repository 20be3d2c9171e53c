namespace Spool;

/// <summary>Checks the limits of requests, once for every store.</summary>
public static class RequestLimits
{
    /// <summary>Refuses a query whose page size or whose filters are out of range.</summary>
    /// <param name="query">The query.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the limit is below 1 or above <see cref="ThreadQuery.MaxLimit"/>, or a filter has more than
    /// <see cref="ThreadQuery.MaxFilterValues"/> values.</exception>
    public static void Check(ThreadQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        Check(query.Limit, ThreadQuery.MaxLimit);
        CheckFilter(query.Sources.Count);
        CheckFilter(query.ModelProviders.Count);
        CheckFilter(query.Cwds.Count);
    }

    /// <summary>Refuses a filter that has too many values.</summary>
    /// <param name="values">How many it has.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it has more than <see cref="ThreadQuery.MaxFilterValues"/>.</exception>
    public static void CheckFilter(int values)
    {
        if (values > ThreadQuery.MaxFilterValues)
            throw ThreadStoreException.InvalidRequest($"A filter of a list has at most {ThreadQuery.MaxFilterValues} values.");
    }

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
