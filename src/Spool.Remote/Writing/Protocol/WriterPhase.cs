using static Spool.Remote.WriterEvent;
using static Spool.Remote.WriterPhase;

namespace Spool.Remote;

/// <summary>Where a writer stands.</summary>
enum WriterPhase
{
    /// <summary>The lease is held, as far as is known, and appends are sent.</summary>
    Open,

    /// <summary>It waits a moment before it tries again.</summary>
    Waiting,

    /// <summary>It is being opened again.</summary>
    Opening,

    /// <summary>The lease is being given back.</summary>
    Releasing,

    /// <summary>It is over, and the lease was given back: giving it back once more changes nothing.</summary>
    GivenBack,

    /// <summary>It is over for another reason.</summary>
    Over,
}

/// <summary>What happens to a writer.</summary>
enum WriterEvent
{
    /// <summary>Something failed that may not fail another time: it is tried again after a pause.</summary>
    Troubled,

    /// <summary>The pause is over.</summary>
    Due,

    /// <summary>The server has opened it again, and the log is the one that it left.</summary>
    Opened,

    /// <summary>Everything before is answered, and its caller wants it to be given back.</summary>
    ReleaseBegan,

    /// <summary>The server did not take it back.</summary>
    ReleaseFailed,

    /// <summary>The server has taken it back, or it was seen that it did so before.</summary>
    Released,

    /// <summary>Nothing more is to be done: the right to write is lost, it is not known what is stored, or its caller or its store is
    /// gone.</summary>
    Closed,
}

/// <summary>The ways of a writer from one phase to another.</summary>
static class WriterPhases
{
    /// <summary>The table.</summary>
    public static readonly StateTable<WriterPhase, WriterEvent> Table = new(
        (Open, Troubled, Waiting),
        (Open, ReleaseBegan, Releasing),
        (Open, Released, GivenBack),
        (Open, Closed, Over),
        (Waiting, Due, Opening),
        (Waiting, Closed, Over),
        (Opening, Troubled, Waiting),
        (Opening, Opened, Open),
        (Opening, Released, GivenBack),
        (Opening, Closed, Over),
        (Releasing, ReleaseFailed, Open),
        (Releasing, Released, GivenBack),
        (Releasing, Closed, Over)
    );
}
