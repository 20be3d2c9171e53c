namespace Spool;

/// <summary>Keeps the threads of AI agents and gives them back.</summary>
/// <remarks>
/// Every member may be called concurrently. Reading changes nothing that is stored and re-orders nothing. Cancellation ends a call
/// early and has no other effect. Failures are <see cref="ThreadStoreException"/>s; absence is null; misuse is an
/// <see cref="ArgumentException"/> or <see cref="ObjectDisposedException"/>.
/// </remarks>
public interface IThreadStore : IAsyncDisposable
{
    /// <summary>Finds a thread, active or archived.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The thread, or null when there is none with this id.</returns>
    /// <remarks>Shows everything this store acknowledged before the call. Costs one look-up, whatever the number of threads.</remarks>
    ValueTask<StoredThread?> FindAsync(ThreadId thread, CancellationToken cancellationToken = default);

    /// <summary>Lists threads, a page at a time.</summary>
    /// <param name="query">The filters, the order and the cursor.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The page; it is empty when nothing matches.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the limit is out of range, or the
    /// cursor is malformed or belongs to another query.</exception>
    /// <remarks>
    /// Pages follow (time, id), so that threads of the same instant are neither skipped nor repeated. A thread that is added while a
    /// caller pages appears if it sorts after the cursor; a thread whose time does not change appears exactly once. Every stored thread is in the
    /// list of exactly one side of the archive, damaged ones too (with <see cref="ThreadVisibility.All"/>). The cost of a page does not grow
    /// with the number of threads, except for <see cref="ThreadQuery.SearchTerm"/>.
    /// </remarks>
    ValueTask<ThreadPage> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default);

    /// <summary>Streams a thread's history in replay order, from its first item.</summary>
    /// <param name="request">The thread.</param>
    /// <param name="cancellationToken">Cancels the stream.</param>
    /// <returns>Every stored item, those that could not be understood included. The history of a fork by reference begins with the items it shares with its parent.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>: no such thread.</exception>
    /// <remarks>The stream ends where the history ended when it began, or later. Memory does not grow with its length.</remarks>
    IAsyncEnumerable<RolloutItem> ReadHistoryAsync(ReadHistory request, CancellationToken cancellationToken = default);

    /// <summary>Lists the turns of a thread, a page at a time.</summary>
    /// <param name="request">The thread, the direction and the cursor.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The page; it is empty for a thread without turns. A turn that never ended is shown as interrupted.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>: no such thread;
    /// <see cref="ThreadStoreErrorCode.InvalidRequest"/>: the limit or cursor; <see cref="ThreadStoreErrorCode.Unsupported"/>: the history mode is unknown.</exception>
    /// <remarks>Reads the records of the turns on the page and no others.</remarks>
    ValueTask<TurnPage> ListTurnsAsync(ListTurns request, CancellationToken cancellationToken = default);

    /// <summary>Lists the stored items of a thread, oldest first, a page at a time.</summary>
    /// <param name="request">The thread and the cursor.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The page; the pages together are the history.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>: no such thread;
    /// <see cref="ThreadStoreErrorCode.InvalidRequest"/>: the limit or cursor.</exception>
    /// <remarks>The cost of a page does not grow with the length of the history.</remarks>
    ValueTask<ItemPage> ListItemsAsync(ListItems request, CancellationToken cancellationToken = default);

    /// <summary>Finds an optional ability of this store, such as <see cref="IStoredBytes"/>.</summary>
    /// <param name="serviceType">The interface of the ability.</param>
    /// <returns>The ability, or null when this store does not have it.</returns>
    object? GetService(Type serviceType);
}
