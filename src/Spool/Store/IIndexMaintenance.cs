namespace Spool;

/// <summary>The ability to look after an index that is derived from the stored logs. Whatever happens to the index, the logs are
/// untouched.</summary>
/// <remarks>Members may be called concurrently; a rebuild and a catch-up of the same index follow one another.</remarks>
public interface IIndexMaintenance
{
    /// <summary>Gets how many rollouts the latest look at the disk left unindexed. Costs nothing.</summary>
    long PendingAtLastLook { get; }

    /// <summary>Says how far the index is.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <remarks>Looks at the names and sizes of the logs, and opens none.</remarks>
    ValueTask<IndexStatus> StatusAsync(CancellationToken cancellationToken = default);

    /// <summary>Finds the other rollouts that say they are a thread and are no part of it: duplicates and superseded ones.</summary>
    /// <param name="threadId">The thread, by the id that its log says.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Them, as far as they are indexed; none of a thread that is not there.</returns>
    /// <remarks>Asks the index alone: nothing is looked for on the disk.</remarks>
    ValueTask<IReadOnlyList<SpareRollout>> FindSparesAsync(ThreadId threadId, CancellationToken cancellationToken = default);

    /// <summary>Throws the index away and makes it again from the logs.</summary>
    /// <param name="progress">Gets how far it is, or null.</param>
    /// <param name="cancellationToken">Cancels the call; what was indexed until then stays, and a later catch-up does the rest.</param>
    /// <returns>The status afterwards.</returns>
    /// <remarks>Reads every log once.</remarks>
    ValueTask<IndexStatus> RebuildAsync(IProgress<IndexProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Indexes what is not indexed yet.</summary>
    /// <param name="progress">Gets how far it is, or null.</param>
    /// <param name="budget">The time after which to stop between two logs, or null to go on to the end.</param>
    /// <param name="cancellationToken">Cancels the call; what was indexed until then stays.</param>
    /// <returns>The status afterwards.</returns>
    ValueTask<IndexStatus> CatchUpAsync(
        IProgress<IndexProgress>? progress = null,
        TimeSpan? budget = null,
        CancellationToken cancellationToken = default
    );
}

/// <summary>A rollout that says it is a thread which another rollout provides.</summary>
/// <param name="Id">The id that it is listed under.</param>
/// <param name="IsNewer">Whether its last change came later than that of the thread.</param>
/// <param name="IsLonger">Whether it has more lines than the rollout that provides the thread.</param>
public readonly record struct SpareRollout(ThreadId Id, bool IsNewer, bool IsLonger);

/// <summary>How far a piece of work on the index is.</summary>
/// <param name="Done">The rollouts done.</param>
/// <param name="Total">The rollouts to do.</param>
public readonly record struct IndexProgress(long Done, long Total);

/// <summary>The state of an index.</summary>
public sealed record IndexStatus
{
    /// <summary>Gets the file that holds the index.</summary>
    public required string Path { get; init; }

    /// <summary>Gets why the index is in memory and not in that file, as a sentence; null when it is in the file.</summary>
    public string? InMemoryBecause { get; init; }

    /// <summary>Gets the version of the index's format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>Gets the size of the index in bytes.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Gets the number of rollouts that are stored.</summary>
    public required long Rollouts { get; init; }

    /// <summary>Gets the number of rollouts that are indexed to their end.</summary>
    public required long Indexed { get; init; }

    /// <summary>Gets the number of rollouts that are not, or not to their end.</summary>
    public required long Pending { get; init; }

    /// <summary>Gets the number of threads in the index.</summary>
    public required long Threads { get; init; }

    /// <summary>Gets the number of threads whose state is not <see cref="ThreadCondition.Ok"/>.</summary>
    public required long Problems { get; init; }
}
