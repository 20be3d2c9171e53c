namespace Spool;

/// <summary>Asks for a thread's history as a stream.</summary>
/// <param name="Thread">The thread, active or archived.</param>
public sealed record ReadHistory(ThreadId Thread)
{
    /// <summary>Gets the memory that there is for what is read, or null for as much as it takes.</summary>
    public IReadingRoom? Room { get; init; }
}

/// <summary>Asks for a page of turns.</summary>
/// <param name="Thread">The thread, active or archived.</param>
public sealed record ListTurns(ThreadId Thread)
{
    /// <summary>The largest page.</summary>
    public const int MaxLimit = 1000;

    /// <summary>Gets the most turns a page holds.</summary>
    /// <value>The default value is 25; the range is 1 to <see cref="MaxLimit"/>.</value>
    public int Limit { get; init; } = 25;

    /// <summary>Gets the cursor of the page before, or null for the first page.</summary>
    public string? Cursor { get; init; }

    /// <summary>Gets the direction.</summary>
    /// <value>The default value is <see cref="SortDirection.Ascending"/>: oldest first.</value>
    public SortDirection Direction { get; init; } = SortDirection.Ascending;

    /// <summary>Gets the memory that there is for what is read, or null for as much as it takes.</summary>
    public IReadingRoom? Room { get; init; }
}

/// <summary>Asks for a page of stored items.</summary>
/// <param name="Thread">The thread, active or archived.</param>
public sealed record ListItems(ThreadId Thread)
{
    /// <summary>The largest page.</summary>
    public const int MaxLimit = 10_000;

    /// <summary>Gets the most items a page holds.</summary>
    /// <value>The default value is 100; the range is 1 to <see cref="MaxLimit"/>.</value>
    public int Limit { get; init; } = 100;

    /// <summary>Gets the cursor of the page before, or null for the first page.</summary>
    public string? Cursor { get; init; }

    /// <summary>Gets the memory that there is for what is read, or null for as much as it takes.</summary>
    public IReadingRoom? Room { get; init; }
}
