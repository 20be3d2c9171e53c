namespace Spool.Storage;

/// <summary>Finds turns in a history, by reading it.</summary>
static class LogTurns
{
    /// <summary>Builds all turns of a history, in Codex's view.</summary>
    /// <remarks>It is the plain way, by which the ones that build single turns from their spans are judged.</remarks>
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
        var places = await LogTurnPlaces.ReadAsync(reading, lineage, historyMode, cancellationToken).ConfigureAwait(false);
        if (HistoryCut.Find(places.Starts, point) is not { } cut)
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
}
