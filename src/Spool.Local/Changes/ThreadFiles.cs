namespace Spool;

/// <summary>The rollouts of a thread.</summary>
/// <param name="Thread">The thread as it is listed.</param>
/// <param name="Current">The rollout it is listed by.</param>
/// <param name="Others">The other rollouts of the same thread, in any order: those that it continues after it was taken back, those that
/// were superseded, and compressed copies.</param>
/// <param name="Copies">Rollouts that say they are this thread and have the name of another one, or none.</param>
/// <param name="Lineage">The rollouts that make up its history, of other threads too.</param>
sealed record ThreadFiles(
    StoredThread Thread,
    RolloutRow Current,
    IReadOnlyList<RolloutRow> Others,
    IReadOnlyList<RolloutRow> Copies,
    Lineage Lineage
)
{
    /// <summary>Gets whether the thread is listed under the id that its log says. Duplicates and superseded rollouts have an id made of
    /// their path.</summary>
    public bool HasOwnId => Thread.Id == Current.ClaimedThread;

    /// <summary>Gets every rollout of the thread. Those that are continued come before those that continue them, the current one is the
    /// last.</summary>
    public IReadOnlyList<RolloutRow> OldestFirst =>
        [.. Others.OrderBy(row => PlaceOf(row)).ThenBy(row => row.Path, StringComparer.Ordinal), Current];

    /// <summary>Gets every file that says it is this thread, whatever its name: copies, and then those of
    /// <see cref="OldestFirst"/>.</summary>
    public IReadOnlyList<RolloutRow> Everything => [.. Copies, .. OldestFirst];

    /// <summary>Finds the rollouts of a thread in the index.</summary>
    public static ThreadFiles? Find(IndexConnection connection, ThreadId threadId) =>
        connection.Read(() =>
        {
            var table = new RolloutTable(connection);
            if (table.FindThread(threadId) is not { } current || new ThreadListing(connection).Find(threadId) is not { } listed)
                return null;
            var lineage = new LineageResolver(table.WithRollout).Resolve(current);
            var others =
                threadId == current.ClaimedThread
                    ? table.Claiming(threadId).Where(row => row.Key != current.Key).ToLookup(row => IsNamed(row) == IsNamed(current))
                    : null;
            return new ThreadFiles(listed, current, [.. others?[true] ?? []], [.. others?[false] ?? []], lineage);
        });

    /// <summary>Refuses a thread that is listed under an id of its path: only its file can be moved or deleted.</summary>
    public void RequireOwnId()
    {
        if (!HasOwnId)
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unsupported,
                $"Thread {Thread.Id} is a spare rollout of another thread; it can be read, exported and deleted, not changed."
            );
    }

    /// <summary>Refuses to move a thread whose id is made of its path: at another path it would be another thread.</summary>
    public void RequireIdForLife()
    {
        if (Thread.Id == CacheKey.IdOf(Current.Path))
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unsupported,
                $"The id of thread {Thread.Id} is made of the path of its file, because the file says no id of its own or another thread's; moved, it would have another one. It can be read, exported and deleted."
            );
    }

    int PlaceOf(RolloutRow row)
    {
        for (var i = 0; i < Lineage.Segments.Count; i++)
        {
            if (Lineage.Segments[i].Key == row.Key)
                return i;
        }
        return -1;
    }

    static bool IsNamed(RolloutRow row) => RolloutFileName.TryParse(row.Name, out var name) && name.ThreadId == row.ClaimedThread;
}
