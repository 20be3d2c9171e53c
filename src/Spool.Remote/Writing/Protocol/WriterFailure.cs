namespace Spool.Remote;

/// <summary>Why something that was sent failed, as far as it matters for what to do next.</summary>
/// <param name="Kind">What kind of failure it is.</param>
/// <param name="Error">What to tell the caller, should it come to that.</param>
sealed record WriterFailure(WriterFailureKind Kind, ThreadStoreException Error)
{
    /// <summary>Gets whether there was no connection, so that the server has heard of none of it.</summary>
    public bool IsUnsent { get; init; }
}

/// <summary>What kind of failure it is.</summary>
enum WriterFailureKind
{
    /// <summary>The connection broke or the server stops: what was sent and not answered may have been carried out or not.</summary>
    Passing,

    /// <summary>The server is at a limit and did nothing of what it refused so.</summary>
    Busy,

    /// <summary>The server does not know the lease (any more).</summary>
    UnknownLease,

    /// <summary>The store itself does not know what became of it, after a failed fsync for one. To send it again would only hide
    /// that.</summary>
    OutcomeUnknown,

    /// <summary>The server does not let this token in, or no longer to write. It did nothing of what was sent with it, and does so again
    /// when the token is valid again.</summary>
    NotAllowed,

    /// <summary>It was refused, and nothing of it was kept.</summary>
    Refused,
}
