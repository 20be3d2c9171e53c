namespace Spool;

/// <summary>A call of a store, or of one of its writers, as an observer sees it.</summary>
/// <param name="operation">What is done.</param>
/// <param name="threadId">The thread, or null for a list of threads.</param>
public sealed class StoreCall(StoreOperation operation, ThreadId? threadId)
{
    /// <summary>Gets what is done.</summary>
    public StoreOperation Operation { get; } = operation;

    /// <summary>Gets the thread that it is about: of a fork the new one; null for a list of threads.</summary>
    public ThreadId? ThreadId { get; } = threadId;

    /// <summary>Gets how long the call took; zero until it has ended. Of a history it is the time from the first item that is asked for to
    /// the last, the caller's own time included.</summary>
    public TimeSpan Duration { get; internal set; }

    /// <summary>Gets how many threads, turns or items a page or a history gave, or how many items an append stores; otherwise 0.</summary>
    public int Count { get; internal set; }

    /// <summary>Gets how many bytes of payloads an append stores; otherwise 0.</summary>
    public long Bytes { get; internal set; }

    /// <summary>Gets why the call failed, or null when it did not. A call that was cancelled has an
    /// <see cref="OperationCanceledException"/>.</summary>
    public Exception? Failure { get; internal set; }

    /// <summary>Gets why the store refused or failed, when that is how the call ended; otherwise null.</summary>
    public ThreadStoreErrorCode? Error => (Failure as ThreadStoreException)?.Code;

    /// <summary>Gets how the call ended, as one word for logs and metrics: <c>OK</c>, <c>CANCELLED</c>, the name of an error code such as
    /// <c>NOT_FOUND</c>, or <c>MISUSE</c>.</summary>
    public string Outcome =>
        Failure switch
        {
            null => "OK",
            ThreadStoreException refused => ErrorTable.For(refused.Code).Name,
            OperationCanceledException => "CANCELLED",
            _ => "MISUSE",
        };

    /// <summary>Gets or sets what the observer keeps with the call.</summary>
    public object? State { get; set; }
}

/// <summary>What a call of a store does.</summary>
public enum StoreOperation
{
    /// <summary><see cref="IThreadStore.FindAsync"/>.</summary>
    Find,

    /// <summary><see cref="IThreadStore.ListAsync"/>.</summary>
    List,

    /// <summary><see cref="IThreadStore.ReadHistoryAsync"/>, until its reader has enough.</summary>
    ReadHistory,

    /// <summary><see cref="IThreadStore.ListTurnsAsync"/>.</summary>
    ListTurns,

    /// <summary><see cref="IThreadStore.ListItemsAsync"/>.</summary>
    ListItems,

    /// <summary><see cref="IThreadStore.CreateAsync"/>.</summary>
    Create,

    /// <summary><see cref="IThreadStore.ResumeAsync"/>.</summary>
    Resume,

    /// <summary><see cref="IThreadStore.UpdateAsync"/>, and that of a writer.</summary>
    Update,

    /// <summary><see cref="IThreadStore.ArchiveAsync"/>.</summary>
    Archive,

    /// <summary><see cref="IThreadStore.UnarchiveAsync"/>.</summary>
    Unarchive,

    /// <summary><see cref="IThreadStore.ForkAsync"/>.</summary>
    Fork,

    /// <summary><see cref="IThreadStore.RevertAsync"/>.</summary>
    Revert,

    /// <summary><see cref="IThreadStore.DeleteAsync"/>.</summary>
    Delete,

    /// <summary><see cref="IThreadWriter.AppendAsync"/>.</summary>
    Append,

    /// <summary><see cref="IThreadWriter.PersistAsync"/>.</summary>
    Persist,

    /// <summary><see cref="IThreadWriter.FlushAsync"/>.</summary>
    Flush,

    /// <summary><see cref="IThreadWriter.ShutDownAsync"/>.</summary>
    ShutDown,

    /// <summary><see cref="IThreadWriter.DiscardAsync"/>.</summary>
    Discard,
}
