namespace Spool;

/// <summary>Follows a history from a rollout through the ones it continues, to the first.</summary>
/// <param name="find">Finds the rollouts with an id.</param>
sealed class LineageResolver(Func<ThreadId, IReadOnlyList<RolloutRow>> find)
{
    const int MaxSegments = 1000;

    /// <summary>Follows the history of a rollout. When a part is missing, too short or in a circle, only the rollout's own part is left, with the problem.</summary>
    public Lineage Resolve(RolloutRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var segments = new List<LogSegment> { new(row.Key, row.Path, long.MaxValue, long.MaxValue) };
        var seen = new HashSet<string>(StringComparer.Ordinal) { row.Path };
        var mode = row.Scan.Facts.HistoryMode ?? HistoryModes.Legacy;
        for (var at = row; at.Scan.Facts.HistoryBase is { } @base;)
        {
            var candidates = find(@base.RolloutId);
            var parent = candidates
                .Where(candidate => candidate.State != ThreadCondition.Unreadable)
                .MaxBy(candidate => (!seen.Contains(candidate.Path), candidate.Scan.Length >= @base.EndByteOffset, !candidate.IsArchived, !RolloutFileName.IsCompressed(candidate.Name)));
            var problem = parent is null ? "The rollout that its history continues is missing."
                : seen.Contains(parent.Path) || segments.Count >= MaxSegments ? "Its history continues itself in a circle."
                : @base.EndByteOffset < 0 || parent.Scan.Length < @base.EndByteOffset ? "The rollout that its history continues is shorter than it should be."
                : null;
            if (problem is not null)
                return new Lineage([segments[^1]], mode, problem);
            segments.Insert(0, new LogSegment(parent!.Key, parent.Path, @base.EndByteOffset, @base.EndOrdinal));
            seen.Add(parent.Path);
            at = parent;
        }
        return new Lineage(segments, mode, null);
    }
}
