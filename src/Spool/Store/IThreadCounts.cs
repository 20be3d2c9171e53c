namespace Spool;

/// <summary>The ability to count threads without listing them.</summary>
public interface IThreadCounts
{
    /// <summary>The most lists that one call counts. More are refused.</summary>
    const int MaxQueries = 16;

    /// <summary>Says how many threads lists hold, each on all its pages together.</summary>
    /// <param name="queries">The lists. Their limits, cursors and directions do not count. All are counted in one state of the
    /// store.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The numbers, in the order of the queries.</returns>
    /// <remarks>Costs less than to list the threads: a look into an index, where there is one, but for a search. What other programs
    /// changed since the last list may be missing.</remarks>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: a query is out of range, or there are
    /// more than <see cref="MaxQueries"/>.</exception>
    ValueTask<IReadOnlyList<long>> CountAsync(IReadOnlyList<ThreadQuery> queries, CancellationToken cancellationToken = default);
}
