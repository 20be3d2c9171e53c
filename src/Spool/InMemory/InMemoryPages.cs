namespace Spool;

/// <summary>Cuts a history into pages of items and of turns.</summary>
static class InMemoryPages
{
    // Items are paged by their position: it is the ordinal of an undamaged history, and in a damaged one ordinals may repeat or go back.
    public static Page<RolloutItem> Items(InMemoryLineage lineage, ListItems request, PagePosition? after, PageCursors cursors)
    {
        var start = after is { } last ? last.Value < long.MaxValue ? Math.Max(0, last.Value + 1) : last.Value : 0;
        var items = lineage.Items.Skip((int)Math.Min(start, lineage.Items.Count)).Take(request.Limit).ToList();
        if (request.Room is { } room)
        {
            var bytes = 0L;
            items = [.. items.TakeWhile(item => bytes < room.PageBytes && (bytes += item.Bytes.Length) >= 0)];
        }
        var end = start + items.Count;
        return new Page<RolloutItem>(items, end < lineage.Items.Count ? cursors.Next(new PagePosition(end - 1, Guid.Empty)) : null);
    }

    public static Page<Turn> Turns(InMemoryLog log, InMemoryLineage lineage, ListTurns request, PagePosition? after, PageCursors cursors)
    {
        if (!log.HasKnownMode)
            throw new ThreadStoreException(ThreadStoreErrorCode.Unsupported, $"Thread {log.ThreadId} names a history mode that this version does not know; its items can be read.");
        var builder = TurnBuilder.Create(log.HistoryMode);
        foreach (var item in lineage.Items)
            builder.Add(item);
        var sign = request.Direction == SortDirection.Ascending ? 1 : -1;
        var turns = builder.Build()
            .Where(turn => after is not { } last || sign * turn.Ordinal.CompareTo(last.Value) > 0)
            .OrderBy(turn => sign * turn.Ordinal)
            .Take(request.Limit + 1)
            .ToList();
        var page = turns.Take(request.Limit).ToList();
        return new Page<Turn>(page, turns.Count > page.Count ? cursors.Next(new PagePosition(page[^1].Ordinal, Guid.Empty)) : null);
    }
}
