namespace Spool;

/// <summary>Why a store refused or failed. The set is closed; callers decide by the code and never by the message.</summary>
public enum ThreadStoreErrorCode
{
    /// <summary>A bug in Spool.</summary>
    Internal,

    /// <summary>The request is wrong; sending it again will not help.</summary>
    InvalidRequest,

    /// <summary>The cursor of the request cannot be used: it is damaged, of another version, or belongs to another query, thread, direction
    /// or kind of page. The same request without a cursor works.</summary>
    InvalidCursor,

    /// <summary>The server does not know who calls: no token came, or none that it knows. Nothing was done.</summary>
    Unauthenticated,

    /// <summary>The caller is known and may not do this. Nothing was done.</summary>
    PermissionDenied,

    /// <summary>There is no such thread.</summary>
    NotFound,

    /// <summary>What was to be made is there already: a thread with the id of the new one, or something else in the place where an archived
    /// thread has to go. Nothing was done.</summary>
    AlreadyExists,

    /// <summary>Another program or caller has the right to write the thread: <see cref="ThreadStoreException.Owner"/>. Nothing was
    /// done.</summary>
    HasWriter,

    /// <summary>An append expects another ordinal than the next one, <see cref="ThreadStoreException.NextOrdinal"/>, and the items there
    /// are not its own. Nothing was kept; the writer goes on.</summary>
    WrongOrdinal,

    /// <summary>This writer has no longer the right to write; its <see cref="IThreadWriter.LostToken"/> is cancelled. Nothing of this call
    /// was kept: discard the writer and resume the thread.</summary>
    WriterLost,

    /// <summary>The histories of other threads need this one; <see cref="ThreadStoreException.Forks"/> are some of them, to be deleted
    /// first. Nothing was done.</summary>
    Referenced,

    /// <summary>The operation needs an active thread and this one is archived.</summary>
    Archived,

    /// <summary>A limit of the moment was reached: calls, writers, memory. Nothing was done; the same call works after
    /// <see cref="ThreadStoreException.RetryAfter"/>.</summary>
    Busy,

    /// <summary>An item, a request, an answer, a turn or a lineage is larger than a limit: the same call never works. Ask for less at once,
    /// or send less.</summary>
    TooLarge,

    /// <summary>There is no room now: disk, quota, open files, threads, memory. Nothing of an append was kept, and the writer works again
    /// when there is room again.</summary>
    ResourceExhausted,

    /// <summary>The store cannot be reached or used now; the same call may be made again. Of an append, a creation or a fork nothing was
    /// kept; of another change nothing, or a part that the same call completes. A writer goes on.</summary>
    Unavailable,

    /// <summary>It is not known whether this call, or one before it on the same writer, was carried out. Such a writer takes nothing but
    /// discarding: resume the thread and send again with the expected ordinals, which stores nothing twice. After a change, look before it
    /// is made again.</summary>
    OutcomeUnknown,

    /// <summary>The stored data fails a check.</summary>
    Corrupt,

    /// <summary>This store or this thread cannot do it, as its documentation says.</summary>
    Unsupported,
}
