using System.Diagnostics.CodeAnalysis;

namespace Spool;

/// <summary>Identifies one thread. New ids are UUIDs of version 7; any UUID is accepted when reading.</summary>
/// <param name="Value">The UUID.</param>
public readonly record struct ThreadId(Guid Value)
{
    /// <summary>Creates the id of a new thread: a UUID of version 7 that carries the current time in milliseconds.</summary>
    /// <param name="time">The clock.</param>
    public static ThreadId New(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return new ThreadId(Guid.CreateVersion7(time.GetUtcNow()));
    }

    /// <summary>Reads the 36-character form (<c>xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx</c>), in either case and in no other form.</summary>
    /// <param name="text">The text.</param>
    /// <param name="id">The id, when the text is one.</param>
    /// <returns>Whether the text is an id.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out ThreadId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value) && text.Length == 36;
        id = new ThreadId(value);
        return ok;
    }

    /// <summary>Reads the 36-character form.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the text is not an id.</exception>
    public static ThreadId Parse([NotNull] string? text) =>
        text is not null && TryParse(text, out var id) ? id : throw ThreadStoreException.InvalidRequest("A thread id has 36 characters, such as 01a20428-d3ad-73a1-92e6-c2af64741e38.");

    /// <summary>Gets the time that a version 7 id carries, or null for an id of another version.</summary>
    public DateTimeOffset? CreatedAt
    {
        get
        {
            if (Value.Version != 7)
                return null;
            Span<byte> bytes = stackalloc byte[16];
            Value.TryWriteBytes(bytes, bigEndian: true, out _);
            long milliseconds = 0;
            foreach (var b in bytes[..6])
                milliseconds = (milliseconds << 8) | b;
            return DateTimeOffset.UnixEpoch.AddMilliseconds(milliseconds);
        }
    }

    /// <summary>Gives the lower-case 36-character form.</summary>
    public override string ToString() => Value.ToString("D");
}
