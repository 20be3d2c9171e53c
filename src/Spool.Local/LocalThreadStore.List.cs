namespace Spool;

public sealed partial class LocalThreadStore
{
    /// <inheritdoc/>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>: it is not in what can be read, and a folder
    /// in which it may be cannot be read.</exception>
    public ValueTask<StoredThread?> FindAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        _calls.ReadAsync(
            async token =>
                await _index
                    .QueryThreadAsync(threadId, connection => new ThreadListing(connection).Find(threadId), token)
                    .ConfigureAwait(false)
                ?? (_index.MayHideThreads ? throw _index.Missing(threadId) : null),
            cancellationToken
        );

    /// <inheritdoc/>
    public async ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        DefinedRequests.Check(query);
        return await _calls.ReadAsync(token => ListOnceAsync(query, token), cancellationToken).ConfigureAwait(false);
    }

    async ValueTask<Page<StoredThread>> ListOnceAsync(ThreadQuery query, CancellationToken cancellationToken)
    {
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
    public async ValueTask<IReadOnlyList<long>> CountAsync(
        IReadOnlyList<ThreadQuery> queries,
        CancellationToken cancellationToken = default
    )
    {
        DefinedRequests.Check(queries);
        return await _calls.ReadAsync(CountOnceAsync, cancellationToken).ConfigureAwait(false);

        ValueTask<IReadOnlyList<long>> CountOnceAsync(CancellationToken token)
        {
            var lists = NormalQuery.OfCounted(queries);
            return _index.QueryAsLookedAsync(connection => connection.Read(() => Count(new ThreadListing(connection))), token);

            IReadOnlyList<long> Count(ThreadListing listing) => [.. lists.Select(listing.Count)];
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyDictionary<ThreadId, string>> LocateAsync(
        IReadOnlyCollection<ThreadId> threads,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(threads);
        return await _calls.ReadAsync<IReadOnlyDictionary<ThreadId, string>>(LocateOnceAsync, cancellationToken).ConfigureAwait(false);

        // The caller has just seen the threads, so the index has them; a look at the disk is worth it only if not.
        async ValueTask<IReadOnlyDictionary<ThreadId, string>> LocateOnceAsync(CancellationToken token)
        {
            var paths = await _index.LookUpAsync(PathsOf, token).ConfigureAwait(false);
            return paths.Count == threads.Distinct().Count()
                ? paths
                : await _index.QueryAsync(CatchUpGoal.All, PathsOf, token).ConfigureAwait(false);
        }

        Dictionary<ThreadId, string> PathsOf(IndexConnection connection) =>
            threads
                .Distinct()
                .Select(threadId => (ThreadId: threadId, Path: PathOf(connection, threadId)))
                .Where(found => found.Path is not null)
                .ToDictionary(found => found.ThreadId, found => _layout.Absolute(found.Path!));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SpareRollout>> FindSparesAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        _calls.ReadAsync(
            token => _index.LookUpAsync(connection => connection.Read(() => new ThreadListing(connection).SparesOf(threadId)), token),
            cancellationToken
        );

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
