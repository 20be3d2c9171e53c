namespace Spool;

/// <summary>What one pass over a rollout learned, and what the next pass needs to go on from there.</summary>
sealed record ScanState
{
    /// <summary>Gets what the items say.</summary>
    public required ThreadFacts Facts { get; init; }

    /// <summary>Gets up to where the rollout has been read: the end of a whole line.</summary>
    public long Length { get; init; }

    /// <summary>Gets how many items that is.</summary>
    public long Items { get; init; }

    /// <summary>Gets the ordinal that the next line has for readers if it carries none.</summary>
    public long NextOrdinal { get; init; }

    /// <summary>Gets the ordinal that the next item gets when it is appended. It differs from the other only behind damage.</summary>
    public long AppendOrdinal { get; init; }

    /// <summary>Gets the hash of the first and the last bytes of what has been read.</summary>
    public ulong EdgeHash { get; init; }

    /// <summary>Gets how many lines could not be read.</summary>
    public long BadLines { get; init; }

    /// <summary>Gets the number of the first of them, from 1.</summary>
    public long FirstBadLine { get; init; }

    /// <summary>Gets how many lines are above the size limit.</summary>
    public long CutLines { get; init; }

    /// <summary>Gets the first time of any item, in milliseconds since 1970.</summary>
    public long? FirstItemAtMs { get; init; }

    /// <summary>Gets the preview that comes from the rollouts before this one in its lineage.</summary>
    public string? InheritedPreview { get; init; }
}
