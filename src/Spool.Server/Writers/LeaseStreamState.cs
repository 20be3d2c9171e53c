using static Spool.Server.LeaseStreamEvent;
using static Spool.Server.LeaseStreamState;

namespace Spool.Server;

/// <summary>How the last stream of appends of a lease stands. A message that was begun and has not come to its end is under way.</summary>
enum LeaseStreamState
{
    /// <summary>There is none, or nothing more of it is taken.</summary>
    Over,

    /// <summary>Nothing is under way, and its next message may be begun.</summary>
    Ready,

    /// <summary>Messages of it are under way, and one with an ordinal may be begun behind them.</summary>
    Following,

    /// <summary>A question of it is under way, and everything waits for the answer.</summary>
    Asking,

    /// <summary>What an earlier stream began is under way, and everything waits for its end.</summary>
    Behind,
}

/// <summary>What happens to the streams of a lease.</summary>
enum LeaseStreamEvent
{
    /// <summary>A later stream began, and nothing is under way.</summary>
    Opened,

    /// <summary>A later stream began while something is under way.</summary>
    OpenedBehind,

    /// <summary>The writer was opened again, which ends the streams before it.</summary>
    Followed,

    /// <summary>A message of the stream was begun.</summary>
    Began,

    /// <summary>A message of the stream was begun that only asks if its items are in the log already: its ordinal is one that the log has
    /// passed.</summary>
    Asked,

    /// <summary>A message of the stream was refused.</summary>
    Refused,

    /// <summary>The last message that was under way came to its end.</summary>
    Settled,
}

/// <summary>The ways of a lease's streams from one state to another.</summary>
static class LeaseStreamStates
{
    /// <summary>The table.</summary>
    public static readonly StateTable<LeaseStreamState, LeaseStreamEvent> Table = new(
        (Over, Opened, Ready),
        (Over, OpenedBehind, Behind),
        (Over, Followed, Over),
        (Over, Refused, Over),
        (Over, Settled, Over),
        (Ready, Opened, Ready),
        (Ready, Followed, Over),
        (Ready, Began, Following),
        (Ready, Asked, Asking),
        (Following, OpenedBehind, Behind),
        (Following, Followed, Over),
        (Following, Began, Following),
        (Following, Asked, Asking),
        (Following, Refused, Over),
        (Following, Settled, Ready),
        (Asking, OpenedBehind, Behind),
        (Asking, Followed, Over),
        (Asking, Refused, Over),
        (Asking, Settled, Ready),
        (Behind, OpenedBehind, Behind),
        (Behind, Followed, Over),
        (Behind, Settled, Ready)
    );
}
