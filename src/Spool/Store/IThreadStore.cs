namespace Spool;

/// <summary>Keeps the threads of AI agents and gives them back.</summary>
/// <remarks>
/// Every member may be called concurrently. Reading changes nothing that is stored and re-orders nothing. Cancellation ends a read early
/// and has no other effect; a change is cancelled until it has begun to store and then completes (a store on another machine cannot wait
/// for that: a change that was sent and is cancelled may have been made). Every change of a thread takes the right to write it, for the
/// time of the change: while it has a writer, in any process, it is refused with <see cref="ThreadStoreErrorCode.HasWriter"/> and the owner
/// (<see cref="ThreadStoreException.Owner"/>). A change is done wholly or not at all, also when the process dies in its middle; what is
/// left over then is completed or removed by the next change of the thread. (A home of Codex keeps a name in another file than the rest: of
/// a patch of both, one may be there alone when the process dies.) Of several reasons to refuse, all stores say the same: <see
/// cref="ThreadStoreErrorCode.InvalidRequest"/>, <see cref="ThreadStoreErrorCode.InvalidCursor"/>; then, for changes, <see
/// cref="ThreadStoreErrorCode.NotFound"/>; then <see cref="ThreadStoreErrorCode.HasWriter"/>, which for creating, resuming and the new id
/// of a fork comes even before that and before <see cref="ThreadStoreErrorCode.AlreadyExists"/>; then the rest. Failures are <see
/// cref="ThreadStoreException"/>s; absence is null; misuse is an <see cref="ArgumentException"/> or <see cref="ObjectDisposedException"/>;
/// all of them are said by the task that a call returns, or the next step of a stream, and never thrown at once. Disposing shuts down every
/// writer that the store opened and waits for every call that is under way, so it must not be waited for in one: a change that has begun to
/// store ends as what it became; a change that has stored nothing ends as misuse and stores nothing; a read ends as misuse when it has not
/// come to its end, and a history at its next step. What a writer cannot store then is lost, so call <see
/// cref="IThreadWriter.ShutDownAsync"/> first. A store on another machine waits for a bounded time only: after it a change that was sent
/// ends as <see cref="ThreadStoreErrorCode.OutcomeUnknown"/>, and items that no call waits for may be lost.
/// What a call needs beyond the id of its thread is one value (a patch, a turn) or, where there is more to say, one request (<see
/// cref="AppendRequest"/>, <see cref="ForkRequest"/>), so that more can be said later without another overload.
/// </remarks>
public interface IThreadStore : IAsyncDisposable, IDisposable
{
    /// <summary>Finds a thread, active or archived.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The thread, or null when there is none with this id.</returns>
    /// <remarks>Shows everything this store acknowledged before the call. Costs one look-up, whatever the number of threads.</remarks>
    ValueTask<StoredThread?> FindAsync(ThreadId threadId, CancellationToken cancellationToken = default);

