namespace Spool.Remote;

/// <summary>Notices that a server does not know a filter of a list, because it is of an earlier version: what it does not know filters
/// nothing there, or less.</summary>
static class KnownFilters
{
    /// <summary>Refuses a page that a server gave without having understood what was asked for.</summary>
    /// <param name="query">What was asked for.</param>
    /// <param name="threads">The threads of the page.</param>
    /// <param name="scope">How far the server says that its filter for folders went, or null where it says nothing.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unsupported"/>: it is of an earlier version.</exception>
    public static void Check(ThreadQuery query, IReadOnlyList<StoredThread> threads, FolderScope? scope)
    {
        if (query.Cwds.Count > 0 && query.CwdScope != FolderScope.Exact && scope != query.CwdScope)
            throw Unknown("finds no threads of the folders in a folder");
        if (query.IdPrefix is { } prefix && Lets(new ThreadQuery { IdPrefix = prefix }))
            throw Unknown("finds no threads by the beginning of their ids");
        if (query.Agents != AgentFilter.Any && Lets(new ThreadQuery { Agents = query.Agents }))
            throw Unknown("does not tell sub-agents from other threads");
        if (
            query.Branches.Count + query.Repositories.Count > 0
            && Lets(new ThreadQuery { Branches = query.Branches, Repositories = query.Repositories })
        )
            throw Unknown("finds no threads by branch or repository");
        if ((query.Since ?? query.Until) is not null && Lets(Times()))
            throw Unknown("finds no threads by time");

        ThreadQuery Times() =>
            new()
            {
                Sort = query.Sort,
                Since = query.Since,
                Until = query.Until,
            };

        bool Lets(ThreadQuery alone)
        {
            var normal = NormalQuery.Of(alone with { Archive = ArchiveFilter.Any, Visibility = ThreadVisibility.All });
            return threads.Any(thread => !normal.Matches(thread));
        }
    }

    static ThreadStoreException Unknown(string what) =>
        new(ThreadStoreErrorCode.Unsupported, $"The server is of an earlier version, which {what}; update it.");
}
