using static Spool.RecorderEvent;
using static Spool.RecorderState;

namespace Spool;

/// <summary>How a recorder stands: what it does with what is given to it, and whether it takes more.</summary>
enum RecorderState
{
    /// <summary>The rollout is not stored and was not asked for. Appended items are pending in memory.</summary>
    Deferred,

    /// <summary>One of the store's threads has it, or is about to, and stores the rollout.</summary>
    Creating,

    /// <summary>The rollout is stored, and nothing is to be written.</summary>
    Idle,

    /// <summary>The rollout is stored; one of the store's threads has it, or is about to, and writes.</summary>
    Writing,

    /// <summary>As <see cref="Creating"/>, and it takes nothing more. Where there are no items the rollout is not stored.</summary>
    CreatingLast,

    /// <summary>As <see cref="Writing"/>, and it takes nothing more.</summary>
    WritingLast,

    /// <summary>Nothing is left to be written, and it takes nothing more.</summary>
    Closed,

    /// <summary>A write ended it, and the store's thread is still there. Every call ends with the reason.</summary>
    Failing,

    /// <summary>A write ended it. Every call ends with the reason.</summary>
    Failed,

    /// <summary>Its writer ended it, and the store's thread is still there.</summary>
    Ending,

    /// <summary>Its writer ended it, and it is not in use any more.</summary>
    Ended,
}

/// <summary>What happens to a recorder.</summary>
enum RecorderEvent
{
    /// <summary>Something is to be written, or made safe.</summary>
    Asked,

    /// <summary>Its rollout was stored before.</summary>
    Found,

    /// <summary>The rollout was stored.</summary>
    Stored,

    /// <summary>A write failed; nothing of it was kept, and the calls that waited end with the error, a shut-down among them.</summary>
    Refused,

    /// <summary>A write failed in such a way that nothing can follow it.</summary>
    Broke,

    /// <summary>The store's thread found nothing more to do and leaves.</summary>
    Rested,

    /// <summary>The writer is shut down: what was given to it before is the last.</summary>
    Shut,

    /// <summary>The writer has ended.</summary>
    Dropped,
}

/// <summary>The ways of a recorder from one state to another.</summary>
static class RecorderStates
{
    /// <summary>The table.</summary>
    public static readonly StateTable<RecorderState, RecorderEvent> Table = new(
        (Deferred, Asked, Creating),
        (Deferred, Found, Idle),
        (Deferred, Shut, Closed),
        (Deferred, Dropped, Ended),
        (Creating, Stored, Writing),
        (Creating, Refused, Creating),
        (Creating, Broke, Failing),
        (Creating, Rested, Deferred),
        (Creating, Shut, CreatingLast),
        (Creating, Dropped, Ending),
        (Idle, Asked, Writing),
        (Idle, Shut, Closed),
        (Idle, Dropped, Ended),
        (Writing, Refused, Writing),
        (Writing, Broke, Failing),
        (Writing, Rested, Idle),
        (Writing, Shut, WritingLast),
        (Writing, Dropped, Ending),
        (CreatingLast, Stored, WritingLast),
        (CreatingLast, Refused, Creating),
        (CreatingLast, Broke, Failing),
        (CreatingLast, Rested, Closed),
        (CreatingLast, Dropped, Ending),
        (WritingLast, Refused, Writing),
        (WritingLast, Broke, Failing),
        (WritingLast, Rested, Closed),
        (WritingLast, Dropped, Ending),
        (Closed, Dropped, Ended),
        (Failing, Rested, Failed),
        (Failing, Dropped, Ending),
        (Failed, Dropped, Ended),
        (Ending, Stored, Ending),
        (Ending, Refused, Ending),
        (Ending, Broke, Ending),
        (Ending, Rested, Ended)
    );
}
