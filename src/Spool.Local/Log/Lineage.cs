namespace Spool;

/// <summary>A part of a rollout that belongs to a thread's history.</summary>
/// <param name="Key">The rollout's row.</param>
/// <param name="Path">The rollout.</param>
/// <param name="File">The file that the rest is said of.</param>
/// <param name="End">Where the part ends, or <see cref="long.MaxValue"/> for all of it.</param>
/// <param name="EndOrdinal">The ordinal at which the part ends, or <see cref="long.MaxValue"/>.</param>
/// <param name="Counted">Up to where ordinals can be counted back, or null where they have gaps or repeat.</param>
readonly record struct LogSegment(long Key, string Path, KnownFile File, long End, long EndOrdinal, CountedTo? Counted)
{
    /// <summary>Gets up to where it was read, as far as it belongs to the history.</summary>
    public long KnownEnd => Math.Min(End, File.Length);
}

/// <summary>The parts that make up a thread's history, oldest first.</summary>
/// <param name="Segments">The parts; the last one is the thread's own rollout.</param>
/// <param name="HistoryMode">How the thread's own rollout is recorded.</param>
/// <param name="Problem">Why older parts are missing, or null.</param>
sealed record Lineage(IReadOnlyList<LogSegment> Segments, string HistoryMode, string? Problem)
{
    /// <summary>Gets whether one of the older parts is there more than once, so that other parts may be chosen when any of them
    /// changes.</summary>
    public bool HasChoice { get; init; }
}
