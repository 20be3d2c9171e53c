namespace Spool;

/// <summary>Takes a thread back to the point before a turn.</summary>
static class InMemoryRevert
{
    public static void Apply(InMemoryHome home, InMemoryEntry entry, string beforeTurn, TimeProvider time)
    {
        InMemoryAppending.Check(entry);
        var lineage = home.LineageOf(entry);
        var mode = entry.Log.HistoryMode;
        if (mode == HistoryModes.Legacy)
        {
            var marker = SessionMetaChanges.RolledBack(InMemoryTurns.CountFrom(lineage, mode, beforeTurn));
            // not before the turn is found: a call that is refused changes nothing
            InMemoryAppending.Prepare(home, entry, DamagedLog.AppendBehind);
            InMemoryAppending.Append(entry.Log, [marker], time.GetUtcNow());
            return;
        }
        var (_, _, history) = lineage.Locate(HistoryCut.Find(InMemoryTurns.Of(lineage, mode), ForkPoint.Before(beforeTurn)));
        var head = SessionMetaChanges.ForRevert(entry.Log.Head, home.Project(entry), history);
        var facts = new ThreadFacts { HistoryMode = mode, HistoryBase = history };
        home.Replace(entry, InMemoryAppending.Begin(head, facts, entry.Id, time.GetUtcNow(), ThreadId.New(time)));
    }
}
