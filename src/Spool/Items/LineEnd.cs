namespace Spool.Storage;

/// <summary>Whether a line is there to its end.</summary>
public enum LineEnd
{
    /// <summary>The line is complete.</summary>
    Whole,

    /// <summary>Only the beginning of the line is there.</summary>
    Cut,
}
