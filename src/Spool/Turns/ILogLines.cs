namespace Spool.Storage;

/// <summary>Reads lines of a log that a <see cref="TurnTracker"/> has been shown before.</summary>
public interface ILogLines
{
    /// <summary>Reads a part of the log once more.</summary>
    /// <param name="start">Where the part begins, in bytes: the beginning of a line.</param>
    /// <param name="until">Where it ends: the end of a line that the tracker has been shown.</param>
    /// <returns>The lines, in order; each need not stay valid when the next one is asked for. Their ordinals do not matter.</returns>
    IEnumerable<RolloutItem> Read(long start, long until);
}

/// <summary>The lines of a log of which none is of interest.</summary>
sealed class NoLines : ILogLines
{
    public static readonly NoLines Instance = new();

    public IEnumerable<RolloutItem> Read(long start, long until) => [];
}
