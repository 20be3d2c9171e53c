namespace Spool;

/// <summary>One thread of the in-memory store: its current log and what is kept beside it.</summary>
sealed class InMemoryEntry(InMemoryLog log)
{
    /// <summary>The log that the thread goes on in. Logs that its history continues are kept by the home.</summary>
    public InMemoryLog Log { get; set; } = log;

    public ThreadId Id => Log.ThreadId;

    public DateTimeOffset? ArchivedAt { get; set; }

    /// <summary>The name beside the log: null for none, empty for one that was cleared.</summary>
    public string? NameBeside { get; set; }
}
