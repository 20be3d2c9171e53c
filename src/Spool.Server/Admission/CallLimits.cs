using System.Collections.Concurrent;

namespace Spool.Server;

/// <summary>What is under way, against the limits.</summary>
/// <param name="limits">The limits.</param>
/// <param name="hasTenants">Whether there are several tenants, so that one may not take everything.</param>
/// <param name="time">The clock.</param>
sealed class CallLimits(ServerLimits limits, bool hasTenants, TimeProvider time)
{
    const int MaxOtherStreams = 512; // of health and reflection: they hold next to nothing, and may last for ever
    const int MaxOtherStreamsOfOne = 128;

    readonly ConcurrentDictionary<string, CallRate> _rates = new(StringComparer.Ordinal);
    readonly Budget _calls = Budget.Shared(limits.MaxCalls, hasTenants, time);

    // what is left is for calls that come to an end
    readonly Budget _lasting = Budget.Shared(limits.MaxCalls - limits.MaxCalls / 8, hasTenants, time);
    readonly Budget _otherStreams = new(MaxOtherStreams, MaxOtherStreamsOfOne, time);

    /// <summary>Gets how many calls are under way.</summary>
    public int Calls => (int)_calls.Taken;

    /// <summary>Gets the memory of requests.</summary>
    public Requests Requests { get; } = new(Budget.Shared(limits.MaxInFlightBytes, hasTenants, time), time);

    /// <summary>Gets the memory of answers.</summary>
    public Answers Answers { get; } = new(limits, hasTenants, time);

    /// <summary>Begins a call of a caller, or says why it cannot begin. A single question for the health of the server gets an
    /// answer.</summary>
    public string? TryBegin(Caller caller, ServedMethod method)
    {
        if (!TryCount(caller, method))
            return "Too many calls are under way; try again later.";
        if (
            method.Kind != MethodKind.Health
            && limits.CallsPerSecond is { } rate
            && !_rates.GetOrAdd(caller.Tenant, static (_, arg) => new CallRate(arg.rate, arg.time), (rate, time)).TryTake()
        )
        {
            End(caller, method);
            return "Too many calls in a short time; try again later.";
        }
        return null;
    }

    /// <summary>Ends a call that has begun.</summary>
    public void End(Caller caller, ServedMethod method)
    {
        CountOf(method)?.Give(caller.Tenant, 1);
        if (method.Lasts)
            _lasting.Give(caller.Tenant, 1);
    }

    bool TryCount(Caller caller, ServedMethod method)
    {
        if (method.Lasts && !_lasting.TryTake(caller.Tenant, 1))
            return false;
        if (CountOf(method)?.TryTake(caller.Tenant, 1) != false)
            return true;
        if (method.Lasts)
            _lasting.Give(caller.Tenant, 1);
        return false;
    }

    Budget? CountOf(ServedMethod method) =>
        method.Kind is not (MethodKind.Health or MethodKind.Reflection) ? _calls
        : method.IsStream ? _otherStreams
        : null;
}
