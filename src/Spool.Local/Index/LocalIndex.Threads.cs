namespace Spool;

// What is asked about one thread: it, and the threads above it, are followed; the rest of the home is not looked at.
sealed partial class LocalIndex
{
    /// <summary>Answers a question about one thread, for a reader: the cost does not grow with the home while the index knows the
    /// thread.</summary>
    public ValueTask<T> QueryThreadAsync<T>(ThreadId threadId, Func<IndexConnection, T> question, CancellationToken cancellationToken) =>
        AboutThreadAsync(
            threadId,
            _options.ReconcileInterval is null ? LookDepth.Folders : LookDepth.KnownFiles,
            isExpected: true,
            question,
            cancellationToken
        );

    /// <summary>Answers a question about one thread, for what must not miss anything that another program wrote: the cost grows with the
    /// folders of the home, not with its files.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="isExpected">Whether there should be one: everything is looked at before it is said that there is none.</param>
    /// <param name="question">The question.</param>
    /// <param name="cancellationToken">Cancels the look.</param>
    public ValueTask<T> LookAtThreadAsync<T>(
        ThreadId threadId,
        bool isExpected,
        Func<IndexConnection, T> question,
        CancellationToken cancellationToken
    ) => AboutThreadAsync(threadId, LookDepth.Folders, isExpected, question, cancellationToken);

    /// <summary>Takes over what this process did to some paths of the home, and to Codex's own files, without a look at anything
    /// else.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="paths">The paths.</param>
    /// <param name="isExpected">Whether there should be one: everything is looked at where it is not whole then, as in an index that was
    /// made anew meanwhile.</param>
    /// <param name="question">The question.</param>
    /// <param name="cancellationToken">Cancels the look.</param>
    public ValueTask<T> RefreshAsync<T>(
        ThreadId threadId,
        IEnumerable<string> paths,
        bool isExpected,
        Func<IndexConnection, T> question,
        CancellationToken cancellationToken
    ) =>
        FollowedAsync(
            async (rented, call) =>
            {
                _updater.CatchUp(rented.Connection, paths, threadId, cancellationToken);
                return isExpected
                    ? await CompleteAsync(rented, threadId, LookDepth.Folders, call, cancellationToken).ConfigureAwait(false)
                    : null;
            },
            question,
            cancellationToken
        );

    ValueTask<T> AboutThreadAsync<T>(
        ThreadId threadId,
        LookDepth depth,
        bool isExpected,
        Func<IndexConnection, T> question,
        CancellationToken cancellationToken
    ) =>
        FollowedAsync(
            async (rented, call) =>
            {
                var isFollowed = _options.ReconcileInterval is not null;
                if (isFollowed && rented.FileId != Volatile.Read(ref _completeFile))
                    await CatchUpAsync(rented, LocalThreadStore.GoalOf(threadId), null, _options.Progress, cancellationToken)
                        .ConfigureAwait(false);
                var other = await FollowAsync(rented, threadId, depth, call, cancellationToken).ConfigureAwait(false);
                return other is null && isExpected
                    ? await CompleteAsync(rented, threadId, depth, call, cancellationToken).ConfigureAwait(false)
                    : other;
            },
            question,
            cancellationToken
        );

    // Asks once the index was followed. Where another call reads what this one would have to read, it waits for that one and begins again;
    // it has no connection then, of which there are not many.
    async ValueTask<T> FollowedAsync<T>(
        Func<RentedConnection, LinkedListNode<long>, ValueTask<RolloutReading?>> follow,
        Func<IndexConnection, T> question,
        CancellationToken cancellationToken
    )
    {
        var call = _reads.Enter();
        try
        {
            while (true)
            {
                var (answer, other) = await _connections
                    .UseAsync(
                        async rented =>
                            await follow(rented, call).ConfigureAwait(false) is { } other
                                ? (default(T)!, other)
                                : (question(rented.Connection), (RolloutReading?)null),
                        cancellationToken
                    )
                    .ConfigureAwait(false);
                if (other is null)
                    return answer;
                _options.RolloutAwaiting?.Invoke();
                await other.EndAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _reads.Leave(call);
        }
    }

    // Looks further for a thread that is not there, or not whole, after a look at it alone; and then for those above it, which say how deep
    // it is. Gives who is to be waited for, as below.
    async ValueTask<RolloutReading?> CompleteAsync(
        RentedConnection rented,
        ThreadId threadId,
        LookDepth looked,
        LinkedListNode<long> call,
        CancellationToken cancellationToken
    )
    {
        var listing = new ThreadListing(rented.Connection);
        var found = listing.Find(threadId);
        if (!LocalThreadStore.IsWhole(found))
        {
            if (looked == LookDepth.KnownFiles)
            {
                await TakeInWrittenAsync(rented, cancellationToken).ConfigureAwait(false);
                if (await FollowAsync(rented, threadId, LookDepth.Folders, call, cancellationToken).ConfigureAwait(false) is { } other)
                    return other;
            }
            else
                await CatchUpAsync(rented, LocalThreadStore.GoalOf(threadId), null, _options.Progress, cancellationToken)
                    .ConfigureAwait(false);
            found = listing.Find(threadId);
        }
        if (found is null)
            return null;
        foreach (var parent in AgentDepth.Above(found, new RolloutTable(rented.Connection).ParentOf))
        {
            if (
                await FollowAsync(
                        rented,
                        parent,
                        listing.Find(parent) is null ? LookDepth.Folders : LookDepth.KnownFiles,
                        call,
                        cancellationToken
                    )
                    .ConfigureAwait(false) is
                { } other
            )
                return other;
        }
        return null;
    }

    // What a first round takes in may continue rollouts that the next one looks at. Gives the reading of another call that has one of the
    // rollouts, which is to be waited for.
    async ValueTask<RolloutReading?> FollowAsync(
        RentedConnection rented,
        ThreadId threadId,
        LookDepth depth,
        LinkedListNode<long> call,
        CancellationToken cancellationToken
    )
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        var written = _written.Of(threadId);
        for (var round = 0; round < MostRounds; round++)
        {
            var news = _look.Look(
                rented.Connection,
                rented.FileId,
                threadId,
                round == 0 ? depth : LookDepth.KnownFiles,
                written,
                cancellationToken
            );
            var paths = news.Paths.Where(path => !_reads.IsRead(path, rented.FileId, call)).ToList();
            if (!news.HasOverlay && paths.TrueForAll(done.Contains))
                return null;
            using var own = _reads.Begin(paths, rented.FileId, out var other);
            if (own is null)
                return other;
            done.UnionWith(paths);
            // What was seen and is by now neither there nor where moves put rollouts is looked for everywhere.
            own.IsWhole = rented.Connection.InTurn(() =>
                _updater.CatchUp(rented.Connection, paths, news.HasOverlay ? threadId : null, cancellationToken)
            );
            if (!own.IsWhole)
                await CatchUpAsync(rented, LocalThreadStore.GoalOf(threadId), null, _options.Progress, cancellationToken)
                    .ConfigureAwait(false);
        }
        return null;
    }
}
