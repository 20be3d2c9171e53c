namespace Spool.Storage;

/// <summary>What holders of one kind have in common. There is one value for each kind in a registry; values that are equal are the same
/// kind.</summary>
/// <param name="Name">What it is called, for people.</param>
public sealed record ThreadHolderKind(string Name)
{
    /// <summary>Gets how long an unused thread stays open.</summary>
    /// <value>The default value is 30 seconds. A longer time keeps other programs from writing the thread, a shorter one costs more
    /// opening.</value>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the most threads that holders of this kind may have open, of the places that there are.</summary>
    /// <value>The default value is no limit but that of all places. A lower one leaves places to other kinds.</value>
    public int MaxOpen { get; init; } = int.MaxValue;

    /// <summary>Gets whether a thread that is not in use at the moment is closed when another one needs its place. That is right for
    /// holders that open it again by themselves.</summary>
    /// <value>The default value is false: it is closed when it was idle for its time, and no sooner.</value>
    public bool MakesRoom { get; init; }

    /// <summary>Gets whether an opening that finds no place waits for one, for the time of
    /// <see cref="OpenThreadsOptions.Patience"/>.</summary>
    /// <value>The default value is false: it is refused at once, and waits only for a thread that can be closed for it.</value>
    public bool WaitsForPlace { get; init; }
}
