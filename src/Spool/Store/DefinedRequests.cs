namespace Spool.Storage;

/// <summary>Refuses requests that are misuse, once for every store: a value that its enum does not have, or null where something has to
/// be.</summary>
public static class DefinedRequests
{
    /// <summary>Refuses an append without items, or with a durability that there is not.</summary>
    /// <param name="request">The append.</param>
    /// <exception cref="ArgumentException">It is misuse.</exception>
    public static void Check(AppendRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(request.Items, nameof(request));
        DefinedValues.Check(request.Durability);
    }

    /// <summary>Refuses queries of which one is misuse.</summary>
    /// <param name="queries">The queries.</param>
    /// <exception cref="ArgumentException">One is null, or misuse.</exception>
    public static void Check(IReadOnlyList<ThreadQuery> queries)
    {
        ArgumentNullException.ThrowIfNull(queries);
        foreach (var query in queries)
            Check(query);
    }

    /// <summary>Refuses a request with a value that its enum does not have, or a filter that is null.</summary>
    /// <param name="request">The request.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such value.</exception>
    public static void Check(PageRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        DefinedValues.Check(request.Direction);
        if (request is ListTurnsRequest turns)
            DefinedValues.Check(turns.View);
        if (request is not ThreadQuery query)
            return;
        foreach (
            var values in (IReadOnlyList<string>[])[query.Sources, query.ModelProviders, query.Cwds, query.Branches, query.Repositories]
        )
        {
            ArgumentNullException.ThrowIfNull(values, nameof(request));
            if (values.Contains(null!))
                throw new ArgumentException("A filter has a value that is null.", nameof(request));
        }
        DefinedValues.Check(query.Sort);
        DefinedValues.Check(query.Archive);
        DefinedValues.Check(query.Visibility);
        DefinedValues.Check(query.Agents);
        DefinedValues.Check(query.CwdScope);
    }
}
