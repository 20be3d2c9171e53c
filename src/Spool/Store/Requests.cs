namespace Spool;

/// <summary>Asks for a thread's history as a stream.</summary>
/// <param name="ThreadId">The thread, active or archived.</param>
public sealed record ReadHistoryRequest(ThreadId ThreadId)
{
    /// <summary>Gets the memory that there is for what is read, or null for as much as it takes.</summary>
    public IReadingRoom? Room { get; init; }
}

/// <summary>Asks for a page of turns.</summary>
/// <param name="ThreadId">The thread, active or archived.</param>
/// <remarks>By default a page holds 25 turns, oldest first.</remarks>
public sealed record ListTurnsRequest(ThreadId ThreadId) : PageRequest(25, SortDirection.Ascending)
{
    /// <summary>The largest page.</summary>
    public const int MaxLimit = 1000;

    /// <inheritdoc/>
    public override int LargestLimit => MaxLimit;

    /// <summary>Gets with which items the turns are given; by default with those of Codex.</summary>
    public TurnView View { get; init; }

    /// <summary>Gets whether the complete view has the items of turns that were rolled back; else it says how many there were. Codex's
    /// view has none of them.</summary>
    public bool WithRolledBack { get; init; }

    /// <summary>Gets the memory that there is for what is read, or null for as much as it takes.</summary>
    public IReadingRoom? Room { get; init; }
}

/// <summary>Asks for a page of stored items.</summary>
/// <param name="ThreadId">The thread, active or archived.</param>
/// <remarks>By default a page holds 100 items, oldest first.</remarks>
public sealed record ListItemsRequest(ThreadId ThreadId) : PageRequest(100, SortDirection.Ascending)
{
    /// <summary>The largest page.</summary>
    public const int MaxLimit = 10_000;

    /// <inheritdoc/>
    public override int LargestLimit => MaxLimit;

    /// <summary>Gets the memory that there is for what is read, or null for as much as it takes.</summary>
    public IReadingRoom? Room { get; init; }
}
