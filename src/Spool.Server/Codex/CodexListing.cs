using System.Text;
using Wire = Spool.Contracts.CodexV1;

namespace Spool.Server;

/// <summary>Lists threads for Codex's clients.</summary>
static class CodexListing
{
    const int DefaultLimit = 25;

    static readonly Guid LastId = new("ffffffff-ffff-ffff-ffff-ffffffffffff");

    /// <summary>Gives a page. It holds fewer threads than asked for when more would not fit into an answer.</summary>
    public static async Task<Wire.ListThreadsResponse> ListAsync(
        IThreadStore store,
        Wire.ListThreadsRequest request,
        int maxBytes,
        CancellationToken cancellationToken
    )
    {
        var query = QueryOf(request);
        if (request.CwdFilter is { Values.Count: 0 })
            return new Wire.ListThreadsResponse(); // in none of no folders; without a filter, in any
        while (true)
        {
            var page = await store.ListAsync(query, cancellationToken).ConfigureAwait(false);
            var response = new Wire.ListThreadsResponse
            {
                Threads = { await CodexThreads.ToWireAsync(store, page.Items, cancellationToken).ConfigureAwait(false) },
            };
            if (page.NextCursor is { } next)
                response.NextCursor = next;
            var size = response.CalculateSize();
            if (size <= maxBytes || page.Items.Count <= 1)
                return response;
            query = query with { Limit = Math.Max(1, (int)((long)page.Items.Count * maxBytes / size * 9 / 10)) };
        }
    }

    /// <summary>Maps a query.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it is malformed.</exception>
    public static ThreadQuery QueryOf(Wire.ListThreadsRequest request)
    {
        RequestLimits.CheckFilter(request.AllowedSources.Count); // of all that are named, not of the kinds that they are
        var query = new ThreadQuery
        {
            Limit = request.PageSize == 0 ? DefaultLimit : (int)Math.Min(request.PageSize, ThreadQuery.MaxLimit),
            Sort = request.SortKey switch
            {
                Wire.ThreadSortKey.CreatedAt => ThreadSort.Created,
                Wire.ThreadSortKey.UpdatedAt => ThreadSort.Updated,
                _ => throw ThreadStoreException.InvalidRequest("The sort key is one that this version does not know."),
            },
            Direction = request.SortDirection switch
            {
                Wire.SortDirection.Asc => SortDirection.Ascending,
                Wire.SortDirection.Desc => SortDirection.Descending,
                _ => throw ThreadStoreException.InvalidRequest("The direction is one that this version does not know."),
            },
            Archive = request.Archived ? ArchiveFilter.Archived : ArchiveFilter.Active,
            Sources = [.. request.AllowedSources.Select(CodexSources.KindOf).Distinct()],
            ModelProviders = request.ModelProviderFilter is { } providers ? [.. providers.Values] : [],
            Cwds = request.CwdFilter is { } cwds ? [.. cwds.Values] : [],
            SearchTerm = request.HasSearchTerm && request.SearchTerm.Length > 0 ? request.SearchTerm : null,
        };
        return request.HasCursor ? query with { Cursor = CursorOf(request.Cursor, query) } : query;
    }

    // A client makes cursors of its own, of the time of a row that it was shown: whole seconds, a millisecond before or after. A row whose
    // second is past that time comes next, so the cursor of the store lies at the edge of a second.
    static string CursorOf(string cursor, ThreadQuery query)
    {
        if (ItemEnvelope.ParseTimestamp(Encoding.UTF8.GetBytes(cursor)) is not { } time)
            return cursor;
        var milliseconds = time.ToUnixTimeMilliseconds();
        var position =
            query.Direction == SortDirection.Descending
                ? new PagePosition(Second(milliseconds + 999), Guid.Empty)
                : new PagePosition(Second(milliseconds) + 999, LastId);
        return NormalQuery.Of(query).CursorBehind(position);
    }

    static long Second(long milliseconds) => milliseconds - (milliseconds % 1000 + 1000) % 1000;
}
