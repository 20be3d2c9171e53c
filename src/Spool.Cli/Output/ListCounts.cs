namespace Spool.Cli;

/// <summary>How many threads a list holds on all its pages, and how many it leaves out, by the option that shows them.</summary>
/// <param name="Total">The threads of the list.</param>
/// <param name="SubAgents">Sub-agents that it leaves out.</param>
/// <param name="WithoutMessage">What only <c>--all</c> shows besides: threads without a message, unreadable ones, duplicates and superseded
/// ones.</param>
/// <param name="OtherSide">Those on the other side of the archive.</param>
sealed record ListCounts(long Total, long SubAgents, long WithoutMessage, long OtherSide)
{
    /// <summary>Counts, where the store can, and knows all threads already; null where not.</summary>
    public static async Task<ListCounts?> OfAsync(IThreadStore store, ThreadQuery query, CancellationToken cancellationToken)
    {
        if (store.GetService<IThreadCounts>() is not { } counts || store.GetService<IIndexMaintenance>() is { PendingAtLastLook: > 0 })
            return null;
        query = query with { Cursor = null };
        var withAgents = query with { Agents = AgentFilter.Any };
        var all = withAgents with { Visibility = ThreadVisibility.All };
        var otherSide = query with { Archive = query.Archive == ArchiveFilter.Archived ? ArchiveFilter.Active : ArchiveFilter.Archived };
        var found = await counts.CountAsync([query, withAgents, all, otherSide], cancellationToken);
        return new ListCounts(found[0], found[1] - found[0], found[2] - found[1], found[3]);
    }

    /// <summary>Says what is not shown, and how to see it; null when everything is.</summary>
    /// <param name="isOfArchive">Whether the list is of archived threads.</param>
    public string? Words(bool isOfArchive)
    {
        List<(long Count, string Words, string Way)> hidden =
        [
            (SubAgents, SubAgents == 1 ? "sub-agent" : "sub-agents", "--agents"),
            (WithoutMessage, "without a message", "--all"),
            (OtherSide, isOfArchive ? "active" : "archived", isOfArchive ? "no --archived" : "--archived"),
        ];
        hidden.RemoveAll(part => part.Count == 0);
        if (hidden.Count == 0)
            return null;
        var counted = string.Join(", ", hidden.Select(part => FormattableString.Invariant($"{part.Count:N0} {part.Words}")));
        return $"Not shown: {counted}: {string.Join(", ", hidden.Select(part => part.Way))}";
    }
}
