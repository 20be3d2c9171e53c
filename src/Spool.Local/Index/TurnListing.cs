namespace Spool;

/// <summary>Finds the turns on a page, across the rollouts that make up a history.</summary>
/// <param name="connection">The connection.</param>
/// <param name="lineage">The rollouts.</param>
/// <param name="view">Which items the turns are given with.</param>
/// <param name="withReverted">Whether turns that reverts took back are planned, and not only counted.</param>
sealed class TurnListing(IndexConnection connection, Lineage lineage, TurnView view, bool withReverted)
{
    readonly TurnTable _turns = new(connection);
    readonly Dictionary<long, List<TurnBoundary>> _near = [];

    /// <summary>Gives one turn more than the limit, if there is one, each with its position.</summary>
    public List<(TurnPosition Position, IndexedTurn Turn)> Page(TurnPosition? after, SortDirection direction, int limit)
    {
        var page = new List<(TurnPosition, IndexedTurn)>(limit + 1);
        var step = direction == SortDirection.Ascending ? 1 : -1;
        var first = after?.Segment ?? (step > 0 ? 0 : lineage.Segments.Count - 1);
        for (var index = first; index >= 0 && index < lineage.Segments.Count && page.Count <= limit; index += step)
        {
            var segment = lineage.Segments[index];
            var last = after is { } position && position.Segment == index ? position : (TurnPosition?)null;
            while (page.Count <= limit)
            {
                var boundaries = _turns.Page(segment.Key, segment.End, last, direction, limit + 1 - page.Count);
                if (view == TurnView.Complete)
                    LearnNeighbours(segment, boundaries);
                foreach (var boundary in boundaries)
                {
                    var here = new TurnPosition(index, boundary.Ordinal, boundary.Start);
                    last = here;
                    if (!IsContinued(boundary.TurnId, index))
                        page.Add((here, Indexed(boundary, index)));
                }
                if (boundaries.Count == 0)
                    break;
            }
        }
        return page.Count == 0 && after is null && view == TurnView.Complete && WithoutTurns() is { } all
            ? [(new TurnPosition(0, 0, 0), all)]
            : page;
    }

    // A turn that a later rollout goes on with is shown where the later one has it.
    bool IsContinued(string id, int index) =>
        lineage.Segments.Skip(index + 1).Any(segment => _turns.Find(segment.Key, id, segment.End) is not null);

    IndexedTurn Indexed(TurnBoundary boundary, int index)
    {
        var segment = lineage.Segments[index];
        var parts = new List<TurnPart>();
        for (var earlier = 0; earlier < index; earlier++)
        {
            if (lineage.Segments[earlier] is var older && _turns.Find(older.Key, boundary.TurnId, older.End) is { } begun)
                parts.Add(Part(older, begun));
        }
        // What rollouts have in which no turn begins comes before the first turn of all.
        if (
            view == TurnView.Complete
            && index > 0
            && IsFirstOf(segment, boundary)
            && lineage.Segments.Take(index).All(older => !HasTurns(older))
        )
            parts.AddRange(lineage.Segments.Take(index).Select(Whole));
        parts.Add(Part(segment, boundary));
        // What a rollout has in which no turn begins comes behind the last turn before it.
        if (
            view == TurnView.Complete
            && index + 1 < lineage.Segments.Count
            && _turns.Next(segment.Key, boundary.Start, segment.End) is null
        )
            parts.AddRange(lineage.Segments.Skip(index + 1).TakeWhile(later => !HasTurns(later)).Select(Whole));
        return new IndexedTurn(parts)
        {
            Reverted = view == TurnView.Complete && lineage.Segments.Count > 1 ? [.. RevertedAt(boundary, index)] : [],
        };
    }

    // What was taken back behind the last turn of a rollout is shown with it; where the rollout has none before, with the first behind.
    IEnumerable<RevertedRollout> RevertedAt(TurnBoundary boundary, int index)
    {
        var segment = lineage.Segments[index];
        if (IsFirstOf(segment, boundary))
        {
            for (var earlier = index - 1; earlier >= 0; earlier--)
            {
                var last = _turns.Newest(lineage.Segments[earlier].Key, 1, lineage.Segments[earlier].End);
                if (last.Count > 0 && !IsContinued(last[0].TurnId, earlier))
                    break; // it is shown with that one
                if (RevertedIn(earlier) is { } before)
                    yield return before with
                    {
                        IsFirst = true,
                    };
                if (last.Count > 0)
                    break;
            }
        }
        if (_turns.Next(segment.Key, boundary.Start, segment.End) is not null)
            yield break;
        var isLast = !lineage.Segments.Skip(index + 1).Any(HasTurns);
        for (var here = index; here + 1 < lineage.Segments.Count && (here == index || isLast); here++)
        {
            if (RevertedIn(here) is { } behind)
                yield return behind;
        }
    }

