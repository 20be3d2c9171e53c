namespace Spool;

/// <summary>How far the index has to be brought for what is asked of it.</summary>
/// <param name="First">The thread whose rollouts are read first, or null.</param>
/// <param name="IsEnough">Whether what is there suffices already; asked after every batch. Null: everything is wanted.</param>
sealed record CatchUpGoal(ThreadId? First, Func<IndexConnection, PendingRollouts, bool>? IsEnough)
{
    /// <summary>Everything.</summary>
    public static CatchUpGoal All { get; } = new(null, null);
}

/// <summary>How far the index was brought.</summary>
/// <param name="Rollouts">Rollouts on disk.</param>
/// <param name="Pending">Rollouts that still have to be read.</param>
/// <param name="Problems">Where nothing could be read, so that threads may be missing.</param>
sealed record CatchUpOutcome(long Rollouts, long Pending, IReadOnlyList<StoreProblem> Problems)
{
    /// <summary>Gets what else could not be read: files beside the rollouts, without which facts of threads may be missing.</summary>
    public IReadOnlyList<StoreProblem> OverlayProblems { get; init; } = [];
}
