namespace Spool.Storage;

/// <summary>Checks the limits of requests, once for every store.</summary>
public static class RequestLimits
{
    /// <summary>Refuses a request whose page size, or whose filters, are out of range.</summary>
    /// <param name="request">The request.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the limit is below 1 or above
    /// <see cref="PageRequest.LargestLimit"/>, or a filter has more than <see cref="ThreadQuery.MaxFilterValues"/> values.</exception>
    public static void Check(PageRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Limit < 1 || request.Limit > request.LargestLimit)
            throw ThreadStoreException.InvalidRequest($"The limit must be between 1 and {request.LargestLimit}.");
        if (request is not ThreadQuery query)
            return;
        CheckFilter(query.Sources.Count);
        CheckFilter(query.ModelProviders.Count);
        CheckFilter(query.Cwds.Count);
        CheckFilter(query.Branches.Count);
        CheckFilter(query.Repositories.Count);
    }

    /// <summary>Refuses a filter that has too many values.</summary>
    /// <param name="values">How many it has.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it has more than
    /// <see cref="ThreadQuery.MaxFilterValues"/>.</exception>
    public static void CheckFilter(int values)
    {
        if (values > ThreadQuery.MaxFilterValues)
            throw ThreadStoreException.InvalidRequest($"A filter of a list has at most {ThreadQuery.MaxFilterValues} values.");
    }
}
