namespace Spool;

/// <summary>Changes what is known of a thread: names beside the log, memory mode and repository state in it.</summary>
static class InMemoryPatch
{
    /// <summary>Applies a patch.</summary>
    /// <param name="home">The home.</param>
    /// <param name="entry">The thread.</param>
    /// <param name="patch">The patch, checked.</param>
    /// <param name="now">The time.</param>
    public static void Apply(InMemoryHome home, InMemoryEntry entry, ThreadPatch patch, DateTimeOffset now)
    {
        if (patch.MemoryMode is not null || patch.ChangesGit)
            ApplyToLog(home, entry, patch, now);
        if (patch.Name.IsChange)
            entry.NameBeside = patch.Name.Apply(null) ?? "";
    }

    static void ApplyToLog(InMemoryHome home, InMemoryEntry entry, ThreadPatch patch, DateTimeOffset now)
    {
        if (entry.Log.Facts.IsBare)
            throw TodaysForm.IsNeeded(entry.Id);
        if (SessionMetaChanges.ForPatch(entry.Log.Head, home.Project(entry), patch) is not { } item)
            return;
        InMemoryAppending.Prepare(home, entry, DamagedLog.AppendBehind);
        InMemoryAppending.Append(entry.Log, [item], now);
    }
}
