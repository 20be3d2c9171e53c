namespace Spool;

/// <summary>A page of a list: of threads, of turns, of stored items.</summary>
/// <typeparam name="T">What the list holds.</typeparam>
/// <param name="Items">The entries of the page, in the order of the request. Never empty where there is a next page; never more than the
/// limit, and as many as that unless this is the last page or an <see cref="IReadingRoom"/> ended it.</param>
/// <param name="NextCursor">The cursor of the next page, or null when this is the last one, even when it is full.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor)
{
    /// <summary>Gets the cursor that leads back: with it and the other direction, the same request begins with the first entry of this
    /// page, that one included. So a caller at the end of a list sees what came behind it. Null when the page is empty, or comes from a
    /// server of an earlier version.</summary>
    public string? BackwardsCursor { get; init; }

    /// <summary>Gets what of the store could not be read; entries that are there may be missing from the page. Empty in a whole store.
    /// Lists of threads say so; what is wrong with a single thread is its <see cref="StoredThread.State"/>.</summary>
    public IReadOnlyList<StoreProblem> Problems { get; init; } = [];
}
