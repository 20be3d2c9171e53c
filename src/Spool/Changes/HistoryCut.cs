namespace Spool.Storage;

/// <summary>A point in a history: before a line of one of the rollouts that make it up.</summary>
/// <param name="Segment">The number of the rollout, 0 for the root.</param>
/// <param name="Offset">Where the line begins in that rollout, in bytes.</param>
public readonly record struct HistoryCut(int Segment, long Offset)
{
    /// <summary>Finds the point for a turn.</summary>
    /// <param name="turns">The first record of each turn that the thread shows, in any order: its <see cref="TurnBoundary.Start"/>. A turn
    /// with records in several rollouts is where the newest of them has it. Of several turns with one id the one that begins last
    /// counts.</param>
    /// <param name="point">The point, at a turn.</param>
    /// <returns>Before the turn's first record; or, to include the turn, before the first record of whichever turn begins next. Null is the
    /// end of what is stored.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the thread shows no such turn.</exception>
    public static HistoryCut? Find(IEnumerable<(string Id, HistoryCut Start)> turns, ForkPoint point)
    {
        ArgumentNullException.ThrowIfNull(turns);
        if (point.Turn is not { } id)
            return null;
        HistoryCut? found = null,
            next = null;
        foreach (var (turn, start) in turns.OrderBy(turn => turn.Start.Segment).ThenBy(turn => turn.Start.Offset))
        {
            if (turn == id)
                (found, next) = (start, null);
            else if (found is not null)
                next ??= start;
        }
        if (found is null)
            throw NoSuchTurn();
        return point.IncludesTurn ? next : found;
    }

    /// <summary>Makes the error of a turn that a thread does not show.</summary>
    public static ThreadStoreException NoSuchTurn() =>
        ThreadStoreException.InvalidRequest("The thread shows no turn with this id; 'spool show ID --turns' lists those there are.");
}
