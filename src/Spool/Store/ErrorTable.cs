namespace Spool;

/// <summary>How each error code appears on every wire: the one table that servers, clients and the command line use.</summary>
public static class ErrorTable
{
    static readonly ErrorRow[] Rows =
    [
        new(ThreadStoreErrorCode.Internal, "INTERNAL", 13, -32603, 1),
        new(ThreadStoreErrorCode.InvalidRequest, "INVALID_REQUEST", 3, -32602, 2),
        new(ThreadStoreErrorCode.NotFound, "NOT_FOUND", 5, -32004, 3),
        new(ThreadStoreErrorCode.Conflict, "CONFLICT", 10, -32009, 4),
        new(ThreadStoreErrorCode.Archived, "ARCHIVED", 9, -32010, 4),
        new(ThreadStoreErrorCode.ResourceExhausted, "RESOURCE_EXHAUSTED", 8, -32001, 5),
        new(ThreadStoreErrorCode.Unavailable, "UNAVAILABLE", 14, -32002, 6),
        new(ThreadStoreErrorCode.Corrupt, "CORRUPT", 15, -32020, 7),
        new(ThreadStoreErrorCode.Unsupported, "UNSUPPORTED", 12, -32601, 8),
    ];

    /// <summary>Gives the row of a code.</summary>
    /// <param name="code">The code.</param>
    public static ErrorRow For(ThreadStoreErrorCode code) => Rows[(int)code];

    /// <summary>Gives the row of the reason that travels in error details, or null for a reason that is not in the table.</summary>
    /// <param name="reason">The reason, such as <c>NOT_FOUND</c>.</param>
    public static ErrorRow? ForReason(string reason) => Array.Find(Rows, row => row.Reason == reason);
}
