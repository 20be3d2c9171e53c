namespace Spool;

/// <summary>How a <c>LocalThreadStore</c> works.</summary>
public sealed record LocalThreadStoreOptions
{
    /// <summary>Gets the absolute path of the Codex home. Reading never writes to it.</summary>
    public required string Home { get; init; }

    /// <summary>Gets the absolute path of the folder that holds the indexes of homes. Everything in it can be rebuilt.</summary>
    public required string CacheDirectory { get; init; }

    /// <summary>Gets the clock.</summary>
    /// <value>The default value is the system's clock.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets how often the store looks at the disk for what other programs wrote.</summary>
    /// <value>The default value is null: before every call that lists or finds threads, which is right for a short-lived process and costs one look at every
    /// file a call. With a value, the first call looks at the disk and later ones answer from the index, which a background look keeps at most this much (and
    /// the time of the look) behind.</value>
    public TimeSpan? ReconcileInterval { get; init; }

    /// <summary>Gets the longest line that is given whole; of a longer one <see cref="RolloutItem.Bytes"/> holds only the beginning.</summary>
    /// <value>The default value is 64 MiB; the range is 1 KiB to 1 GiB. A larger value lets one line take more memory.</value>
    public int MaxLineBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Gets how many rollouts are indexed at a time.</summary>
    /// <value>The default value is 2; the range is 1 to 64. More is faster on an idle machine with more processors.</value>
    public int IndexingThreads { get; init; } = 2;

    /// <summary>Gets what is told how indexing gets on, or null.</summary>
    public IProgress<IndexProgress>? Progress { get; init; }
}
