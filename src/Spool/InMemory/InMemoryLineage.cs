namespace Spool;

/// <summary>The whole history of a thread: the shared items of the logs it continues, root first, then its own.</summary>
/// <param name="Segments">The logs and how many lines of each belong to the history.</param>
/// <param name="Items">The items; only the thread's own when the lineage is broken.</param>
/// <param name="Preview">The first preview that a log of the lineage gives.</param>
/// <param name="BrokenBecause">Why the logs that it continues cannot be used, or null.</param>
sealed record InMemoryLineage(
    IReadOnlyList<(InMemoryLog Log, int Count)> Segments,
    IReadOnlyList<RolloutItem> Items,
    string? Preview,
    string? BrokenBecause
)
{
    /// <summary>Follows a log to its root.</summary>
    /// <param name="log">The log.</param>
    /// <param name="home">All logs.</param>
    public static InMemoryLineage Of(InMemoryLog log, InMemoryHome home) => Of(log, home, []);

    /// <summary>Gives the point of the history at which a position lies: the log, the line in it, and the ordinal of that line.</summary>
    /// <param name="cut">The position, or null for the end of what is stored.</param>
    public (int Segment, int Line, HistoryBase Base) Locate(HistoryCut? cut)
    {
        if (cut is not { } at)
        {
            var (log, end) = Segments[^1];
            return (Segments.Count - 1, end - (log.EndsTorn ? 1 : 0), new HistoryBase(log.RolloutId, log.NextOrdinal, log.ByteLength));
        }
        var own = Segments[at.Segment].Log;
        var line = 0;
        while (own.OffsetOf(line + 1) <= at.Offset)
            line++; // a turn may begin in the middle of a damaged line
        var position = Segments.Take(at.Segment).Sum(segment => segment.Count) + line;
        return (at.Segment, line, new HistoryBase(own.RolloutId, Items[position].Ordinal, own.OffsetOf(line)));
    }

    static InMemoryLineage Of(InMemoryLog log, InMemoryHome home, HashSet<ThreadId> visited)
    {
        if (log.Facts.HistoryBase is not { } shared)
            return Own(log, null);
        visited.Add(log.RolloutId);
        if (visited.Contains(shared.RolloutId))
            return Own(log, $"Its history continues itself in a circle, by way of rollout {shared.RolloutId}.");
        if (home.FindLog(shared.RolloutId) is not { } parent)
            return Own(log, $"Rollout {shared.RolloutId}, which its history continues, is missing.");
        var inherited = Of(parent, home, visited);
        if (inherited.BrokenBecause is { } reason)
            return Own(log, reason);
        var count = 0;
        var (last, lines) = inherited.Segments[^1];
        var first = inherited.Items.Count - lines;
        while (count < inherited.Items.Count && (inherited.Items[count].Ordinal < shared.EndOrdinal || IsUnreadableBefore(count)))
            count++;
        // Ordinals may have gaps, so the number of items says nothing; the prefix is whole when an item at or just before its end is there.
        if (shared.EndOrdinal > 0 && (inherited.Items.Count == 0 || inherited.Items[^1].Ordinal < shared.EndOrdinal - 1))
            return Own(log, $"Rollout {shared.RolloutId}, which its history continues, is shorter than it should be.");
        // What cannot be read has the ordinal of what comes behind it: the bytes say on which side of the end it is.
        bool IsUnreadableBefore(int item) =>
            inherited.Items[item].Kind == RolloutItemKind.Unreadable && item >= first && last.OffsetOf(item - first) < shared.EndByteOffset;

        var shown = inherited.Items.Take(count).ToList();
        return new InMemoryLineage(
            [.. Cut(inherited.Segments, count), (log, log.Lines.Count)],
            [.. shown, .. log.ItemsFrom(shown.Aggregate(0L, (next, item) => Math.Max(item.Ordinal, next) + 1))],
            PreviewOf(inherited, count) ?? log.Facts.Preview,
            null
        );
    }

    static InMemoryLineage Own(InMemoryLog log, string? brokenBecause) =>
        new([(log, log.Lines.Count)], [.. log.ItemsFrom(0)], log.Facts.Preview, brokenBecause);

    static IEnumerable<(InMemoryLog Log, int Count)> Cut(IEnumerable<(InMemoryLog Log, int Count)> segments, int count)
    {
        foreach (var (log, lines) in segments)
        {
            if (count > 0)
                yield return (log, Math.Min(lines, count));
            count -= lines;
        }
    }

    // A fork that was cut before the first message of its parent does not show that message.
    static string? PreviewOf(InMemoryLineage inherited, int count)
    {
        if (count == inherited.Items.Count)
            return inherited.Preview;
        MetadataObserver? observer = null;
        foreach (var item in inherited.Items.Take(count).SelectMany(InMemoryLog.Records))
        {
            // Completed items name their thread: the observer of a log starts at its session_meta.
            if (item.Kind == RolloutItemKind.SessionMeta || observer is null)
                observer = new MetadataObserver();
            observer.Observe(item);
            if (observer.Facts.Preview is { } preview)
                return preview;
        }
        return null;
    }
}
