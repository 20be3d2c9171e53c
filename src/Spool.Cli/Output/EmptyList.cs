namespace Spool.Cli;

/// <summary>Says why a list is empty: what is there that it does not show, and how to see it.</summary>
/// <param name="store">The store.</param>
/// <param name="query">The query that gave nothing.</param>
sealed class EmptyList(IThreadStore store, ThreadQuery query)
{
    /// <summary>Asks for what the query leaves out, one page for each way to see it.</summary>
    public async Task<string> ExplainAsync(CancellationToken cancellationToken)
    {
        var words = "No threads match.";
        if (query.Cursor is not null)
            return words;
        if (query.Visibility != ThreadVisibility.All)
            words += await CountAsync(query with { Visibility = ThreadVisibility.All }, "has no message or is damaged", "have no message or are damaged", "--all shows", cancellationToken);
        words += query.Archive == ArchiveFilter.Active
            ? await CountAsync(query with { Archive = ArchiveFilter.Archived }, "is archived", "are archived", "--archived shows", cancellationToken)
            : await CountAsync(query with { Archive = ArchiveFilter.Active }, "is not archived", "are not archived", "without --archived you see", cancellationToken);
        if (query.Sources.Count + query.ModelProviders.Count + query.Cwds.Count > 0 || query.SearchTerm is not null)
        {
            var all = query with { Sources = [], ModelProviders = [], Cwds = [], SearchTerm = null };
            words += await CountAsync(all, "does not match", "do not match", "without --source, --provider, --cwd and --search you see", cancellationToken);
        }
        return words;
    }

    async Task<string> CountAsync(ThreadQuery other, string one, string many, string way, CancellationToken cancellationToken)
    {
        var page = await store.ListAsync(other with { Limit = ThreadQuery.MaxLimit }, cancellationToken);
        var count = page.Threads.Count;
        return count == 0 ? ""
            : count == 1 ? $" 1 {one}; {way} it."
            : FormattableString.Invariant($" {(page.NextCursor is null ? "" : "More than ")}{count:N0} {many}; {way} them.");
    }
}
