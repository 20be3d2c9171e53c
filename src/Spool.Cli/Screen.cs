namespace Spool.Cli;

/// <summary>What one of the program's outputs can show.</summary>
/// <param name="Kind">What is at the other end.</param>
/// <param name="Width">The width in cells. It counts only on a terminal.</param>
/// <param name="Colour">Whether to colour.</param>
sealed record Screen(ScreenKind Kind, int Width, ColourUse Colour)
{
    /// <summary>A file or a pipe.</summary>
    public static Screen Piped { get; } = new(ScreenKind.Piped, int.MaxValue, ColourUse.None);

    /// <summary>Gets whether a person looks at it.</summary>
    public bool IsTerminal => Kind != ScreenKind.Piped;
}

/// <summary>What is at the other end of an output.</summary>
enum ScreenKind
{
    /// <summary>A file or another program.</summary>
    Piped,

    /// <summary>A terminal that understands no control sequences.</summary>
    Dumb,

    /// <summary>A terminal whose lines can be rewritten.</summary>
    Terminal,
}

/// <summary>Whether an output is coloured.</summary>
enum ColourUse
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>With the terminal's own sixteen colours.</summary>
    Basic,
}
