namespace Spool;

/// <summary>Filters, orders and pages threads in memory.</summary>
static class InMemoryQuery
{
    public static ThreadPage Run(IEnumerable<StoredThread> threads, ThreadQuery query)
    {
        var scope = PageCursor.ScopeOf(query);
        PageCursor? after = query.Cursor is { } text ? PageCursor.Decode(text, scope) : null;
        var sign = query.Direction == SortDirection.Ascending ? 1 : -1;
        var rows = threads
            .Where(thread => Matches(thread, query))
            .Select(thread => (Key: new PageCursor(SortValue(thread, query.Sort), thread.Id.Value), Thread: thread))
            .Where(row => after is not { } cursor || sign * Compare(row.Key, cursor) > 0)
            .Order(Comparer<(PageCursor Key, StoredThread Thread)>.Create((x, y) => sign * Compare(x.Key, y.Key)))
            .Take(query.Limit + 1)
            .ToList();
        var page = rows.Take(query.Limit).ToList();
        return new ThreadPage([.. page.Select(row => row.Thread)], rows.Count > page.Count ? page[^1].Key.Encode(scope) : null);
    }

    static int Compare(PageCursor x, PageCursor y) => x.SortValue != y.SortValue ? x.SortValue.CompareTo(y.SortValue) : x.Id.CompareTo(y.Id);

    static long SortValue(StoredThread thread, ThreadSort sort) => (sort switch
    {
        ThreadSort.Updated => thread.UpdatedAt,
        ThreadSort.Recency => thread.RecencyAt,
        _ => thread.CreatedAt,
    }).ToUnixTimeMilliseconds();

    static bool Matches(StoredThread thread, ThreadQuery query) =>
        (query.Archive == ArchiveFilter.Any || thread.ArchivedAt is not null == (query.Archive == ArchiveFilter.Archived))
        && (query.Visibility == ThreadVisibility.All || thread.Preview.Length > 0)
        && (query.Sources.Count == 0 || query.Sources.Any(source => source == thread.Source.Kind || (source == "subAgent" && thread.Source.IsSubAgent)))
        && (query.ModelProviders.Count == 0 || query.ModelProviders.Contains(thread.ModelProvider ?? ""))
        && (query.Cwds.Count == 0 || query.Cwds.Any(cwd => WorkingFolder.KeyOf(cwd) == WorkingFolder.KeyOf(thread.Cwd)))
        && (query.SearchTerm is not { } term || Contains(thread.Name, term) || Contains(thread.Preview, term))
        && (query.Parent is not { } parent || thread.ParentThreadId == parent);

    static bool Contains(string? text, string term) => text is not null && text.Contains(term, StringComparison.OrdinalIgnoreCase);
}
