namespace Spool;

/// <summary>Follows a history from a rollout through the ones it continues, to the first.</summary>
/// <param name="find">Finds the rollouts with an id.</param>
sealed class LineageResolver(Func<ThreadId, IReadOnlyList<RolloutRow>> find)
{
    /// <summary>Through how many rollouts a history may run.</summary>
    public const int MaxSegments = 1000;

    readonly Dictionary<ThreadId, IReadOnlyList<RolloutRow>> _found = [];

    /// <summary>Refuses to let a history go on in one rollout more than it may have, which could not be read.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="segments">Through how many rollouts its history runs already, up to the point where it is to go on.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.TooLarge"/>.</exception>
    public static void CheckRoom(ThreadId threadId, int segments)
    {
        if (segments >= MaxSegments)
            throw new ThreadStoreException(
                ThreadStoreErrorCode.TooLarge,
                $"The history of thread {threadId} runs through {segments} rollouts already, and it may not run through more."
            );
    }

    /// <summary>Follows the history of a rollout. When a part is missing, too short or in a circle, only the rollout's own part is left,
    /// with the problem, which names the rollout that it is about.</summary>
    public Lineage Resolve(RolloutRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var segments = new List<LogSegment>
        {
            new(
                row.Key,
                row.Path,
                row.File,
                long.MaxValue,
                long.MaxValue,
                IsCounted(row) ? new CountedTo(row.Scan.Length, row.Scan.Totals.NextOrdinal) : null
            ),
        };
        var seen = new HashSet<string>(StringComparer.Ordinal) { row.Path };
        var hasChoice = false;
        var mode = row.Scan.Facts.HistoryMode ?? HistoryModes.Legacy;
        for (var at = row; at.Scan.Facts.HistoryBase is { } @base; )
        {
            var candidates = Find(@base.RolloutId);
            hasChoice |= candidates.Count > 1;
            var parent = candidates
                .Where(candidate => candidate.State != ThreadCondition.Unreadable)
                .MaxBy(candidate =>
                    (
                        !seen.Contains(candidate.Path),
                        candidate.Scan.Length >= @base.EndByteOffset,
                        !candidate.IsArchived,
                        !RolloutFileName.IsCompressed(candidate.Name)
                    )
                );
            var problem =
                parent is null
                    ? $"Rollout {@base.RolloutId}, which its history continues, {(candidates.Count == 0 ? "is missing" : "cannot be read")}."
                : seen.Contains(parent.Path) ? $"Its history continues itself in a circle, by way of rollout {@base.RolloutId}."
                : segments.Count >= MaxSegments
                    ? $"Its history runs through more than {MaxSegments} rollouts, the last of them {@base.RolloutId}."
                : @base.EndByteOffset < 0 || parent.Scan.Length < @base.EndByteOffset
                    ? $"Rollout {@base.RolloutId}, which its history continues, is shorter than it should be."
                : null;
            if (problem is not null)
                return new Lineage([segments[0]], mode, problem);
            segments.Add(
                new LogSegment(
                    parent!.Key,
                    parent.Path,
                    parent.File,
                    @base.EndByteOffset,
                    @base.EndOrdinal,
                    IsCounted(parent) ? new CountedTo(@base.EndByteOffset, @base.EndOrdinal) : null
                )
            );
            seen.Add(parent.Path);
            at = parent;
        }
        segments.Reverse();
        return new Lineage(segments, mode, null) { HasChoice = hasChoice };
    }

    // Each line takes one ordinal at least, so none was left out when there are as many of both.
    static bool IsCounted(RolloutRow row) =>
        row.Scan.Totals.NextOrdinal - (row.Scan.Facts.HistoryBase?.EndOrdinal ?? 0) == row.Scan.Totals.Lines;

    // Histories share their beginnings: what was found for one is not looked up again for the next.
    IReadOnlyList<RolloutRow> Find(ThreadId rollout)
    {
        if (!_found.TryGetValue(rollout, out var rows))
            _found.Add(rollout, rows = find(rollout));
        return rows;
    }
}
