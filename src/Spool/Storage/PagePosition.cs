namespace Spool.Storage;

/// <summary>Where a page begins in its list: what a cursor carries. What the numbers mean is up to the store and the kind of
/// page.</summary>
/// <param name="Value">The value that orders the list: a time, an ordinal, an offset.</param>
/// <param name="Id">What tells entries of one value apart; <see cref="Guid.Empty"/> where there are none.</param>
public readonly record struct PagePosition(long Value, Guid Id)
{
    /// <summary>Gets whether the page begins with what is at the position, and not behind it.</summary>
    public bool IsIncluded { get; init; }
}
