namespace Spool.Storage;

/// <summary>Finds turns in a history, by reading it.</summary>
static class LogTurns
{
    /// <summary>Builds all turns of a history.</summary>
    public static async ValueTask<IReadOnlyList<Turn>> BuildAsync(
        LogReading reading,
        LogLineage lineage,
        string historyMode,
        CancellationToken cancellationToken
    )
    {
        var builder = TurnBuilder.Create(historyMode);
        await foreach (var item in reading.ItemsAsync(lineage, 0, lineage.Items, cancellationToken).ConfigureAwait(false))
            builder.Add(item);
        return builder.Build();
    }

    /// <summary>Finds the point of a fork or a revert.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the thread shows no such turn.</exception>
    public static async ValueTask<LogPoint> LocateAsync(
        LogReading reading,
        LogLineage lineage,
        string historyMode,
        ForkPoint point,
        CancellationToken cancellationToken
    )
    {
        if (point.Turn is null)
            return lineage.End;
        var turns = await StartsAsync(reading, lineage, historyMode, cancellationToken).ConfigureAwait(false);
        if (HistoryCut.Find(turns, point) is not { } cut)
            return lineage.End;
        var (log, count) = lineage.Segments[cut.Segment];
        var (items, offset) = (0L, 0L);
        var next = lineage.NextBefore(cut.Segment);
        await foreach (var item in reading.ItemsAsync(log, 0, count, next, cancellationToken).ConfigureAwait(false))
        {
            // a turn may begin in the middle of a damaged line
            if (offset + item.Bytes.Length + 1 > cut.Offset)
                return new LogPoint(cut.Segment, items, new HistoryBase(log.Id, item.Ordinal, offset));
            items++;
            offset += item.Bytes.Length + 1;
        }
        return lineage.End;
    }

    // The first record of each turn that the thread shows; a turn with records in several logs is where the newest has it.
    static async ValueTask<List<(string Id, HistoryCut Start)>> StartsAsync(
        LogReading reading,
        LogLineage lineage,
        string historyMode,
        CancellationToken cancellationToken
    )
    {
        var turns = new List<(string Id, HistoryCut Start)>();
        var newer = new HashSet<string>();
        for (var index = lineage.Segments.Count - 1; index >= 0; index--)
        {
            var tracker = TurnTracker.Create(historyMode, null, NoEarlierTurns.Instance);
            var (log, count) = lineage.Segments[index];
            long start = 0;
            await foreach (var item in reading.ItemsAsync(log, 0, count, 0, cancellationToken).ConfigureAwait(false))
            {
                var end = start + item.Bytes.Length + 1;
                tracker.Observe(item, start, end);
                start = end;
            }
            var found = tracker.TakeChanges().Upserted.Where(turn => !newer.Contains(turn.TurnId)).ToList();
            turns.AddRange(found.Select(turn => (turn.TurnId, new HistoryCut(index, turn.Start))));
            newer.UnionWith(found.Select(turn => turn.TurnId));
        }
        return turns;
    }

    /// <summary>One pass over the whole log asks for nothing that it does not hold itself.</summary>
    sealed class NoEarlierTurns : ITurnLookup
    {
        public static NoEarlierTurns Instance { get; } = new();

        public TurnBoundary? Find(string turnId, long before) => null;

        public IReadOnlyList<TurnBoundary> FindNewest(int count, long before) => [];
    }
}
