using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Spool;

/// <summary>Identifies one thread. New ids are UUIDs of version 7; any UUID is accepted when reading.</summary>
/// <param name="Value">The UUID.</param>
public readonly record struct ThreadId(Guid Value)
{
    static readonly long LastMillisecond = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>Creates the id of a new thread: a UUID of version 7 that carries the current time in milliseconds.</summary>
    /// <param name="time">The clock. An id cannot carry a time before 1970; of a clock that is set so the id carries 1970.</param>
    public static ThreadId New(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var now = time.GetUtcNow();
        return new ThreadId(Guid.CreateVersion7(now > DateTimeOffset.UnixEpoch ? now : DateTimeOffset.UnixEpoch));
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

    /// <summary>Gets the time that a version 7 id carries, or null for an id of another version and for one whose time lies past the year 9999.</summary>
    public DateTimeOffset? CreatedAt =>
        Value.Version == 7 && Milliseconds is var milliseconds && milliseconds <= LastMillisecond ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;

    /// <summary>Gets whether the id carries a time that no calendar here has: one past the year 9999. No new thread gets such an id.</summary>
    public bool IsPastTime => Value.Version == 7 && Milliseconds > LastMillisecond;

    long Milliseconds
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            Value.TryWriteBytes(bytes, bigEndian: true, out _);
            return (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16);
        }
    }

    /// <summary>Gives the lower-case 36-character form.</summary>
    public override string ToString() => Value.ToString("D");
}
