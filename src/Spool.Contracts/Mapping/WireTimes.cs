using Google.Protobuf.WellKnownTypes;

namespace Spool.Contracts;

/// <summary>Maps times from the wire.</summary>
static class WireTimes
{
    /// <summary>Maps a time that has to be there.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it is absent or out of range.</exception>
    public static DateTimeOffset ToStore(Timestamp? time)
    {
        try
        {
            return (time ?? throw Incomplete()).ToDateTimeOffset();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentOutOfRangeException)
        {
            throw ThreadStoreException.InvalidRequest("A time in the message is out of range.");
        }
    }

    /// <summary>Maps a time that may be absent.</summary>
    public static DateTimeOffset? ToStoreOrNull(Timestamp? time) => time is null ? null : ToStore(time);

    /// <summary>Makes the error of a message in which something is missing.</summary>
    public static ThreadStoreException Incomplete() => ThreadStoreException.InvalidRequest("The message is incomplete.");
}
