namespace Spool.Cli;

/// <summary>What a person sees of an item of a turn, whatever shows it: whose it is, what it is about, how it ended, and what belongs to
/// it. <see cref="ItemCards"/> reads it from an item.</summary>
sealed record ItemCard
{
    /// <summary>Gets what it is, for its place on a page.</summary>
    public required CardKind Kind { get; init; }

    /// <summary>Gets its label: <c>You</c>, <c>Agent</c>, <c>Command</c>. Safe to show, on one line.</summary>
    public required string Role { get; init; }

    /// <summary>Gets what it is about: the first line of a command, the tool, the query, the path. Safe to show, on one line; it may be
    /// empty.</summary>
    public string Title { get; init; } = "";

    /// <summary>Gets the beginning of what it was given, to be shown behind the title where there is room; or empty. The blocks have all
    /// of it.</summary>
    public string Hint { get; init; } = "";

    /// <summary>Gets what is worth saying of how it ended, such as <c>exit code 1</c>; null when it simply worked.</summary>
    public string? Outcome { get; init; }

    /// <summary>Gets whether it failed.</summary>
    public bool IsBad { get; init; }

    /// <summary>Gets how long it took, or null.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Gets when its first record was written, or null when the log does not say.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Gets the type of the record that it was derived from, or null for an item that is Codex's own.</summary>
    public string? Origin { get; init; }

    /// <summary>Gets whether it is short and part of what happened, though its kind is one that is folded away.</summary>
    public bool IsEvent { get; init; }

    /// <summary>Gets what belongs to it, in the order in which it is read.</summary>
    public IReadOnlyList<CardBlock> Blocks { get; init; } = [];
}

/// <summary>The kinds of items that pages show in ways of their own.</summary>
enum CardKind
{
    /// <summary>What a user said.</summary>
    User,

    /// <summary>What the agent answered.</summary>
    Agent,

    /// <summary>A plan of the agent.</summary>
    Plan,

    /// <summary>What the agent thought.</summary>
    Reasoning,

    /// <summary>A command.</summary>
    Command,

    /// <summary>What was typed into a command that goes on.</summary>
    Input,

    /// <summary>A change of files.</summary>
    Change,

    /// <summary>A call of a tool, a search, another agent.</summary>
    Call,

    /// <summary>What a program told the model in the name of a user or a developer.</summary>
    Context,

    /// <summary>Settings of the turn.</summary>
    Settings,

    /// <summary>What the turn took.</summary>
    Usage,

    /// <summary>History that does not belong to the thread as it is now: inherited, or taken back.</summary>
    History,

    /// <summary>A remark: a compaction, a review that begins.</summary>
    Note,

    /// <summary>A warning.</summary>
    Warning,

    /// <summary>An error.</summary>
    Problem,

    /// <summary>Anything that Spool has no words for, as JSON.</summary>
    Other,
}
