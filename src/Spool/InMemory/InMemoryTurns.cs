namespace Spool;

/// <summary>Finds where the turns of a history begin.</summary>
static class InMemoryTurns
{
    /// <summary>Gives the first record of each turn that the thread shows; a turn with records in several logs is where the newest has
    /// it.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unsupported"/>: the history mode is unknown.</exception>
    public static IReadOnlyList<(string Id, HistoryCut Start)> Of(InMemoryLineage lineage, string historyMode)
    {
        var turns = new List<(string Id, HistoryCut Start)>();
        for (var index = lineage.Segments.Count - 1; index >= 0; index--)
        {
            var newer = turns.Select(turn => turn.Id).ToHashSet();
            turns.AddRange(
                StartsIn(lineage.Segments[index], historyMode)
                    .Where(turn => !newer.Contains(turn.TurnId))
                    .Select(turn => (turn.TurnId, new HistoryCut(index, turn.Start)))
            );
        }
        return turns;
    }

    /// <summary>Counts the turns that a thread shows from one on.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the thread shows no such turn.</exception>
    public static int CountFrom(InMemoryLineage lineage, string historyMode, string turn)
    {
        var builder = TurnBuilder.Create(historyMode);
        foreach (var item in lineage.Items)
            builder.Add(item);
        var turns = builder.Build();
        for (var index = turns.Count - 1; index >= 0; index--)
        {
            if (turns[index].Id == turn)
                return turns.Count - index;
        }
        throw HistoryCut.NoSuchTurn();
    }

    static IEnumerable<TurnBoundary> StartsIn((InMemoryLog Log, int Count) segment, string historyMode)
    {
        var tracker = TurnTracker.Create(historyMode, null, NoEarlierTurns.Instance);
        long start = 0;
        foreach (var item in segment.Log.ItemsFrom(0).Take(segment.Count))
        {
            var end = start + item.Bytes.Length + 1;
            tracker.Observe(item, start, end);
            start = end;
        }
        return tracker.TakeChanges().Upserted;
    }

    /// <summary>One pass over the whole log asks for nothing that it does not hold itself.</summary>
    sealed class NoEarlierTurns : ITurnLookup
    {
        public static NoEarlierTurns Instance { get; } = new();

        public TurnBoundary? Find(string turnId, long before) => null;

        public IReadOnlyList<TurnBoundary> FindNewest(int count, long before) => [];
    }
}
