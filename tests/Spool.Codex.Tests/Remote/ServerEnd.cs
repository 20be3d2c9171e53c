namespace Spool.Codex.Tests;

/// <summary>How a server ends.</summary>
public enum ServerEnd
{
    /// <summary>It is asked to stop: SIGTERM.</summary>
    Stopped,

    /// <summary>Nobody asks it: SIGKILL.</summary>
    Killed,
}
