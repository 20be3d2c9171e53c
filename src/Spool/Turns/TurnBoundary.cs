namespace Spool.Storage;

/// <summary>Where a turn lies in its log, and what it takes to build the turn from those bytes alone.</summary>
/// <param name="TurnId">The id of the turn. In a legacy log two turns may have the same.</param>
/// <param name="Ordinal">The place of the turn in the order of the turns. It may change while items are all that is known of the
/// turn.</param>
/// <param name="Start">Where its first record begins, in bytes. It identifies the turn within its log and never changes.</param>
/// <param name="End">Where its range ends, in bytes. The ranges of a legacy log are apart; those of a paginated log may overlap.</param>
/// <param name="FirstItemNumber">The number that the first numbered item of the turn gets; 1 in a paginated log.</param>
/// <param name="ItemCount">How many items the turn adds to the count from which numbering goes on after a rollback; 0 in a paginated
/// log.</param>
/// <param name="Opening">How the turn came to be known.</param>
public readonly record struct TurnBoundary(
    string TurnId,
    long Ordinal,
    long Start,
    long End,
    long FirstItemNumber,
    int ItemCount,
    TurnOpening Opening
);

/// <summary>How a turn came to be known.</summary>
public enum TurnOpening
{
    /// <summary>By a record that starts or ends it, or, in a legacy log, by its first item.</summary>
    Record,

    /// <summary>By an item that names it. A record that starts or ends it will give it its place.</summary>
    Item,
}
