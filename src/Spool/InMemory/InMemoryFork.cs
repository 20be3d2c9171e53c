namespace Spool;

/// <summary>Makes the log of a fork.</summary>
static class InMemoryFork
{
    /// <summary>Refuses a source of which no fork can be made.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unsupported"/>;
    /// <see cref="ThreadStoreErrorCode.Corrupt"/>.</exception>
    public static void Check(InMemoryHome home, InMemoryEntry source)
    {
        if (!source.Log.HasKnownMode)
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unsupported,
                $"Thread {source.Id} names a history mode that this version does not know."
            );
        _ = source.Log.Head;
        if (home.LineageOf(source).BrokenBecause is not null || !source.Log.WithoutTornLine().Totals.IsWhole)
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Corrupt,
                $"The log of thread {source.Id} is damaged, so it cannot be forked."
            );
    }

    /// <summary>Makes the log of a fork of a source that was checked: of a paginated thread one that refers to the source, of a legacy one
    /// a copy of its lines behind a head of its own.</summary>
    public static InMemoryLog Of(InMemoryHome home, InMemoryEntry source, ForkRequest request, NewLog? given, DateTimeOffset now)
    {
        if (given is not null && given.HistoryMode != source.Log.HistoryMode)
            throw ThreadStoreException.InvalidRequest("A fork has the history mode of its source.");
        var lineage = home.LineageOf(source);
        var cut = request.Point.Turn is null ? null : HistoryCut.Find(InMemoryTurns.Of(lineage, source.Log.HistoryMode), request.Point);
        var (_, line, history) = lineage.Locate(cut);
        var isLegacy = source.Log.HistoryMode == HistoryModes.Legacy;
        var fork = new ForkHead(request.ThreadId, source.Id, now, isLegacy ? null : history);
        var item = request.SessionMeta is { } meta
            ? SessionMetaChanges.ForFork(meta, fork)
            : SessionMetaChanges.ForFork(source.Log.Head, home.Project(source), fork);
        var log = InMemoryAppending.Begin(
            item,
            new ThreadFacts { HistoryMode = source.Log.HistoryMode, HistoryBase = fork.History },
            request.ThreadId,
            now
        );
        if (isLegacy)
            Copy(source, home.Project(source), line, log, now);
        return log;
    }

    static void Copy(InMemoryEntry source, StoredThread thread, int lines, InMemoryLog fork, DateTimeOffset now)
    {
        foreach (var item in source.Log.ItemsFrom(0).Take(lines))
        {
            if (source.Log.Facts.IsBare && item.IsBare)
                InMemoryAppending.Append(fork, TodaysForm.Of(item, thread), now);
            else
                fork.Add(item.Bytes);
        }
    }
}
