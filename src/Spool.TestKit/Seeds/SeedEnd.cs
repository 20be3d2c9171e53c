namespace Spool.TestKit;

/// <summary>How the log of a seeded thread ends.</summary>
public enum SeedEnd
{
    /// <summary>With a line end after the last line.</summary>
    LineEnd,

    /// <summary>Without one: the last line was being written when its writer died.</summary>
    Torn,
}
