namespace Spool.Storage;

/// <summary>A clock that only goes forward, whatever becomes of the time of day.</summary>
/// <param name="time">What it counts by. Its timestamps are used and never its time of day.</param>
public sealed class MonotonicClock(TimeProvider time)
{
    readonly long _began = time.GetTimestamp();

    /// <summary>Gets the time since it was made.</summary>
    public TimeSpan Now => time.GetElapsedTime(_began);
}
