namespace Spool;

/// <summary>Decides, among all rollouts that say they belong to one thread, which is the thread and how the others appear.</summary>
/// <remarks>
/// The current rollout is the one Codex points at; else the newest by the time and id in its name, active before archived, plain before
/// compressed, the one in its own folder before a copy elsewhere. But one that says who it is and has something to show goes before those
/// that do not, wherever they are, unless Codex points at one of those: a newer file without content never takes the place of a whole log.
/// Rollouts that the current one's history continues are part of it and hidden. Every other one is listed under an id made of its path, so
/// that nothing on disk is out of reach.
/// </remarks>
static class ThreadGroup
{
    /// <summary>Resolves a group.</summary>
    /// <param name="rows">The rollouts that claim the same thread; at least one.</param>
    /// <param name="lineage">Follows the history of a rollout.</param>
    public static IReadOnlyList<ListedThread> Resolve(IReadOnlyList<RolloutRow> rows, LineageResolver lineage)
    {
        var current = rows.Count == 1 ? rows[0] : CurrentOf(rows, lineage);
        var history = lineage.Resolve(current);
        var result = new List<ListedThread>(rows.Count) { Listed(WithLineage(current, history), current.ClaimedThread) };
        if (rows.Count == 1)
            return result;
        var members = history.Segments.Select(segment => segment.Path).ToHashSet(StringComparer.Ordinal);
        var plainNames = rows.Where(row => !RolloutFileName.IsCompressed(row.Name) && row.State != ThreadCondition.Unreadable)
            .Select(row => row.Path)
            .ToHashSet(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (row == current)
                continue;
            // A compressed copy beside the plain rollout is what is left of a conversion that was interrupted. One that cannot be read
            // hides nothing.
            var isCopy = RolloutFileName.IsCompressed(row.Name) && plainNames.Contains(RolloutFileName.PlainName(row.Path));
            if (members.Contains(row.Path) || isCopy)
                result.Add(new ListedThread(row.Key, Listing.Hidden, null));
            else
                result.Add(Listed(AsOther(row, current), CacheKey.IdOf(row.Path)));
        }
        return result;
    }

    // To follow the history of a rollout costs as much as the history is long, so it is done for as few as possible: mostly for the first
    // alone.
    static RolloutRow CurrentOf(IReadOnlyList<RolloutRow> rows, LineageResolver lineage)
    {
        var ordered = rows.OrderByDescending(Rank).ToList();
        return ordered
                .TakeWhile(row => ClassOf(row) == ClassOf(ordered[0]))
                .FirstOrDefault(row => IsPointedAt(row) || HasContent(row, lineage))
            ?? ordered[0];
    }

    static (bool IsNamed, bool IsReadable) ClassOf(RolloutRow row) =>
        (RolloutFileName.TryParse(row.Name, out var name) && name.ThreadId == row.ClaimedThread, row.State != ThreadCondition.Unreadable);

    static ((bool, bool), bool, bool, DateTimeOffset, string, bool, bool, string) Rank(RolloutRow row)
    {
        _ = RolloutFileName.TryParse(row.Name, out var name);
        return (
            ClassOf(row),
            !row.IsArchived,
            IsPointedAt(row),
            name.Time,
            row.Rollout.ToString(),
            !RolloutFileName.IsCompressed(row.Name),
            RolloutPlaces.Of(row).Contains(row.Path),
            row.Path
        );
    }

    static bool IsPointedAt(RolloutRow row) =>
        row.Overlay.Row?.RolloutName is { } pointed && pointed == RolloutFileName.PlainName(row.Name);

    // It says who it is, in a known format of today, and has items behind its head, its own or inherited ones.
    static bool HasContent(RolloutRow row, LineageResolver lineage) =>
        row.State is not (ThreadCondition.Unreadable or ThreadCondition.UnknownFormat)
        && row.Scan.Facts.Id is not null
        && !row.IsOldForm
        && (
            row.Scan.Facts.HistoryBase is null
                ? row.Scan.Totals.Lines - row.Scan.Totals.LostLines > 1
                : lineage.Resolve(row).Problem is null
        );

    static RolloutRow AsOther(RolloutRow row, RolloutRow current)
    {
        var isRevert =
            RolloutFileName.TryParse(row.Name, out var name)
            && name.ThreadId == row.ClaimedThread
            && row.Rollout != current.Rollout
            && RolloutFileName.TryParse(current.Name, out var latest)
            && name.Time <= latest.Time;
        return row with
        {
            State = isRevert ? ThreadCondition.Superseded : ThreadCondition.Duplicate,
            StateReason = isRevert
                ? $"A later rollout of thread {row.ClaimedThread} took this one's place."
                : $"It says it is thread {row.ClaimedThread}, which another rollout already provides.",
        };
    }

    static RolloutRow WithLineage(RolloutRow row, Lineage history) =>
        history.Problem is null || row.State is ThreadCondition.Unreadable or ThreadCondition.UnknownFormat
            ? row
            : row with
            {
                State = ThreadCondition.BrokenLineage,
                StateReason = history.Problem,
            };

    static ListedThread Listed(RolloutRow row, ThreadId id)
    {
        var thread = StoredThreadComposer.Compose(row, id);
        return new ListedThread(row.Key, NormalQuery.IsShown(thread) ? Listing.Default : Listing.OnlyAll, thread);
    }
}