    // The turns behind the point where a newer rollout of the same thread goes on.
    RevertedRollout? RevertedIn(int index)
    {
        var segment = lineage.Segments[index];
        if (ThreadOf(segment) is not { } thread || ThreadOf(lineage.Segments[index + 1]) != thread)
            return null;
        if (!withReverted)
            return _turns.Count(segment.Key, segment.End, long.MaxValue) is > 0 and var count ? new RevertedRollout(count, []) : null;
        var turns = _turns.Between(segment.Key, segment.End, long.MaxValue, int.MaxValue);
        var whole = segment with { End = long.MaxValue, EndOrdinal = long.MaxValue };
        return turns.Count == 0 ? null : new RevertedRollout(turns.Count, [.. turns.Select(turn => new IndexedTurn([Reverted(turn)]))]);

        TurnPart Reverted(TurnBoundary turn)
        {
            var at = turns.FindIndex(other => other.Start == turn.Start);
            var around = turns[Math.Max(0, at - TurnSpans.TurnsBefore)..];
            var spans = TurnSpans.Of(view, turn, around, Outlying(whole, turn), whole.KnownEnd);
            return new TurnPart(whole, turn, TurnSpans.Behind(spans, segment.End));
        }
    }

    static ThreadId? ThreadOf(LogSegment segment) =>
        RolloutFileName.TryParse(Path.GetFileName(segment.Path), out var name) ? name.ThreadId : null;

    IndexedTurn? WithoutTurns() =>
        lineage.Segments.Any(HasTurns) || lineage.Segments.All(segment => segment.KnownEnd == 0)
            ? null
            : new IndexedTurn([.. lineage.Segments.Select(Whole)])
            {
                Reverted = [.. Enumerable.Range(0, lineage.Segments.Count - 1).Select(RevertedIn).OfType<RevertedRollout>()],
            };

    bool IsFirstOf(LogSegment segment, TurnBoundary boundary) => _turns.Newest(segment.Key, 1, boundary.Start).Count == 0;

    bool HasTurns(LogSegment segment) => _turns.Next(segment.Key, -1, segment.End) is not null;

    static TurnPart Whole(LogSegment segment) => new(segment, null, [new TurnSpan(0, segment.KnownEnd, HasRecords: false, DetailZone.Own)]);

    TurnPart Part(LogSegment segment, TurnBoundary boundary)
    {
        var outlying = Outlying(segment, boundary);
        var around = view == TurnView.Complete ? Neighbours(segment, boundary) : [];
        return new TurnPart(segment, boundary, TurnSpans.Of(view, boundary, around, outlying, segment.KnownEnd));
    }

    IEnumerable<(long Start, long End)> Outlying(LogSegment segment, TurnBoundary boundary) =>
        _turns.OutlyingRecords(segment.Key, boundary.Start, segment.End).Select(record => (record.Offset, record.Offset + record.Length));

    // The turns of a page mostly follow each other in the log. Where too many others lie between them, each asks for itself.
    void LearnNeighbours(LogSegment segment, List<TurnBoundary> page)
    {
        _near.Remove(segment.Key);
        if (page.Count == 0)
            return;
        var (first, last, most) = (page.Min(turn => turn.Start), page.Max(turn => turn.Start), 4 * page.Count);
        var near = _turns.Between(segment.Key, first, last, most);
        if (near.Count == most && near[^1].Start < last)
            return;
        near.InsertRange(0, _turns.Newest(segment.Key, TurnSpans.TurnsBefore, first).Reverse());
        if (_turns.Next(segment.Key, last, segment.End) is { } behind)
            near.Add(behind);
        _near[segment.Key] = near;
    }

    List<TurnBoundary> Neighbours(LogSegment segment, TurnBoundary boundary)
    {
        if (_near.TryGetValue(segment.Key, out var near) && near.BinarySearch(boundary, ByStart.Instance) is >= 0 and var index)
        {
            var last = index;
            while (++last < near.Count && near[last].Start < boundary.End) { }
            if (last < near.Count || index == near.Count - 1)
                return near[Math.Max(0, index - TurnSpans.TurnsBefore)..Math.Min(last + 1, near.Count)];
        }
        List<TurnBoundary> around = [.. _turns.Newest(segment.Key, TurnSpans.TurnsBefore, boundary.Start).Reverse()];
        around.AddRange(_turns.Between(segment.Key, boundary.Start, Math.Min(boundary.End, segment.End) - 1, int.MaxValue));
        if (_turns.Next(segment.Key, around[^1].Start, segment.End) is { } next)
            around.Add(next);
        return around;
    }

    sealed class ByStart : IComparer<TurnBoundary>
    {
        public static readonly ByStart Instance = new();

        public int Compare(TurnBoundary x, TurnBoundary y) => x.Start.CompareTo(y.Start);
    }
}
