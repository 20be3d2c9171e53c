namespace Spool;

/// <summary>A page of a list: of threads, of turns, of stored items.</summary>
/// <typeparam name="T">What the list holds.</typeparam>
/// <param name="Items">The entries of the page, in the order of the request.</param>
/// <param name="NextCursor">The cursor of the next page, or null when this is the last one.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor)
{
    /// <summary>Gets what of the store could not be read; entries that are there may be missing from the page. Empty in a whole store.</summary>
    public IReadOnlyList<StoreProblem> Problems { get; init; } = [];
}
