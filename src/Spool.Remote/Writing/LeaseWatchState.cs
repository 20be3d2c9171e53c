using static Spool.Remote.LeaseWatchEvent;
using static Spool.Remote.LeaseWatchState;

namespace Spool.Remote;

/// <summary>Whether the leases of a store are being kept.</summary>
enum LeaseWatchState
{
    /// <summary>There are none.</summary>
    Idle,

    /// <summary>They are kept, on one stream after the other.</summary>
    Watching,

    /// <summary>The store was disposed, and none is kept any more.</summary>
    Over,
}

/// <summary>What happens to the leases of a store.</summary>
enum LeaseWatchEvent
{
    /// <summary>There is a first one.</summary>
    Began,

    /// <summary>There are none any more.</summary>
    Emptied,

    /// <summary>The store was disposed.</summary>
    Closed,
}

/// <summary>The ways of a watch from one state to another.</summary>
static class LeaseWatchStates
{
    /// <summary>The table.</summary>
    public static readonly StateTable<LeaseWatchState, LeaseWatchEvent> Table = new(
        (Idle, Began, Watching),
        (Watching, Emptied, Idle),
        (Watching, Closed, Over)
    );
}
