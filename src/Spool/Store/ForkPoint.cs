namespace Spool;

/// <summary>Where the history of a fork ends. The default value is the end of what is stored.</summary>
public readonly record struct ForkPoint
{
    /// <summary>Gets the id of the turn the point lies at, or null for the end of what is stored.</summary>
    public string? Turn { get; private init; }

    /// <summary>Gets whether the turn is part of the fork.</summary>
    public bool IncludesTurn { get; private init; }

    /// <summary>Gets the end of what is stored.</summary>
    public static ForkPoint Latest => default;

    /// <summary>Makes the point just before a turn: before its first record.</summary>
    /// <param name="turn">The id of the turn.</param>
    public static ForkPoint Before(string turn) => new() { Turn = turn };

    /// <summary>Makes the point just after a turn: before the first record of whichever turn begins next, or the end of what is
    /// stored.</summary>
    /// <param name="turn">The id of the turn.</param>
    public static ForkPoint Through(string turn) => new() { Turn = turn, IncludesTurn = true };
}
