namespace Spool;

/// <summary>What only Codex's own database knows of a thread. Times are milliseconds since 1970; no text is longer than
/// <see cref="StoredThread.MaxTextLength"/>.</summary>
sealed record CodexThreadRow
{
    /// <summary>Gets the file name of the thread's current rollout.</summary>
    public string? RolloutName { get; init; }

    /// <summary>Gets the title where it says more than the row's first user message: for older threads, the name that a user
    /// gave.</summary>
    public string? DistinctTitle { get; init; }

    /// <summary>Gets the name that a user gave (0.142 and later).</summary>
    public string? Name { get; init; }

    /// <summary>Gets the repository state after edits.</summary>
    public GitInfo? GitInfo { get; init; }

    /// <summary>Gets the memory mode.</summary>
    public string? MemoryMode { get; init; }

    /// <summary>Gets when Codex last changed the row.</summary>
    public long? UpdatedAtMs { get; init; }

    /// <summary>Gets when the thread was last used.</summary>
    public long? RecencyAtMs { get; init; }

    /// <summary>Gets when the thread was archived.</summary>
    public long? ArchivedAtMs { get; init; }

    /// <summary>Gets the thread that started this one, from the edges between agents.</summary>
    public string? ParentThreadId { get; init; }
}
