namespace Spool;

/// <summary>The ability to look after the index that a store keeps beside its logs.</summary>
public interface IIndexMaintenance
{
    /// <summary>Says how far the index is.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The state after a look at the disk; nothing is indexed by it.</returns>
    ValueTask<IndexStatus> StatusAsync(CancellationToken cancellationToken = default);

    /// <summary>Sets the index aside and builds it anew from the logs.</summary>
    /// <param name="progress">Is told how it gets on, or null.</param>
    /// <param name="cancellationToken">Stops the work; what was done stays and the rest follows with later calls.</param>
    /// <returns>The state afterwards.</returns>
    ValueTask<IndexStatus> RebuildAsync(IProgress<IndexProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Brings the index up to date with the logs.</summary>
    /// <param name="progress">Is told how it gets on, or null.</param>
    /// <param name="budget">How long it may take before it stops with work left, or null for as long as needed.</param>
    /// <param name="cancellationToken">Stops the work; what was done stays.</param>
    /// <returns>The state afterwards.</returns>
    ValueTask<IndexStatus> CatchUpAsync(IProgress<IndexProgress>? progress = null, TimeSpan? budget = null, CancellationToken cancellationToken = default);
}

/// <summary>How indexing gets on.</summary>
/// <param name="Done">Rollouts indexed so far.</param>
/// <param name="Total">Rollouts to index in all.</param>
public readonly record struct IndexProgress(long Done, long Total);

/// <summary>How far an index is.</summary>
public sealed record IndexStatus
{
    /// <summary>Gets the path of the index.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the version of its format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>Gets its size in bytes.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Gets how many rollouts there are on disk.</summary>
    public required long Rollouts { get; init; }

    /// <summary>Gets how many of them are indexed as they are now.</summary>
    public required long Indexed { get; init; }

    /// <summary>Gets how many are new or have changed since they were indexed.</summary>
    public required long Pending { get; init; }

    /// <summary>Gets how many threads the index lists.</summary>
    public required long Threads { get; init; }

    /// <summary>Gets how many of them are not whole, plus the folders that could not be read.</summary>
    public required long Problems { get; init; }
}
