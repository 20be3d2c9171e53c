using static Spool.Server.LeaseEvent;
using static Spool.Server.LeaseState;

namespace Spool.Server;

/// <summary>How a lease stands.</summary>
enum LeaseState
{
    /// <summary>Its client may use the writer.</summary>
    Held,

    /// <summary>The outcome of a write is unknown: the writer can only be discarded.</summary>
    HeldInDoubt,

    /// <summary>It was given up: no call begins to use the writer any more, which is shut down and stores its pending items.</summary>
    GivenUp,

    /// <summary>It was given up, and the outcome of a write is unknown: the writer is discarded.</summary>
    GivenUpInDoubt,
}

/// <summary>What happens to a lease.</summary>
enum LeaseEvent
{
    /// <summary>A write failed in such a way that it is not known what is stored. It may have been begun before the lease was given
    /// up.</summary>
    Doubted,

    /// <summary>Its client gave it back, another took its place, it was not used for long enough, or the server stops.</summary>
    Closed,
}

/// <summary>The ways of a lease from one state to another.</summary>
static class LeaseStates
{
    /// <summary>The table.</summary>
    public static readonly StateTable<LeaseState, LeaseEvent> Table = new(
        (Held, Doubted, HeldInDoubt),
        (Held, Closed, GivenUp),
        (HeldInDoubt, Doubted, HeldInDoubt),
        (HeldInDoubt, Closed, GivenUpInDoubt),
        (GivenUp, Doubted, GivenUpInDoubt),
        (GivenUp, Closed, GivenUp),
        (GivenUpInDoubt, Doubted, GivenUpInDoubt),
        (GivenUpInDoubt, Closed, GivenUpInDoubt)
    );
}
