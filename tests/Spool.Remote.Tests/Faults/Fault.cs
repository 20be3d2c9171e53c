namespace Spool.Remote.Tests;

/// <summary>What happens to one connection.</summary>
/// <param name="Kind">What.</param>
/// <param name="After">Behind how many bytes, in the direction of <paramref name="OnTheWayBack"/>.</param>
/// <param name="OnTheWayBack">Whether bytes from the server are counted, or those from the client.</param>
readonly record struct Fault(FaultKind Kind, long After = 0, bool OnTheWayBack = false)
{
    public static Fault None => new(FaultKind.None);
}

enum FaultKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The connection is closed at once.</summary>
    Refuse,

    /// <summary>The connection is cut, wherever in a frame that is.</summary>
    Cut,

    /// <summary>Nothing passes any more in either direction, and nobody is told.</summary>
    Swallow,

    /// <summary>What comes behind the limit passes late.</summary>
    Delay,

    /// <summary>The client's side is cut, and what it sent behind the limit reaches the server late, after what it sends on its next
    /// connection.</summary>
    Overtake,
}
