namespace Spool;

/// <summary>A point in the stored history of a thread, as a fork or a revert refers to it.</summary>
/// <param name="Segment">The number of the rollout in the lineage.</param>
/// <param name="Row">The rollout.</param>
/// <param name="Offset">The length of what comes before the point, in whole lines; the last item of the log may lack its line end.</param>
/// <param name="Ordinal">The ordinal of the first item behind the point.</param>
sealed record HistoryPoint(int Segment, RolloutRow Row, long Offset, long Ordinal)
{
    /// <summary>Gets how a rollout that goes on from here refers to it.</summary>
    public HistoryBase ToBase() => new(Row.Rollout, Ordinal, Offset);
}

/// <summary>Where a point in a history is, as the index knows it: the log is not read yet.</summary>
/// <param name="Segment">The number of the rollout in the lineage.</param>
/// <param name="Row">The rollout.</param>
/// <param name="Offset">Where the turn begins, or null for the end of what is stored.</param>
sealed record HistoryPlace(int Segment, RolloutRow Row, long? Offset)
{
    /// <summary>Reads the log there: two lines at most, whatever the length of the history.</summary>
    /// <exception cref="ThreadStoreException">The rollout cannot be read, or has moved
    /// (<see cref="ServedRolloutSource.HasMoved"/>).</exception>
    public HistoryPoint Read(HomeLayout layout, LocalThreadStoreOptions options)
    {
        options.RolloutOpening?.Invoke(Row.Path);
        using var source = ServedRolloutSource.Open(layout.Absolute(Row.Path), Row.File);
        var offset = Offset is { } start
            ? RolloutGlance.EndOfLines(source, start) // a turn may begin in the middle of a damaged line
            : RolloutGlance.EndOfItems(source, Row.Scan.Length, options.MaxLineBytes);
        return new HistoryPoint(
            Segment,
            Row,
            offset,
            RolloutGlance.OrdinalAt(source, offset, Row.Scan.Length, Row.Scan.Totals.AppendOrdinal, options.MaxLineBytes)
        );
    }
}

/// <summary>Finds points in a history by the turns that the index knows.</summary>
sealed class HistoryPoints(IndexConnection connection, Lineage lineage)
{
    readonly TurnTable _turns = new(connection);

    /// <summary>Finds a point.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the thread shows no such turn.</exception>
    public HistoryPlace Find(ForkPoint point)
    {
        if (point.Turn is not { } id)
            return End();
        var (segment, turn) = Find(id);
        if (!point.IncludesTurn)
            return At(segment, turn.Start);
        return Next(segment, turn.Start) is var (later, start) ? At(later, start) : End();
    }

    /// <summary>Counts the turns that a legacy history shows from a turn on.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the thread shows no such turn.</exception>
    public int CountFrom(string turn)
    {
        var (segment, first) = Find(turn);
        return lineage.Segments.Skip(segment).Select((part, i) => _turns.Count(part.Key, i == 0 ? first.Start : 0, part.End)).Sum();
    }

    // Where the newest of the rollouts has the turn: one that a later rollout goes on with is shown there.
    (int Segment, TurnBoundary Turn) Find(string id)
    {
        for (var i = lineage.Segments.Count - 1; i >= 0; i--)
        {
            if (_turns.Find(lineage.Segments[i].Key, id, lineage.Segments[i].End) is { } turn)
                return (i, turn);
        }
        throw HistoryCut.NoSuchTurn();
    }

    (int Segment, long Start)? Next(int segment, long after)
    {
        for (var i = segment; i < lineage.Segments.Count; i++)
        {
            var part = lineage.Segments[i];
            for (var start = i == segment ? after : -1L; _turns.Next(part.Key, start, part.End) is { } turn; start = turn.Start)
            {
                if (Find(turn.TurnId).Segment == i)
                    return (i, turn.Start);
            }
        }
        return null;
    }

    HistoryPlace At(int segment, long offset) => new(segment, RowOf(segment), offset);

    HistoryPlace End() => new(lineage.Segments.Count - 1, RowOf(lineage.Segments.Count - 1), null);

    RolloutRow RowOf(int segment) => new RolloutTable(connection).Find(lineage.Segments[segment].Key) ?? throw ServedRolloutSource.Moved();
}
