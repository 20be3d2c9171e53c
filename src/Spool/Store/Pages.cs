namespace Spool;

/// <summary>A page of threads.</summary>
/// <param name="Threads">The threads, in the order of the query.</param>
/// <param name="NextCursor">The cursor of the next page, or null when this is the last one.</param>
public sealed record ThreadPage(IReadOnlyList<StoredThread> Threads, string? NextCursor)
{
    /// <summary>Gets what of the store could not be read; threads that are there may be missing from the page. Empty in a whole store.</summary>
    public IReadOnlyList<StoreProblem> Problems { get; init; } = [];
}

/// <summary>A page of turns.</summary>
/// <param name="Turns">The turns, in the order of the request.</param>
/// <param name="NextCursor">The cursor of the next page, or null when this is the last one.</param>
public sealed record TurnPage(IReadOnlyList<Turn> Turns, string? NextCursor);

/// <summary>A page of stored items.</summary>
/// <param name="Items">The items, in the order of the request.</param>
/// <param name="NextCursor">The cursor of the next page, or null when this is the last one.</param>
public sealed record ItemPage(IReadOnlyList<RolloutItem> Items, string? NextCursor);
