namespace Spool;

/// <summary>Cuts a history into pages of items and of turns.</summary>
static class InMemoryPages
{
    // Items are paged by how many come before: that is the ordinal in an undamaged history, and in a damaged one ordinals may repeat or go
    // back.
    public static Page<RolloutItem> Items(InMemoryLineage lineage, ListItemsRequest request, PagePosition? start, PageCursors cursors)
    {
        var (all, step) = (lineage.Items, request.Direction == SortDirection.Ascending ? 1 : -1);
        var first =
            start is { } place ? (int)Math.Clamp(place.Value, 0, all.Count)
            : step > 0 ? 0
            : all.Count;
        var next = first;
        var items = new List<RolloutItem>();
        for (var left = request.Room?.PageBytes ?? long.MaxValue; items.Count < request.Limit && left > 0 && HasMore(); next += step)
        {
            items.Add(all[step > 0 ? next : next - 1]);
            left -= items[^1].Bytes.Length;
        }
        return new Page<RolloutItem>(items, HasMore() ? cursors.Next(At(next)) : null)
        {
            BackwardsCursor = items.Count > 0 ? cursors.Backwards(At(first + step)) : null,
        };

        bool HasMore() => step > 0 ? next < all.Count : next > 0;

        static PagePosition At(int before) => new(before, Guid.Empty);
    }

    public static Page<Turn> Turns(
        InMemoryLog log,
        InMemoryLineage lineage,
        ListTurnsRequest request,
        PagePosition? start,
        PageCursors cursors
    )
    {
        if (!log.HasKnownMode)
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unsupported,
                $"Thread {log.ThreadId} names a history mode that this version does not know; its items can be read."
            );
        var builder = TurnBuilder.Create(log.HistoryMode);
        foreach (var item in lineage.Items)
            builder.Add(item);
        var sign = request.Direction == SortDirection.Ascending ? 1 : -1;
        var turns = builder
            .Build()
            .Where(turn => start is not { } place || sign * turn.Ordinal.CompareTo(place.Value) >= (place.IsIncluded ? 0 : 1))
            .OrderBy(turn => sign * turn.Ordinal)
            .Take(request.Limit + 1);
        return cursors.ToPage([.. turns], request.Limit, turn => new PagePosition(turn.Ordinal, Guid.Empty));
    }
}
