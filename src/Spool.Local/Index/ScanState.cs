namespace Spool;

/// <summary>What one scan over a rollout learned, and what the next scan needs to go on from there.</summary>
sealed record ScanState
{
    /// <summary>Gets what the items say.</summary>
    public required ThreadFacts Facts { get; init; }

    /// <summary>Gets up to where the rollout has been read: the end of a whole line.</summary>
    public long Length { get; init; }

    /// <summary>Gets what the lines up to there amount to.</summary>
    public required LogTotals Totals { get; init; }

    /// <summary>Gets the hash of what has been read, as <see cref="HashedLog"/> makes it; 0 for what is no plain log.</summary>
    public ulong Hash { get; init; }

    /// <summary>Gets the preview that comes from the rollouts before this one in its lineage.</summary>
    public string? InheritedPreview { get; init; }
}
