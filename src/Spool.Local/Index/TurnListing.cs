namespace Spool;

/// <summary>Finds the turns on a page, across the rollouts that make up a history.</summary>
sealed class TurnListing(IndexConnection connection, Lineage lineage)
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
        return page;
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
        return new IndexedTurn(parts);
    }

    TurnPart Part(LogSegment segment, TurnBoundary boundary)
    {
        var outlyingRecords = _turns.OutlyingRecords(segment.Key, boundary.Start, segment.End);
        return new TurnPart(
            segment,
            boundary,
            [(boundary.Start, boundary.End), .. outlyingRecords.Select(record => (record.Offset, record.Offset + record.Length))]
        );
    }
}
