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

    /// <summary>The memory mode beside the log: only a paginated thread has it there.</summary>
    public string? MemoryModeBeside { get; set; }

    /// <summary>The repository state beside the log: only a paginated thread has it there. A state of nothing hides the one in the log.</summary>
    public GitInfo? GitBeside { get; set; }

    public string MemoryMode => MemoryModeBeside ?? Log.Facts.MemoryMode ?? "enabled";

    public GitInfo? GitInfo => (GitBeside ?? Log.Facts.GitInfo) is { } git && git != new GitInfo(null, null, null) ? git : null;
}
