using static Spool.LocalWriterEvent;
using static Spool.LocalWriterState;

namespace Spool;

/// <summary>How a writer stands, and with it the right to write. Whether its log takes more is the <see cref="RecorderState"/> of its
/// recorder.</summary>
enum LocalWriterState
{
    /// <summary>It may be used.</summary>
    Open,

    /// <summary>Pending items are being stored, for the last time unless that fails.</summary>
    ShuttingDown,

    /// <summary>It is being ended without storing pending items.</summary>
    Discarding,

    /// <summary>The right to write was given back.</summary>
    GivenBack,

    /// <summary>It was disposed: every call is misuse.</summary>
    Disposed,
}

/// <summary>What happens to a writer.</summary>
enum LocalWriterEvent
{
    /// <summary>Its caller began to shut it down, or to dispose of it.</summary>
    ShutDown,

    /// <summary>Something could not be stored, so that it was not shut down.</summary>
    Refused,

    /// <summary>Its caller began to discard it, or disposes of it after a shut-down that failed.</summary>
    Discard,

    /// <summary>The lock of the thread was released.</summary>
    Released,

    /// <summary>Its disposal is about to return.</summary>
    Dispose,
}

/// <summary>The ways of a writer from one state to another.</summary>
static class LocalWriterStates
{
    /// <summary>The table.</summary>
    public static readonly StateTable<LocalWriterState, LocalWriterEvent> Table = new(
        (Open, ShutDown, ShuttingDown),
        (Open, Discard, Discarding),
        (ShuttingDown, Refused, Open),
        (ShuttingDown, Released, GivenBack),
        (Discarding, Released, GivenBack),
        (GivenBack, Dispose, Disposed)
    );
}
