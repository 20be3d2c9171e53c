namespace Spool;

/// <summary>Appends to logs, and decides whether one may be appended to.</summary>
static class InMemoryAppending
{
    /// <summary>Makes a log ready to be appended to: a torn last line is set aside, which in memory means that it is gone.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unsupported"/>: the history mode is unknown, or the log is of
    /// early Codex; <see cref="ThreadStoreErrorCode.Corrupt"/>: the log has no head, or is damaged and that is to be refused.</exception>
    public static void Prepare(InMemoryHome home, InMemoryEntry entry, DamagedLog onDamage)
    {
        Check(entry);
        var log = entry.Log;
        var whole = log.WithoutTornLine();
        if (onDamage == DamagedLog.Refuse && (!whole.Totals.IsWhole || home.LineageOf(entry).BrokenBecause is not null))
            throw new ThreadStoreException(ThreadStoreErrorCode.Corrupt, $"The log of thread {entry.Id} is damaged.");
        if (!ReferenceEquals(whole, log))
            home.Replace(entry, whole);
    }

    /// <summary>Refuses a log to which nothing can be appended, damaged or not.</summary>
    /// <exception cref="ThreadStoreException">As <see cref="Prepare"/> says.</exception>
    public static void Check(InMemoryEntry entry)
    {
        if (!entry.Log.HasKnownMode)
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unsupported,
                $"Thread {entry.Id} names a history mode that this version does not know."
            );
        _ = entry.Log.Head;
        if (entry.Log.Facts.IsBare)
            throw TodaysForm.IsNeeded(entry.Id);
    }

    /// <summary>Appends items.</summary>
    public static void Append(InMemoryLog log, IEnumerable<NewItem> items, DateTimeOffset now)
    {
        foreach (var item in items)
            log.Add(item, now.ToUnixTimeMilliseconds());
    }

    /// <summary>Makes a log that begins with a head.</summary>
    public static InMemoryLog Begin(NewItem head, ThreadFacts facts, ThreadId threadId, DateTimeOffset now, ThreadId? rollout = null)
    {
        var line = RolloutLine.ToArray(
            head,
            now.ToUnixTimeMilliseconds(),
            facts.HistoryMode == HistoryModes.Legacy ? null : facts.HistoryBase?.EndOrdinal ?? 0
        );
        return new InMemoryLog([line], threadId, rollout);
    }
}