    /// <summary>Lists threads, a page at a time.</summary>
    /// <param name="query">The filters, the order and the cursor.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The page; it is empty when nothing matches.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the limit or a filter is out of range;
    /// <see cref="ThreadStoreErrorCode.InvalidCursor"/>: see <see cref="PageRequest.Cursor"/>.</exception>
    /// <remarks>
    /// Pages follow (time, id), so that threads of the same instant are neither skipped nor repeated. A thread that is added while a
    /// caller pages appears if it sorts after the cursor; a thread whose time does not change appears exactly once. Every stored thread is
    /// in the list of exactly one side of the archive, damaged ones too (with <see cref="ThreadVisibility.All"/>). The cost of a page does
    /// not grow with the number of threads, except for <see cref="ThreadQuery.SearchTerm"/>.
    /// </remarks>
    ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default);

    /// <summary>Streams a thread's history in replay order, from its first item.</summary>
    /// <param name="request">The thread.</param>
    /// <param name="cancellationToken">Cancels the stream.</param>
    /// <returns>Every stored item, those that could not be understood included. The history of a fork by reference begins with the items it
    /// shares with its parent.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>: no such thread; <see
    /// cref="ThreadStoreErrorCode.Unavailable"/>: another program cut or wrote over the log meanwhile, so what has been given is no whole
    /// history.</exception>
    /// <remarks>The stream ends where the history ended when it began, or later. Memory does not grow with its length.</remarks>
    IAsyncEnumerable<RolloutItem> ReadHistoryAsync(ReadHistoryRequest request, CancellationToken cancellationToken = default);

    /// <summary>Lists the turns of a thread, a page at a time.</summary>
    /// <param name="request">The thread, the direction and the cursor.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The page; it is empty for a thread without turns. A turn that never ended is shown as interrupted.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>: no such thread;
    /// <see cref="ThreadStoreErrorCode.InvalidRequest"/>: the limit; <see cref="ThreadStoreErrorCode.InvalidCursor"/>;
    /// <see cref="ThreadStoreErrorCode.Unsupported"/>: the history mode is unknown.</exception>
    /// <remarks>Reads the records of the turns on the page and no others.</remarks>
    ValueTask<Page<Turn>> ListTurnsAsync(ListTurnsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Lists the stored items of a thread, a page at a time.</summary>
    /// <param name="request">The thread, the direction and the cursor.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The page; the pages together are the history.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>: no such thread;
    /// <see cref="ThreadStoreErrorCode.InvalidRequest"/>: the limit; <see cref="ThreadStoreErrorCode.InvalidCursor"/>.</exception>
    /// <remarks>The cost of a page does not grow with the length of the history, but for one of a damaged or compressed history that leads
    /// back: <see cref="PageRequest.Direction"/> says when.</remarks>
    ValueTask<Page<RolloutItem>> ListItemsAsync(ListItemsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Begins a new thread. Nothing is stored yet.</summary>
    /// <param name="request">The id and the first item.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The right to write the thread. The caller shuts it down or discards it.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.HasWriter"/>;
    /// <see cref="ThreadStoreErrorCode.AlreadyExists"/>: the thread is stored; <see cref="ThreadStoreErrorCode.InvalidRequest"/>: the first
    /// item is not a <c>session_meta</c> of this thread; <see cref="ThreadStoreErrorCode.Unsupported"/>: its history mode is unknown;
    /// <see cref="ThreadStoreErrorCode.Unavailable"/>: the store cannot be written.</exception>
    ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default);

    /// <summary>Takes the right to go on writing a stored thread. An incomplete last line, as a crash leaves it, is set aside
    /// first.</summary>
    /// <param name="request">The thread.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The right to write the thread. The caller shuts it down or discards it.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>: no such thread;
    /// <see cref="ThreadStoreErrorCode.Archived"/>: unarchive it first; <see cref="ThreadStoreErrorCode.HasWriter"/>: it has a writer;
    /// <see cref="ThreadStoreErrorCode.Corrupt"/>: the log is damaged, see <see cref="ResumeRequest.OnDamage"/>, or does not say which
    /// thread it belongs to; <see cref="ThreadStoreErrorCode.Unsupported"/>: its history mode is unknown, or its log is of early Codex
    /// (fork it instead); <see cref="ThreadStoreErrorCode.Unavailable"/>: the store cannot be written.</exception>
    /// <remarks>Writes no item. The cost does not grow with the length of the history when the store knows it already.</remarks>
    ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default);

    /// <summary>Changes the name, the memory mode or the repository state of a stored thread, active or archived.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="patch">What to change; an empty patch only reads.</param>
    /// <param name="cancellationToken">Cancels the call until it has begun to store.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>: no such thread;
    /// <see cref="ThreadStoreErrorCode.InvalidRequest"/>: the patch is malformed; <see cref="ThreadStoreErrorCode.HasWriter"/>: the thread
    /// has a writer, use its <see cref="IThreadWriter.UpdateAsync"/>; for what stands in the log, which is everything but the name:
    /// <see cref="ThreadStoreErrorCode.Unsupported"/>: its history mode is unknown, or it is of early Codex;
    /// <see cref="ThreadStoreErrorCode.Corrupt"/>: it does not say which thread it belongs to.</exception>
    /// <remarks>Idempotent. On return every list shows the change. It moves the thread in no list by creation time.</remarks>
    ValueTask<ChangedThread> UpdateAsync(ThreadId threadId, ThreadPatch patch, CancellationToken cancellationToken = default);

    /// <summary>Archives a thread. A store whose format has no place for the time gives that of the thread's last change as
    /// <see cref="StoredThread.ArchivedAt"/>.</summary>
    /// <param name="threadId">The thread; for one that is archived already nothing changes.</param>
    /// <param name="cancellationToken">Cancels the call until it has begun to store.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>: no such thread;
    /// <see cref="ThreadStoreErrorCode.HasWriter"/>: it has a writer.</exception>
    ValueTask<ChangedThread> ArchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default);

    /// <summary>Puts an archived thread back where it was.</summary>
    /// <param name="threadId">The thread; for an active one nothing changes.</param>
    /// <param name="cancellationToken">Cancels the call until it has begun to store.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>: no such thread;
    /// <see cref="ThreadStoreErrorCode.HasWriter"/>: it has a writer.</exception>
    ValueTask<ChangedThread> UnarchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default);

    /// <summary>Makes a new thread whose history is an exact prefix of another's.</summary>
    /// <param name="request">The source, the new id and the point.</param>
    /// <param name="cancellationToken">Cancels the call until it has begun to store.</param>
    /// <returns>The new thread, stored, without a writer.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>: no such source;
    /// <see cref="ThreadStoreErrorCode.InvalidRequest"/>: it has no such turn; <see cref="ThreadStoreErrorCode.AlreadyExists"/>: the new id
    /// is taken; <see cref="ThreadStoreErrorCode.Corrupt"/>: the source is damaged. What is wrong with the source comes before what is
    /// wrong with the new id.</exception>
    /// <remarks>A paginated fork refers to its source and costs the same whatever the length; a legacy fork copies the lines.</remarks>
    ValueTask<ChangedThread> ForkAsync(ForkRequest request, CancellationToken cancellationToken = default);

    /// <summary>Takes a thread back to the point before one of its turns. Nothing that was stored is removed: in a legacy log a marker is
    /// appended, a paginated history goes on in a new rollout.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="beforeTurn">The id of the first turn that is no longer shown.</param>
    /// <param name="cancellationToken">Cancels the call until it has begun to store.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>: no such thread;
    /// <see cref="ThreadStoreErrorCode.InvalidRequest"/>: it shows no such turn; <see cref="ThreadStoreErrorCode.Archived"/>;
    /// <see cref="ThreadStoreErrorCode.HasWriter"/>: it has a writer; <see cref="ThreadStoreErrorCode.Corrupt"/>: its log is damaged where
    /// the turn is; <see cref="ThreadStoreErrorCode.Unsupported"/>: its history mode or form is one that is only read, or the store cannot
    /// revert it; <see cref="ThreadStoreErrorCode.Unavailable"/>: the storage cannot be reached; <see
    /// cref="ThreadStoreErrorCode.OutcomeUnknown"/>: it may have been done.</exception>
    ValueTask<ChangedThread> RevertAsync(ThreadId threadId, string beforeTurn, CancellationToken cancellationToken = default);

    /// <summary>Deletes a thread for good: its rollouts, its place in every index, its names.</summary>
    /// <param name="threadId">The thread, active or archived, whole or damaged.</param>
    /// <param name="cancellationToken">Cancels the call until it has begun to delete.</param>
    /// <returns>What was removed.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>: no such thread;
    /// <see cref="ThreadStoreErrorCode.HasWriter"/>; <see cref="ThreadStoreErrorCode.Referenced"/>: another thread's history refers to its
    /// items.</exception>
    ValueTask<DeletionReceipt> DeleteAsync(ThreadId threadId, CancellationToken cancellationToken = default);

    /// <summary>Finds an optional ability of this store, such as <see cref="IStoredBytes"/>.</summary>
    /// <param name="serviceType">The interface of the ability.</param>
    /// <returns>The ability, or null when this store does not have it.</returns>
    object? GetService(Type serviceType);

    /// <summary>Disposes the store by blocking: exactly what <see cref="IAsyncDisposable.DisposeAsync"/> does, and the thread of the caller
    /// waits until it is done.</summary>
    /// <remarks>It is for callers that cannot await, such as a container of services that is disposed synchronously; others use <c>await
    /// using</c>. It takes as long as what has begun to store and what writers still have to store. It may be mixed with
    /// <see cref="IAsyncDisposable.DisposeAsync"/> and be called again. Never call it from what the store calls, such as an observer: the
    /// disposal would wait for its own caller. A store need not implement it: this is the implementation.</remarks>
#pragma warning disable CA1816 // a store with a finalizer says so in its DisposeAsync
    void IDisposable.Dispose() => BlockingDisposal.Dispose(this);
#pragma warning restore CA1816
}
