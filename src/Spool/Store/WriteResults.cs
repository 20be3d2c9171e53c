namespace Spool;

/// <summary>What became of an append.</summary>
/// <param name="FirstOrdinal">The ordinal of the first item.</param>
/// <param name="Count">How many items were appended.</param>
public readonly record struct AppendReceipt(long FirstOrdinal, int Count)
{
    /// <summary>Gets the ordinal that the next item gets.</summary>
    public long NextOrdinal => FirstOrdinal + Count;

    /// <summary>Gets whether the items are in the log. False only for <see cref="Durability.Buffered"/> items of a thread that is not
    /// stored yet.</summary>
    public bool IsStored { get; init; } = true;
}

/// <summary>A thread after a change.</summary>
/// <param name="Thread">The thread.</param>
public sealed record ChangedThread(StoredThread Thread)
{
    /// <summary>Gets what could not be done beside the change itself, such as an update of Codex's own database, one sentence each. The
    /// change is kept.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>What a deletion removed.</summary>
/// <param name="ThreadId">The thread.</param>
public sealed record DeletionReceipt(ThreadId ThreadId)
{
    /// <summary>Gets how many rollouts, or logs of another kind, were removed.</summary>
    public int Rollouts { get; init; }

    /// <summary>Gets how many bytes all removed files held, or the logs of a store without files; a link holds none.</summary>
    public long Bytes { get; init; }

    /// <summary>Gets how many names kept beside the log were removed.</summary>
    public int Names { get; init; }

    /// <summary>Gets how many rows of databases beside the log were removed.</summary>
    public int Rows { get; init; }

    /// <summary>Gets how many prompts kept beside the log, to be offered again, were removed.</summary>
    public int Prompts { get; init; }

    /// <summary>Gets which files were removed, by their names in the store: rollouts first, and each kind in the order of the names; empty
    /// for a store without files.</summary>
    public IReadOnlyList<string> Removed { get; init; } = [];

    /// <summary>Gets what is left of the thread, or may be, and why. The thread itself is gone.</summary>
    public IReadOnlyList<LeftBehind> Left { get; init; } = [];
}

/// <summary>Something that a deletion left.</summary>
/// <param name="What">What it is, as the beginning of a sentence.</param>
/// <param name="Why">Why it is left, and what can be done.</param>
public sealed record LeftBehind(string What, string Why)
{
    /// <summary>Says it in one sentence.</summary>
    public override string ToString() => $"{What}: left, because {Why}.";
}
