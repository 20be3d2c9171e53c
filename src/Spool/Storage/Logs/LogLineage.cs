namespace Spool.Storage;

/// <summary>The whole history of a thread: the beginnings of the logs that it continues, root first, then its own log.</summary>
/// <param name="Segments">The logs and how many items of each belong to the history.</param>
/// <param name="Preview">The first preview that a log of the lineage gives.</param>
/// <param name="BrokenBecause">Why the logs that it continues cannot be used, or null; then the own log is the only one.</param>
sealed record LogLineage(IReadOnlyList<(KnownLog Log, long Count)> Segments, string? Preview, string? BrokenBecause)
{
    /// <summary>How many items there are.</summary>
    public long Items => Segments.Sum(segment => segment.Count);

    /// <summary>The point at the end of what is stored.</summary>
    public LogPoint End
    {
        get
        {
            var (log, count) = Segments[^1];
            return new LogPoint(
                Segments.Count - 1,
                count - (log.EndsTorn ? 1 : 0),
                new HistoryBase(log.Id, log.NextOrdinal, log.WholeBytes)
            );
        }
    }

    /// <summary>Follows a log to its root.</summary>
    /// <param name="log">The log.</param>
    /// <param name="find">Finds a log by its id.</param>
    public static LogLineage Of(KnownLog log, Func<ThreadId, KnownLog?> find) => Of(log, find, []).Lineage;

    /// <summary>Gives the ordinal behind everything before a segment.</summary>
    public long NextBefore(int segment)
    {
        long next = 0;
        for (var before = 0; before < segment; before++)
            next = Segments[before].Log.Ordinals.NextAt(Segments[before].Count, next);
        return next;
    }

    static (LogLineage Lineage, (long Item, string Text)? FirstPreview) Of(
        KnownLog log,
        Func<ThreadId, KnownLog?> find,
        HashSet<ThreadId> visited
    )
    {
        if (log.Facts.HistoryBase is not { } shared)
            return Own(log, null);
        visited.Add(log.Id);
        if (visited.Contains(shared.RolloutId))
            return Own(log, $"Its history continues itself in a circle, by way of rollout {shared.RolloutId}.");
        if (find(shared.RolloutId) is not { } parent)
            return Own(log, $"Rollout {shared.RolloutId}, which its history continues, is missing.");
        var (inherited, firstPreview) = Of(parent, find, visited);
        if (inherited.BrokenBecause is { } reason)
            return Own(log, reason);
        var (segments, last) = Before(inherited, shared);
        if (shared.EndOrdinal > 0 && last < shared.EndOrdinal - 1)
            return Own(log, $"Rollout {shared.RolloutId}, which its history continues, is shorter than it should be.");
        var count = segments.Sum(segment => segment.Count);
        // A fork that was cut before the first message of its parent does not show that message.
        var preview =
            count == inherited.Items ? inherited.Preview
            : firstPreview is { } first && first.Item < count ? first.Text
            : null;
        var own = log.FirstPreview is { } mine ? (mine.Item + count, mine.Text) : ((long, string)?)null;
        var lineage = new LogLineage([.. segments, (log, log.Items)], preview ?? log.Facts.Preview, null);
        return (lineage, preview is not null ? (firstPreview ?? (0, preview)) : own);
    }

    // Ordinals may have gaps, so the number of items says nothing; the prefix is whole when an item at or just before its end is there.
    static (List<(KnownLog Log, long Count)> Segments, long LastOrdinal) Before(LogLineage inherited, HistoryBase end)
    {
        var segments = new List<(KnownLog Log, long Count)>();
        var (next, last) = (0L, -1L);
        for (var index = 0; index < inherited.Segments.Count; index++)
        {
            var (log, most) = inherited.Segments[index];
            if (most > 0)
                last = log.Ordinals.Of(most - 1, next);
            var isLast = index == inherited.Segments.Count - 1;
            var count = log.Ordinals.CountBefore(most, next, end.EndOrdinal, isLast ? end.EndByteOffset : 0);
            if (segments.Count == index && (segments.Count == 0 || segments[^1].Count == inherited.Segments[index - 1].Count) && count > 0)
                segments.Add((log, count));
            next = log.Ordinals.NextAt(most, next);
        }
        return (segments, last);
    }

    static (LogLineage, (long, string)?) Own(KnownLog log, string? brokenBecause) =>
        (new LogLineage([(log, log.Items)], log.Facts.Preview, brokenBecause), log.FirstPreview);
}

/// <summary>A point in a history: how many items of which segment lie before it, and where a history that goes on there begins.</summary>
readonly record struct LogPoint(int Segment, long Items, HistoryBase Base);
