using System.Collections.Concurrent;

namespace Spool.Server;

/// <summary>Counts calls and bytes that are under way, against the limits.</summary>
/// <param name="limits">The limits.</param>
/// <param name="time">The clock.</param>
sealed class CallLimits(ServerLimits limits, TimeProvider time)
{
    readonly ConcurrentDictionary<string, CallRate> _rates = new(StringComparer.Ordinal);
    int _calls;
    long _bytes;

    /// <summary>Gets how many calls are under way.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Gets how many bytes of requests are under way.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Begins a call of a tenant, or says why it cannot begin.</summary>
    public string? TryBegin(string tenant)
    {
        if (Interlocked.Increment(ref _calls) > limits.MaxCalls)
        {
            Interlocked.Decrement(ref _calls);
            return "Too many calls are under way; try again later.";
        }
        if (limits.CallsPerSecond is { } rate && !_rates.GetOrAdd(tenant, static (_, arg) => new CallRate(arg.rate, arg.time), (rate, time)).TryTake())
        {
            Interlocked.Decrement(ref _calls);
            return "Too many calls in a short time; try again later.";
        }
        return null;
    }

    /// <summary>Ends a call that has begun.</summary>
    public void End() => Interlocked.Decrement(ref _calls);

    /// <summary>Counts bytes that were received, or says that they are too many.</summary>
    public bool TryAdd(long bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) <= limits.MaxInFlightBytes)
            return true;
        Interlocked.Add(ref _bytes, -bytes);
        return false;
    }

    /// <summary>Takes bytes off that are done with.</summary>
    public void Remove(long bytes) => Interlocked.Add(ref _bytes, -bytes);
}
