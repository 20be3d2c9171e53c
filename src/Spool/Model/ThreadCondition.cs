namespace Spool;

/// <summary>Whether a stored thread is whole, and if not, what is wrong with it.</summary>
public enum ThreadCondition
{
    /// <summary>Everything could be read.</summary>
    Ok,

    /// <summary>The last line is incomplete, as after a crash; everything before it is whole.</summary>
    Torn,

    /// <summary>Some lines are not exactly one record; the others are served, and the whole records in these too.</summary>
    Damaged,

    /// <summary>Nothing could be read: the file is empty, not a rollout at all, or not accessible.</summary>
    Unreadable,

    /// <summary>The log names a history mode that this version does not know; items are served, turns are not.</summary>
    UnknownFormat,

    /// <summary>The history continues another rollout that is missing, too short or in a circle; the thread's own items are
    /// served.</summary>
    BrokenLineage,

    /// <summary>The rollout carries the id of a thread that another rollout already provides; it is listed under an id of its
    /// own.</summary>
    Duplicate,

    /// <summary>A later rollout of the same thread took this one's place without referring to it; it is listed under an id of its
    /// own.</summary>
    Superseded,
}
