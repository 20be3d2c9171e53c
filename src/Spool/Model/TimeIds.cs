using System.Buffers.Binary;

namespace Spool;

/// <summary>Makes ids that carry a time, whatever the clock says.</summary>
static class TimeIds
{
    /// <summary>Makes a UUID of version 7. It cannot carry a time before 1970; of an earlier one it carries 1970.</summary>
    /// <param name="time">The time.</param>
    public static Guid New(DateTimeOffset time) => Guid.CreateVersion7(time > DateTimeOffset.UnixEpoch ? time : DateTimeOffset.UnixEpoch);

    /// <summary>Gives the time that an id carries, in milliseconds since 1970, or null when it is no UUID of version 7.</summary>
    public static long? MillisecondsOf(string id)
    {
        Span<byte> bytes = stackalloc byte[16];
        return Guid.TryParseExact(id, "D", out var guid) && guid.Version == 7 && guid.TryWriteBytes(bytes, bigEndian: true, out _)
            ? BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16
            : null;
    }
}
