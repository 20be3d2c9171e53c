using static Spool.Remote.RemoteWriterEvent;
using static Spool.Remote.RemoteWriterState;

namespace Spool.Remote;

/// <summary>How a writer stands towards its caller. Where it stands towards the server is the <see cref="WriterPhase"/> of its
/// machine.</summary>
enum RemoteWriterState
{
    /// <summary>It may be used, until a shut-down succeeded.</summary>
    Open,

    /// <summary>It is being discarded, which nothing can stop.</summary>
    Discarding,

    /// <summary>It was shut down or discarded.</summary>
    Ended,

    /// <summary>It was disposed: every call is misuse.</summary>
    Disposed,
}

/// <summary>What happens to a writer.</summary>
enum RemoteWriterEvent
{
    /// <summary>Its caller began to discard it, or disposes of it after a shut-down that failed.</summary>
    Discard,

    /// <summary>A call that ends the writer is done. There may be several at once.</summary>
    Done,

    /// <summary>Its disposal is about to return.</summary>
    Dispose,
}

/// <summary>The ways of a writer from one state to another.</summary>
static class RemoteWriterStates
{
    /// <summary>The table.</summary>
    public static readonly StateTable<RemoteWriterState, RemoteWriterEvent> Table = new(
        (Open, Discard, Discarding),
        (Open, Done, Ended),
        (Discarding, Done, Ended),
        (Ended, Done, Ended),
        (Ended, Dispose, Disposed),
        (Disposed, Done, Disposed)
    );
}
