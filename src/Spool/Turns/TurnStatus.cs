namespace Spool;

/// <summary>How a turn ended.</summary>
public enum TurnStatus
{
    /// <summary>It ran to its end.</summary>
    Completed,

    /// <summary>It was interrupted, or the log ends in it.</summary>
    Interrupted,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>It is running. Only a live session reports it; a store reports such a turn as interrupted.</summary>
    InProgress,
}
