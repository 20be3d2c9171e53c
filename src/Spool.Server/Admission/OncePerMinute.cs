namespace Spool.Server;

/// <summary>Lets something be said once a minute, however often it happens. It may be used by many at a time.</summary>
sealed class OncePerMinute(TimeProvider time)
{
    static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    readonly Lock _lock = new();
    long? _said;

    /// <summary>Says whether it is to be said now.</summary>
    public bool Try()
    {
        lock (_lock)
        {
            if (_said is { } last && time.GetElapsedTime(last) < Quiet)
                return false;
            _said = time.GetTimestamp();
            return true;
        }
    }
}
