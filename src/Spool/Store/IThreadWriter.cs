namespace Spool;

/// <summary>The right to write one thread. A thread has at most one writer over all processes and machines.</summary>
/// <remarks>
/// Members may be called concurrently; appends are stored in the order in which they were called. A new thread is not stored before
/// <see cref="PersistAsync"/>, or the first <see cref="FlushAsync"/>, shut-down or append above <see cref="Durability.Buffered"/> with
/// items to store; until then no reader sees it. Failures are <see cref="ThreadStoreException"/>s:
/// <see cref="ThreadStoreErrorCode.InvalidRequest"/> after a shut-down, <see cref="ThreadStoreErrorCode.ResourceExhausted"/> when the disk
/// is full (nothing of the failed append is kept, and the writer works again when there is space),
/// <see cref="ThreadStoreErrorCode.Unavailable"/> when the store could not be written and nothing of the append is kept, so that the writer
/// goes on, and <see cref="ThreadStoreErrorCode.OutcomeUnknown"/> when that is not known: the writer then refuses everything but
/// discarding, until the thread is resumed; sent again with its expected ordinal, the append is stored once. A call is refused for the
/// first reason of these: it is misuse, the writer is disposed, the call cancelled, the writer ended or lost, an item or the patch
/// malformed, the batch id used for other items, the expected ordinal wrong. Disposing shuts down; what fails then is lost, so call
/// <see cref="ShutDownAsync"/> first. Shutting down, discarding and disposing wait for an <see cref="UpdateAsync"/> that has begun, may be
/// called at once, and end when the right to write is given back. Every other call is an <see cref="ObjectDisposedException"/> from the
/// moment at which the writer, or its store, is being disposed.
/// </remarks>
public interface IThreadWriter : IAsyncDisposable
{
    /// <summary>Gets the thread.</summary>
    ThreadId ThreadId { get; }

    /// <summary>Gets the history mode.</summary>
    string HistoryMode { get; }

    /// <summary>Gets the ordinal that the next append starts with, appends under way included.</summary>
    long NextOrdinal { get; }

    /// <summary>Gets whether the thread is stored, so that readers see it. A writer of a store on another machine that was disposed before
    /// an answer came says what was known then: false may mean that it is unknown.</summary>
    bool IsStored { get; }

    /// <summary>Gets the token that is cancelled when the right to write was lost: another program wrote, moved or deleted the log, or a
    /// lease ran out. Every later call is refused with <see cref="ThreadStoreErrorCode.WriterLost"/>.</summary>
    CancellationToken LostToken { get; }

    /// <summary>Appends items.</summary>
    /// <param name="request">The items. None at all is allowed and only a barrier.</param>
    /// <param name="cancellationToken">Cancels the append until it is queued; afterwards it is ignored.</param>
    /// <returns>The ordinals that the items got.</returns>
    /// <exception cref="ThreadStoreException">
    /// <see cref="ThreadStoreErrorCode.WrongOrdinal"/>: the expected ordinal is beyond the next one, or below it and the items there are
    /// others; <see cref="ThreadStoreErrorCode.WriterLost"/>; <see cref="ThreadStoreErrorCode.InvalidRequest"/>: an item is malformed, or
    /// the batch id was used for other items; <see cref="ThreadStoreErrorCode.TooLarge"/>;
    /// <see cref="ThreadStoreErrorCode.ResourceExhausted"/>: there is no space. <see cref="ThreadStoreErrorCode.Unavailable"/>. In all
    /// these cases nothing of the request is kept. <see cref="ThreadStoreErrorCode.OutcomeUnknown"/>: it may be.
    /// </exception>
    /// <remarks>Durable and visible on return: as <see cref="AppendRequest.Durability"/> says. All items of a request are stored together,
    /// one behind the other. Idempotent by <see cref="AppendRequest.ExpectedOrdinal"/>, and by <see cref="AppendRequest.BatchId"/> for the
    /// last 128 batches of this writer, those of no items, or of items that were there, included. What the items say of the thread
    /// (preview, model, times, …) is derived from them by the store and can never disagree with them. Cost: a copy of the bytes, and a
    /// share of one write (and of one fsync) with every append that waits at the same time. Waits when much is queued.</remarks>
    ValueTask<AppendReceipt> AppendAsync(AppendRequest request, CancellationToken cancellationToken = default);

    /// <summary>Stores a thread that is not stored yet, with all pending items, and does nothing for one that is.</summary>
    /// <param name="cancellationToken">Cancels the call until it has begun to store.</param>
    /// <remarks>On return readers see the thread. When it fails, pending items stay pending and the call can be
    /// repeated.</remarks>
    ValueTask PersistAsync(CancellationToken cancellationToken = default);

    /// <summary>Waits until everything appended before is as safe as asked for.</summary>
    /// <param name="durability">How safe. <see cref="Durability.Buffered"/> is taken as <see cref="Durability.Flushed"/>.</param>
    /// <param name="cancellationToken">Cancels the wait until it is queued.</param>
    /// <remarks>Stores a thread with pending items; one without items stays unstored.</remarks>
    ValueTask FlushAsync(Durability durability = Durability.Flushed, CancellationToken cancellationToken = default);

    /// <summary>Changes what is known of the thread, as <see cref="IThreadStore.UpdateAsync"/> does for a thread without a
    /// writer.</summary>
    /// <param name="patch">What to change.</param>
    /// <param name="cancellationToken">Cancels the call until it has begun to store.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the patch is malformed, or the thread is
    /// not stored yet and has nothing to store.</exception>
    /// <remarks>Flushes first, and so stores a thread with pending items.</remarks>
    ValueTask<ChangedThread> UpdateAsync(ThreadPatch patch, CancellationToken cancellationToken = default);

    /// <summary>Stores pending items, and gives the right to write back.</summary>
    /// <param name="cancellationToken">Cancels the call until it has begun to store.</param>
    /// <remarks>A new thread without items leaves nothing behind. When it fails the writer can still be used, and shut down again. Once it
    /// succeeded, a second call does nothing.</remarks>
    ValueTask ShutDownAsync(CancellationToken cancellationToken = default);

    /// <summary>Gives the right to write back without storing pending items. What is stored stays; a thread that is not stored leaves
    /// nothing behind.</summary>
    /// <param name="cancellationToken">Not used: the call waits for nothing that takes long but an <see cref="UpdateAsync"/> that has
    /// begun.</param>
    /// <remarks>Never fails because of the disk. A second call does nothing. An update that has begun may be refused by it.</remarks>
    ValueTask DiscardAsync(CancellationToken cancellationToken = default);
}
