namespace Spool;

/// <summary>Why a store refused or failed. The set is closed; callers decide by the code and never by the message.</summary>
public enum ThreadStoreErrorCode
{
    /// <summary>A bug in Spool.</summary>
    Internal,

    /// <summary>The request is wrong; sending it again will not help.</summary>
    InvalidRequest,

    /// <summary>There is no such thread.</summary>
    NotFound,

    /// <summary>Another writer owns the thread, or the expected ordinal is not the next one.</summary>
    Conflict,

    /// <summary>The operation needs an active thread and this one is archived.</summary>
    Archived,

    /// <summary>A limit was reached: the disk is full, an item is too large, or there are too many requests.</summary>
    ResourceExhausted,

    /// <summary>The store cannot be reached or used now; the outcome is unknown and a retry may help.</summary>
    Unavailable,

    /// <summary>The stored data fails a check.</summary>
    Corrupt,

    /// <summary>This store or this thread cannot do it, as its documentation says.</summary>
    Unsupported,
}
