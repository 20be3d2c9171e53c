namespace Spool.Remote.Tests;

/// <summary>Virtual time: what is to happen, in the order of its time, and of its planning where the time is the same.</summary>
sealed class SimClock
{
    readonly PriorityQueue<Action, (TimeSpan At, long Order)> _planned = new();
    long _order;

    public TimeSpan Now { get; private set; }

    /// <summary>Gets or sets what is told what happens, or null.</summary>
    public Action<string>? Trace { get; set; }

    public void In(TimeSpan delay, Action action) => At(Now + delay, action);

    public void At(TimeSpan time, Action action) => _planned.Enqueue(action, (time < Now ? Now : time, _order++));

    /// <summary>Does what comes next.</summary>
    /// <returns>False when nothing is planned.</returns>
    public bool Step()
    {
        if (!_planned.TryDequeue(out var action, out var when))
            return false;
        Now = when.At;
        action();
        return true;
    }
}
