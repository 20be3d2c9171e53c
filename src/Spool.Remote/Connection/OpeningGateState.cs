using static Spool.Remote.OpeningGateEvent;
using static Spool.Remote.OpeningGateState;

namespace Spool.Remote;

/// <summary>How many writers of a store may be opened again.</summary>
enum OpeningGateState
{
    /// <summary>Some at a time: the server answers.</summary>
    Wide,

    /// <summary>None for a while: it did not answer.</summary>
    Pausing,

    /// <summary>None for the rest of a pause in which it answered after all.</summary>
    PausingAnswered,

    /// <summary>One, to see if it answers again.</summary>
    Narrow,
}

/// <summary>What happens to the opening of writers.</summary>
enum OpeningGateEvent
{
    /// <summary>The server answered an opening, whatever it was.</summary>
    Answered,

    /// <summary>It did not, and there is no pause already.</summary>
    Unanswered,

    /// <summary>The pause is over.</summary>
    Rested,
}

/// <summary>The ways of an opening gate from one state to another.</summary>
static class OpeningGateStates
{
    /// <summary>The table.</summary>
    public static readonly StateTable<OpeningGateState, OpeningGateEvent> Table = new(
        (Wide, Answered, Wide),
        (Wide, Unanswered, Pausing),
        (Pausing, Answered, PausingAnswered),
        (Pausing, Rested, Narrow),
        (PausingAnswered, Answered, PausingAnswered),
        (PausingAnswered, Rested, Wide),
        (Narrow, Answered, Wide),
        (Narrow, Unanswered, Pausing)
    );
}
