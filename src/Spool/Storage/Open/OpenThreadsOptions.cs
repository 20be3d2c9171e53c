namespace Spool.Storage;

/// <summary>How many threads a registry keeps open, and how it closes them.</summary>
public sealed record OpenThreadsOptions
{
    /// <summary>Gets the clock. Only its timestamps and timers are used, so that setting the time of day changes nothing.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Gets how many places there are: the most threads that are open at a time. At least 1.</summary>
    /// <value>The default value is 10,000. Each costs what a writer of the store costs: of a home two open files and some
    /// kilobytes.</value>
    public int MaxOpen { get; init; } = 10_000;

    /// <summary>Gets room beside the places that a thread takes, or null for none.</summary>
    public IOpenThreadRoom? Room { get; init; }

    /// <summary>Gets how often to look for unused threads. At least 10 milliseconds.</summary>
    /// <value>The default value is one second, so that an idle thread is closed at most a second after its time. A look costs a few tens of
    /// nanoseconds for each open thread.</value>
    public TimeSpan SweepPeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets how long an opening waits for a place, where its kind waits. More than zero.</summary>
    /// <value>The default value is 5 seconds. A call that waits holds the gate of its thread meanwhile.</value>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets how many openings may wait for a place without a thread being closed for them; more are refused at once. At least
    /// 0.</summary>
    /// <value>The default value is 64.</value>
    public int MaxWaiting { get; init; } = 64;

    /// <summary>Gets how many threads are closed at a time, when many are idle or all are closed. At least 1.</summary>
    /// <value>The default value is 64. A home gives locks back together, and each writer waits for its own disk.</value>
    public int ClosedAtOnce { get; init; } = 64;

    /// <summary>Gets what is called with a thread that was closed because it was idle for the time of its kind, or null.</summary>
    public Action<ThreadId>? Expired { get; init; }

    /// <summary>Gets what is called with a thread that is not waited for and could not be closed, or null. It stays open and is tried
    /// again; when all are closed it is given up.</summary>
    public Action<ThreadId, Exception>? CloseFailed { get; init; }

    /// <summary>Refuses values out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; the exception names it.</exception>
    internal void Check()
    {
        OptionRange.Check(Time is not null, nameof(Time), Time, "be given");
        OptionRange.AtLeast(MaxOpen, 1, nameof(MaxOpen));
        OptionRange.Time(SweepPeriod, TimeSpan.FromMilliseconds(10), nameof(SweepPeriod));
        OptionRange.Check(Patience > TimeSpan.Zero, nameof(Patience), Patience, "be longer than 0");
        OptionRange.AtLeast(MaxWaiting, 0, nameof(MaxWaiting));
        OptionRange.AtLeast(ClosedAtOnce, 1, nameof(ClosedAtOnce));
    }
}
