namespace Spool.Cli;

/// <summary>How much of what may be long is shown.</summary>
enum ShownDetail
{
    /// <summary>The end of an output, the beginning of everything else, and of context only its size.</summary>
    Folded,

    /// <summary>All of it.</summary>
    Full,
}
