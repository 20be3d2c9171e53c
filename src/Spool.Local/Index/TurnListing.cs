namespace Spool;

/// <summary>Finds the turns on a page, across the rollouts that make up a history.</summary>
/// <param name="connection">The connection.</param>
/// <param name="lineage">The rollouts.</param>
/// <param name="view">Which items the turns are given with.</param>
sealed class TurnListing(IndexConnection connection, Lineage lineage, TurnView view)
{
    readonly TurnTable _turns = new(connection);

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
        parts.Add(Part(segment, boundary));
        // What a rollout has in which no turn begins comes behind the last turn before it.
        if (view == TurnView.Complete && _turns.Next(segment.Key, boundary.Start, segment.End) is null)
            parts.AddRange(lineage.Segments.Skip(index + 1).TakeWhile(later => !HasTurns(later)).Select(Whole));
        return new IndexedTurn(parts);
    }

    IndexedTurn? WithoutTurns() =>
        lineage.Segments.Any(HasTurns) || lineage.Segments.All(segment => segment.KnownEnd == 0)
            ? null
            : new IndexedTurn([.. lineage.Segments.Select(Whole)]);

    bool HasTurns(LogSegment segment) => _turns.Next(segment.Key, -1, segment.End) is not null;

    static TurnPart Whole(LogSegment segment) => new(segment, null, [new TurnSpan(0, segment.KnownEnd, HasRecords: false, DetailZone.Own)]);

    TurnPart Part(LogSegment segment, TurnBoundary boundary)
    {
        var outlying = _turns
            .OutlyingRecords(segment.Key, boundary.Start, segment.End)
            .Select(record => (record.Offset, record.Offset + record.Length));
        var isComplete = view == TurnView.Complete;
        return new TurnPart(
            segment,
            boundary,
            TurnSpans.Of(
                view,
                boundary,
                isComplete ? Previous(segment, boundary) : null,
                isComplete ? _turns.Next(segment.Key, boundary.Start, segment.End) : null,
                outlying,
                segment.KnownEnd
            )
        );
    }

    TurnBoundary? Previous(LogSegment segment, TurnBoundary boundary) =>
        _turns.Newest(segment.Key, 1, boundary.Start) is [var previous] ? previous : null;
}
