namespace Spool;

/// <summary>Who needs the rollouts of a thread: those that continue them, and those of which it is not known what they continue, because
/// they cannot be read as far as they say so.</summary>
/// <param name="ThreadId">The thread.</param>
/// <param name="Claimed">The thread that its log says: another id where the thread has one of its path.</param>
/// <param name="Forks">The threads whose histories continue it.</param>
/// <param name="Unknown">A rollout of which it is not known what it continues, and which may continue the thread, if there is one.</param>
/// <param name="MayBeContinued">Whether the thread is such that another one can continue it: what continues a legacy thread has a copy of
/// it.</param>
sealed record ThreadReferences(ThreadId ThreadId, ThreadId Claimed, IReadOnlyList<ThreadId> Forks, RolloutRow? Unknown, bool MayBeContinued)
{
    /// <summary>Looks for them in an index that is up to date.</summary>
    public static ThreadReferences Find(IndexConnection connection, ThreadFiles files)
    {
        var table = new RolloutTable(connection);
        var own = files.Everything.Select(row => row.Key).ToHashSet();
        var only = files.Everything.Where(row => !StaysAsCopy(table, row, own)).ToList();
        var mayBeContinued = only.Any(MayHaveContinuation);
        var unknown = mayBeContinued
            ? table.WithUnknownBase().FirstOrDefault(row => !own.Contains(row.Key) && !BeganBefore(row, only))
            : null;
        return new ThreadReferences(files.Thread.Id, files.Current.ClaimedThread, ForksOf(table, only, own), unknown, mayBeContinued);
    }

    /// <summary>Refuses to delete a thread that is needed, or of which it cannot be said that it is not.</summary>
    /// <param name="problems">The places of the home that cannot be read.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Referenced"/>: another thread continues it;
    /// <see cref="ThreadStoreErrorCode.Unavailable"/>: one that cannot be read may.</exception>
    public void RequireNone(IReadOnlyList<StoreProblem> problems)
    {
        if (Forks.Count > 0)
            throw ThreadStoreException.Referenced(ThreadId, Forks);
        if (!MayBeContinued)
            return;
        if (Unknown is { } row)
        {
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unavailable,
                row.State == ThreadCondition.Unreadable
                    ? $"Thread {ThreadId} is kept: {row.Path} cannot be read, and what is there may continue its history. Make it readable, delete that thread first, or move it out of the home, and try again."
                    : $"Thread {ThreadId} is kept: the beginning of {row.Path}, which says what its history continues, cannot be read, and it may continue this one. Mend it, delete that thread first, or move it out of the home, and try again."
            );
        }
        if (problems.Select(problem => problem.Place).FirstOrDefault(place => ProblemPlaces.MayContinue(place, Claimed)) is { } place)
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unavailable,
                $"Thread {ThreadId} is kept: {place} cannot be read, and what is there may continue its history. Make it readable, or move it out of the home, and try again."
            );
    }

    // A copy that stays can be continued instead.
    static bool StaysAsCopy(RolloutTable table, RolloutRow row, HashSet<long> own) =>
        table
            .WithRollout(row.Rollout)
            .Any(copy => !own.Contains(copy.Key) && copy.State != ThreadCondition.Unreadable && copy.Scan.Length >= row.Scan.Length);

    // A link to nowhere, a folder or a pipe in the place of a rollout holds nothing that a thread could continue; a rollout whose id is
    // made of its path has none that a thread could name.
    static bool MayHaveContinuation(RolloutRow row) =>
        !row.Stamp.IsOfNoFile
        && row.Stamp.Size != 0
        && !row.IsOldForm
        && row.Scan.Facts.HistoryMode != HistoryModes.Legacy
        && !ThreadIds.IsOfPath(row.Rollout);

    // What continues a rollout began after it; so did the thread of what continues it, whatever the day on which that was taken back.
    static bool BeganBefore(RolloutRow row, IEnumerable<RolloutRow> continued)
    {
        var latest = row.ClaimedThread.CreatedAt?.ToUnixTimeMilliseconds() ?? new ScannedRollout(row.Path, row.Stamp).LatestCreationMs;
        return continued.Where(MayHaveContinuation).All(one => latest < one.ClaimedThread.CreatedAt?.ToUnixTimeMilliseconds());
    }

    static List<ThreadId> ForksOf(RolloutTable table, IEnumerable<RolloutRow> rows, HashSet<long> own) =>
        [
            .. rows.SelectMany(row => table.Continuing(row.Rollout))
                .Where(other => !own.Contains(other.Key))
                .Select(other => other.ClaimedThread)
                .Distinct(),
        ];
}
