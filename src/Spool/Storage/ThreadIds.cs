namespace Spool.Storage;

/// <summary>Reading the ids of requests, and ids that are made of something else, which no caller may choose.</summary>
public static class ThreadIds
{
    /// <summary>Gets what every id ends with that is made of a path, and no other.</summary>
    public static ReadOnlySpan<byte> PathMark => "spool"u8;

    /// <summary>Reads the id that a request names.</summary>
    /// <param name="text">The text, in the 36-character form.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the text is not an id.</exception>
    public static ThreadId Read(string? text) =>
        ThreadId.TryParse(text, out var id) ? id : throw ThreadStoreException.InvalidRequest(ThreadId.FormatMessage);

    /// <summary>Says whether an id is one that is made of a path: a UUID of version 8 that ends with <see cref="PathMark"/>. A rollout that
    /// claims such an id claims nothing: it would take the id of the rollout at that path.</summary>
    /// <param name="id">The id.</param>
    public static bool IsOfPath(ThreadId id)
    {
        Span<byte> bytes = stackalloc byte[16];
        return id.Value.Version == 8 && id.Value.TryWriteBytes(bytes, bigEndian: true, out _) && bytes.EndsWith(PathMark);
    }
}
