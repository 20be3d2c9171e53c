namespace Spool.Storage;

/// <summary>How each error code appears on every wire: the one table that servers, clients and the command line use.</summary>
/// <remarks>The exact code travels beside its group. A program that does not know the code, because a later version added it, acts by the
/// group, and an earlier version sees the words it knows.</remarks>
public static class ErrorTable
{
    static readonly ErrorRow[] Rows =
    [
        new(ThreadStoreErrorCode.Internal, "INTERNAL", "INTERNAL", 13, -32603, 1),
        new(ThreadStoreErrorCode.InvalidRequest, "INVALID_REQUEST", "INVALID_REQUEST", 3, -32600, 2),
        new(ThreadStoreErrorCode.InvalidCursor, "INVALID_CURSOR", "INVALID_REQUEST", 3, -32600, 2),
        new(ThreadStoreErrorCode.Unauthenticated, "UNAUTHENTICATED", "INVALID_REQUEST", 16, -32600, 2),
        new(ThreadStoreErrorCode.PermissionDenied, "PERMISSION_DENIED", "INVALID_REQUEST", 7, -32600, 2),
        new(ThreadStoreErrorCode.NotFound, "NOT_FOUND", "NOT_FOUND", 5, -32600, 3),
        new(ThreadStoreErrorCode.AlreadyExists, "ALREADY_EXISTS", "CONFLICT", 6, -32600, 4),
        new(ThreadStoreErrorCode.HasWriter, "HAS_WRITER", "CONFLICT", 10, -32600, 4),
        new(ThreadStoreErrorCode.WrongOrdinal, "WRONG_ORDINAL", "CONFLICT", 10, -32603, 4),
        new(ThreadStoreErrorCode.WriterLost, "WRITER_LOST", "CONFLICT", 10, -32603, 4),
        new(ThreadStoreErrorCode.Referenced, "REFERENCED", "CONFLICT", 9, -32600, 4),
        new(ThreadStoreErrorCode.Archived, "ARCHIVED", "ARCHIVED", 9, -32600, 4),
        new(ThreadStoreErrorCode.Busy, "BUSY", "RESOURCE_EXHAUSTED", 8, -32001, 5),
        new(ThreadStoreErrorCode.TooLarge, "TOO_LARGE", "RESOURCE_EXHAUSTED", 8, -32602, 5),
        new(ThreadStoreErrorCode.ResourceExhausted, "RESOURCE_EXHAUSTED", "RESOURCE_EXHAUSTED", 8, -32603, 5),
        new(ThreadStoreErrorCode.Unavailable, "UNAVAILABLE", "UNAVAILABLE", 14, -32603, 6),
        new(ThreadStoreErrorCode.OutcomeUnknown, "OUTCOME_UNKNOWN", "UNAVAILABLE", 14, -32603, 6),
        new(ThreadStoreErrorCode.Corrupt, "CORRUPT", "CORRUPT", 15, -32603, 7),
        new(ThreadStoreErrorCode.Unsupported, "UNSUPPORTED", "UNSUPPORTED", 12, -32601, 8),
    ];

    /// <summary>Gives the row of a code.</summary>
    /// <param name="code">The code.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such code.</exception>
    public static ErrorRow For(ThreadStoreErrorCode code)
    {
        DefinedValues.Check(code);
        return Rows[(int)code];
    }

    /// <summary>Gives the row of the name of a code, or null for a name that is not in the table.</summary>
    /// <param name="name">The name, such as <c>NOT_FOUND</c>.</param>
    public static ErrorRow? ForName(string name) => Array.Find(Rows, row => row.Name == name);

    /// <summary>Gives the row by which to treat a code that is not in the table, or null for a group that is not in it either.</summary>
    /// <param name="group">The group of the code, such as <c>NOT_FOUND</c>.</param>
    /// <returns>The row of the group that says least: who acts by it does nothing that would be wrong for another one.</returns>
    public static ErrorRow? ForGroup(string group) =>
        group switch
        {
            "CONFLICT" => For(ThreadStoreErrorCode.WriterLost),
            "UNAVAILABLE" => For(ThreadStoreErrorCode.OutcomeUnknown),
            _ => ForName(group),
        };
}
