namespace Spool;

/// <summary>Who needs the rollouts of a thread: those that continue them, and those of which nobody knows because they cannot be read.</summary>
/// <param name="Thread">The thread.</param>
/// <param name="Continuing">A thread whose history continues it, if there is one.</param>
/// <param name="Unreadable">Rollouts that cannot be opened and may continue it, as paths in the home.</param>
/// <param name="MayBeContinued">Whether the thread is such that another one can continue it: what continues a legacy thread has a copy of it.</param>
sealed record ThreadReferences(ThreadId Thread, ThreadId? Continuing, IReadOnlyList<string> Unreadable, bool MayBeContinued)
{
    /// <summary>Looks for them in an index that is up to date.</summary>
    public static ThreadReferences Find(IndexConnection connection, ThreadFiles files)
    {
        var table = new RolloutTable(connection);
        var thread = files.Thread.Id;
        var own = files.Everything.Select(row => row.Key).ToHashSet();
        // A link to nowhere, a folder or a pipe in the place of its rollout has no stamp, and holds nothing that anybody could continue.
        var mayBeContinued = files.HasOwnId && files.Everything.Any(row => !row.Stamp.IsNone && row.Scan.Facts.HistoryMode != HistoryModes.Legacy);
        // What continues a thread began after it.
        var unreadable = mayBeContinued
            ? table.Unopened().Where(row => !own.Contains(row.Key) && !(row.ClaimedThread.CreatedAt < thread.CreatedAt)).Select(row => row.Path).ToList()
            : [];
        return new ThreadReferences(thread, ContinuingOf(table, files, own), unreadable, mayBeContinued);
    }

    /// <summary>Refuses to delete a thread that is needed, or of which nobody can say that it is not.</summary>
    /// <param name="layout">The home.</param>
    /// <param name="problems">The places of the home that cannot be read.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Conflict"/>: another thread continues it; <see cref="ThreadStoreErrorCode.Unavailable"/>: one that cannot be read may.</exception>
    public void RequireNone(HomeLayout layout, IReadOnlyList<StoreProblem> problems)
    {
        if (Continuing is { } fork)
            throw new ThreadStoreException(ThreadStoreErrorCode.Conflict, $"The history of thread {fork} continues thread {Thread}, which is kept for it; delete {fork} first.");
        if (!MayBeContinued)
            return;
        // A folder or a pipe in the place of a rollout is none; a link to nowhere may lead to one again.
        var place = Unreadable.FirstOrDefault(path => ForeignNames.IsEscaped(path) || FileStat.KindOf(layout.Absolute(path)) is PlaceKind.File or PlaceKind.DanglingLink or PlaceKind.Unknown)
            ?? problems.Select(problem => problem.Place).FirstOrDefault(place => ProblemPlaces.MayContinue(place, Thread));
        if (place is not null)
            throw new ThreadStoreException(ThreadStoreErrorCode.Unavailable, $"Thread {Thread} is kept: {place} cannot be read, and what is there may continue its history. Make it readable, or move it out of the home, and try again.");
    }

    static ThreadId? ContinuingOf(RolloutTable table, ThreadFiles files, HashSet<long> own)
    {
        foreach (var row in files.Everything)
        {
            // A copy that stays can be continued instead.
            if (table.WithRollout(row.Rollout).Any(copy => !own.Contains(copy.Key) && copy.Scan.Length >= row.Scan.Length))
                continue;
            if (table.Continuing(row.Rollout).FirstOrDefault(other => !own.Contains(other.Key)) is { } reference)
                return reference.ClaimedThread;
        }
        return null;
    }
}
