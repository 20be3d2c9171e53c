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

    /// <summary>It is over.</summary>
    Over,
}
