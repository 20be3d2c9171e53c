namespace Spool.Storage;

/// <summary>Cuts a history into pages of items and of turns.</summary>
static class LogPages
{
    // Items are paged by how many come before: that is the ordinal in an undamaged history, and in a damaged one ordinals may repeat or go
    // back.
    public static async ValueTask<Page<RolloutItem>> ItemsAsync(
        LogReading reading,
        LogLineage lineage,
        ListItemsRequest request,
        PagePosition? start,
        PageCursors cursors,
        CancellationToken cancellationToken
    )
    {
        var (all, step) = (lineage.Items, request.Direction == SortDirection.Ascending ? 1 : -1);
        var first =
            start is { } place ? Math.Clamp(place.Value, 0, all)
            : step > 0 ? 0
            : all;
        var room = request.Room?.PageBytes ?? long.MaxValue;
        var items = new List<RolloutItem>();
        var bytes = 0L;
        var (from, to) = step > 0 ? (first, Math.Min(all, first + request.Limit)) : (Math.Max(0, first - request.Limit), first);
        await foreach (var item in reading.ItemsAsync(lineage, from, to, cancellationToken).ConfigureAwait(false))
        {
            items.Add(item);
            bytes += item.Bytes.Length;
            if (step > 0 && bytes >= room)
                break;
            while (step < 0 && items.Count > 1 && bytes - items[0].Bytes.Length >= room)
            {
                bytes -= items[0].Bytes.Length;
                items.RemoveAt(0);
            }
        }
        if (step < 0)
            items.Reverse();
        var next = first + step * items.Count;
        var hasMore = step > 0 ? next < all : next > 0;
        return new Page<RolloutItem>(items, hasMore ? cursors.Next(At(next)) : null)
        {
            BackwardsCursor = items.Count > 0 ? cursors.Backwards(At(first + step)) : null,
        };

        static PagePosition At(long before) => new(before, Guid.Empty);
    }

    public static Page<Turn> Turns(IReadOnlyList<Turn> all, ListTurnsRequest request, PagePosition? start, PageCursors cursors) =>
        cursors.ToPage(Cut(all, turn => turn.Ordinal, request, start), request.Limit, turn => new PagePosition(turn.Ordinal, Guid.Empty));

    /// <summary>Gives a page of the complete view.</summary>
    public static async ValueTask<Page<Turn>> TurnsAsync(
        LogTurnPlaces places,
        ListTurnsRequest request,
        PagePosition? start,
        PageCursors cursors,
        CancellationToken cancellationToken
    )
    {
        var page = cursors.ToPage(
            Cut(places.All, place => place.Ordinal, request, start),
            request.Limit,
            place => new PagePosition(place.Ordinal, Guid.Empty)
        );
        var turns = await places.BuildAsync(page.Items, request.WithRolledBack, cancellationToken).ConfigureAwait(false);
        return new Page<Turn>(turns, page.NextCursor) { BackwardsCursor = page.BackwardsCursor };
    }

    // One more than a page, if there is one.
    static List<T> Cut<T>(IEnumerable<T> all, Func<T, long> ordinalOf, ListTurnsRequest request, PagePosition? start)
    {
        var sign = request.Direction == SortDirection.Ascending ? 1 : -1;
        return
        [
            .. all.Where(turn => start is not { } place || sign * ordinalOf(turn).CompareTo(place.Value) >= (place.IsIncluded ? 0 : 1))
                .OrderBy(turn => sign * ordinalOf(turn))
                .Take(request.Limit + 1),
        ];
    }
}
