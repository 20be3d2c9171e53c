namespace Spool.Server;

/// <summary>Lets so many calls begin in a second, on average, and twice as many at once after a pause.</summary>
/// <param name="perSecond">How many.</param>
/// <param name="time">The clock.</param>
sealed class CallRate(int perSecond, TimeProvider time)
{
    readonly Lock _lock = new();
    double _left = 2.0 * perSecond;
    long _at = time.GetTimestamp();

    /// <summary>Takes one call off, or says that there is none left now.</summary>
    public bool TryTake()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            _left = Math.Min(2.0 * perSecond, _left + time.GetElapsedTime(_at, now).TotalSeconds * perSecond);
            _at = now;
            if (_left < 1)
                return false;
            _left--;
            return true;
        }
    }
}
