using static Spool.Storage.OpenEvent;
using static Spool.Storage.OpenState;

namespace Spool.Storage;

/// <summary>Whether a thread is open.</summary>
enum OpenState
{
    /// <summary>It is not open.</summary>
    Shut,

    /// <summary>It is to be opened, and waits for a place.</summary>
    Waiting,

    /// <summary>It has a place and is being opened.</summary>
    Opening,

    /// <summary>It is open.</summary>
    Open,

    /// <summary>It is being closed.</summary>
    Closing,
}

/// <summary>What happens to a thread of an <see cref="OpenThreads"/>.</summary>
enum OpenEvent
{
    /// <summary>A call at its gate wants to open it, and waits for a place.</summary>
    Queued,

    /// <summary>The wait for a place ended without one.</summary>
    TurnedAway,

    /// <summary>It got a place.</summary>
    Placed,

    /// <summary>The store opened it for its holder.</summary>
    Opened,

    /// <summary>The store did not open it.</summary>
    NotOpened,

    /// <summary>A call at its gate, or the registry, begins to close it.</summary>
    Ending,

    /// <summary>Its writer was given back, or is given up because everything is closed.</summary>
    Ended,

    /// <summary>Its writer could not be given back.</summary>
    NotEnded,
}

/// <summary>The ways of a thread from one state to another.</summary>
static class OpenStates
{
    /// <summary>The table.</summary>
    public static readonly StateTable<OpenState, OpenEvent> Table = new(
        (Shut, Queued, Waiting),
        (Shut, Placed, Opening),
        (Waiting, Placed, Opening),
        (Waiting, TurnedAway, Shut),
        (Opening, Opened, Open),
        (Opening, NotOpened, Shut),
        (Open, Ending, Closing),
        (Closing, Ended, Shut),
        (Closing, NotEnded, Open)
    );
}
