namespace Spool;

/// <summary>The whole history of a thread: the shared items of the logs it continues, root first, then its own.</summary>
/// <param name="Items">The items; only the thread's own when the lineage is broken.</param>
/// <param name="Preview">The first preview that a log of the lineage gives.</param>
/// <param name="BrokenBecause">Why the logs that it continues cannot be used, or null.</param>
sealed record InMemoryLineage(IReadOnlyList<RolloutItem> Items, string? Preview, string? BrokenBecause)
{
    /// <summary>Follows a log to its root.</summary>
    /// <param name="log">The log.</param>
    /// <param name="logs">All logs of the store.</param>
    public static InMemoryLineage Of(InMemoryLog log, IReadOnlyDictionary<ThreadId, InMemoryLog> logs) => Of(log, logs, []);

    static InMemoryLineage Of(InMemoryLog log, IReadOnlyDictionary<ThreadId, InMemoryLog> logs, HashSet<ThreadId> visited)
    {
        if (log.Facts.HistoryBase is not { } shared)
            return Own(log, null);
        visited.Add(log.Id);
        if (visited.Contains(shared.RolloutId))
            return Own(log, "The history continues rollouts in a circle.");
        if (!logs.TryGetValue(shared.RolloutId, out var parent))
            return Own(log, "A rollout that the history continues is missing.");
        var inherited = Of(parent, logs, visited);
        if (inherited.BrokenBecause is { } reason)
            return Own(log, reason);
        var count = 0;
        while (count < inherited.Items.Count && inherited.Items[count].Ordinal < shared.EndOrdinal)
            count++;
        // Ordinals may have gaps, so the number of items says nothing; the prefix is whole when an item at or just before its end is there.
        if (shared.EndOrdinal > 0 && (inherited.Items.Count == 0 || inherited.Items[^1].Ordinal < shared.EndOrdinal - 1))
            return Own(log, "A rollout that the history continues is too short.");
        return new InMemoryLineage([.. inherited.Items.Take(count), .. log.ItemsFrom(count)], PreviewOf(inherited, count) ?? log.Facts.Preview, null);
    }

    static InMemoryLineage Own(InMemoryLog log, string? brokenBecause) => new([.. log.ItemsFrom(0)], log.Facts.Preview, brokenBecause);

    // A fork that was cut before the first message of its parent does not show that message.
    static string? PreviewOf(InMemoryLineage inherited, int count)
    {
        if (count == inherited.Items.Count)
            return inherited.Preview;
        MetadataObserver? observer = null;
        foreach (var item in inherited.Items.Take(count))
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
