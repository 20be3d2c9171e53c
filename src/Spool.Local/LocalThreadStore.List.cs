namespace Spool;

public sealed partial class LocalThreadStore
{
    /// <inheritdoc/>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>: it is not in what can be read, and a folder
    /// in which it may be cannot be read.</exception>
    public async ValueTask<StoredThread?> FindAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return await _index
                .QueryThreadAsync(threadId, connection => new ThreadListing(connection).Find(threadId), cancellationToken)
                .ConfigureAwait(false)
            ?? (_index.MayHideThreads ? throw _index.Missing(threadId) : null);
    }

    /// <inheritdoc/>
    public async ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        DefinedValues.Check(query);
        CheckUsable(cancellationToken);
        var normal = NormalQuery.Of(query);
        var (rows, unreadable) = await _index
            .QueryAsync(GoalOf(normal), connection => connection.Read(() => Look(new ThreadListing(connection))), cancellationToken)
            .ConfigureAwait(false);
        var places = _index.AllProblems;
        // Of a folder that cannot be read it is enough to name the folder.
        IReadOnlyList<StoreProblem> problems =
        [
            .. places,
            .. unreadable.Where(rollout => !places.Any(place => rollout.Place.StartsWith(place.Place + "/", StringComparison.Ordinal))),
        ];
        return normal.ToPage(rows, problems);

        (List<StoredThread>, IReadOnlyList<StoreProblem>) Look(ThreadListing listing) => (listing.List(normal), listing.Unreadable(normal));
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyDictionary<ThreadId, string>> LocateAsync(
        IReadOnlyCollection<ThreadId> threads,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(threads);
        ThrowIfDisposed();
        // Who asks has just seen the threads, so the index has them; it is worth a look at the disk only if not.
        var paths = await _index.LookUpAsync(PathsOf, cancellationToken).ConfigureAwait(false);
        return paths.Count == threads.Distinct().Count()
            ? paths
            : await _index.QueryAsync(CatchUpGoal.All, PathsOf, cancellationToken).ConfigureAwait(false);

        Dictionary<ThreadId, string> PathsOf(IndexConnection connection) =>
            threads
                .Distinct()
                .Select(threadId => (ThreadId: threadId, Path: PathOf(connection, threadId)))
                .Where(found => found.Path is not null)
                .ToDictionary(found => found.ThreadId, found => _layout.Absolute(found.Path!));
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SpareRollout>> FindSparesAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return await _index
            .LookUpAsync(connection => connection.Read(() => new ThreadListing(connection).SparesOf(threadId)), cancellationToken)
            .ConfigureAwait(false);
    }

    static string? PathOf(IndexConnection connection, ThreadId threadId) =>
        (string?)connection.Scalar("SELECT path FROM rollouts WHERE thread_id = $1", RolloutTable.Blob(threadId));

    // The first pages of the default list can be shown as soon as nothing that is still unread can belong on them.
    static CatchUpGoal GoalOf(NormalQuery query)
    {
        var isNewestFirst = query is { Sort: ThreadSort.Created, Direction: SortDirection.Descending, HasFilters: false };
        return isNewestFirst ? new CatchUpGoal(null, IsEnough) : CatchUpGoal.All;

        bool IsEnough(IndexConnection connection, PendingRollouts pending) =>
            new ThreadListing(connection).List(query) is var rows
            && rows.Count > query.Limit
            && rows[^1].CreatedAt.ToUnixTimeMilliseconds() > pending.LatestCreationLeftMs;
    }
}
