namespace Spool;

/// <summary>The index as the store uses it: brought up to date before it is asked, and replaced when it turns out to be unusable.</summary>
/// <remarks>
/// A question is answered on the same connection that was brought up to date, so a file that is deleted or replaced in between
/// changes nothing for it. SQLite and looks at the disk are synchronous: every use runs on threads of the pool, so that no call keeps its
/// caller's thread.
/// </remarks>
sealed partial class LocalIndex : IAsyncDisposable
{
    const int MostRounds = 3;

    readonly LocalThreadStoreOptions _options;
    readonly HomePresence _presence;
    readonly IndexDatabase _database;
    readonly IndexUpdater _updater;
    readonly ThreadLook _look;
    readonly RolloutReads _reads = new();
    readonly MissingThread _missing;
    readonly SemaphoreSlim _updating = new(1, 1);
    readonly IndexConnections _connections;
    readonly CancellationTokenSource _disposing = new();
    readonly WrittenRollouts _written;
    Task? _background;
    long _completeFile = -1;
    volatile bool _isChangedSinceLook;
    CatchUpOutcome _outcome = new(0, 0, []);

    public LocalIndex(HomeLayout layout, HomePresence presence, LocalThreadStoreOptions options, CodexSettings settings)
    {
        _options = options;
        _presence = presence;
        _database = new IndexDatabase(options.CacheDirectory, layout.Home, options.Notice, options.IndexPatience, presence, options.Log);
        _updater = new IndexUpdater(layout, presence, options, settings, _database);
        _look = new ThreadLook(layout, options, settings, _database);
        _missing = new MissingThread(layout, settings, _database.Folder);
        _connections = new IndexConnections(_database, presence, _disposing.Token);
        _written = new WrittenRollouts(options.Time, FollowWrittenAsync);
    }

    /// <summary>Gets how many rollouts the latest look at the disk left unindexed.</summary>
    public long PendingAtLastLook => _outcome.Pending;

    /// <summary>Gets where the latest look at the disk could not read, so that threads may be there.</summary>
    public IReadOnlyList<StoreProblem> Problems => _outcome.Problems;

    /// <summary>Gets everything that the latest look at the disk could not read: places where threads may be, and files beside the
    /// rollouts.</summary>
    public IReadOnlyList<StoreProblem> AllProblems =>
        _outcome is { OverlayProblems.Count: > 0 } outcome ? [.. outcome.Problems, .. outcome.OverlayProblems] : Problems;

    /// <summary>Gets how many names in folders were read so far by looks at one thread.</summary>
    public long NamesRead => _look.NamesRead;

    /// <summary>Makes the error of a thread that is not in the index: it may be where nothing can be read.</summary>
    /// <returns><see cref="ThreadStoreErrorCode.NotFound"/>, or <see cref="ThreadStoreErrorCode.Unavailable"/> when the latest look could
    /// not read a folder in which it can be.</returns>
    public ThreadStoreException Missing(ThreadId threadId) => _presence.IsGone ? HomePresence.Gone() : _missing.ErrorOf(threadId, Problems);

    /// <summary>Says whether a thread that is not in the index may be where nothing can be read.</summary>
    public bool MayHideThreads => Problems.Count > 0 || _presence.IsGone;

    /// <summary>Refuses a home that is gone, as every question does.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>: it was there and no longer is, or the index
    /// knows threads of it, and neither folder of rollouts is there.</exception>
    public async ValueTask RequireHomeAsync(CancellationToken cancellationToken) =>
        await LookUpAsync(_ => true, cancellationToken).ConfigureAwait(false);

    /// <summary>Answers a question from the index as it is.</summary>
    public ValueTask<T> LookUpAsync<T>(Func<IndexConnection, T> question, CancellationToken cancellationToken) =>
        _connections.UseAsync(rented => new ValueTask<T>(question(rented.Connection)), cancellationToken);

    /// <summary>Answers a question from an index that has been brought as far as the goal asks.</summary>
    public ValueTask<T> QueryAsync<T>(CatchUpGoal goal, Func<IndexConnection, T> question, CancellationToken cancellationToken) =>
        _connections.UseAsync(
            async rented =>
            {
                if (_options.ReconcileInterval is null || rented.FileId != Volatile.Read(ref _completeFile))
                    await CatchUpAsync(rented, goal, null, _options.Progress, cancellationToken).ConfigureAwait(false);
                else
                    await TakeInWrittenAsync(rented, cancellationToken).ConfigureAwait(false);
                return question(rented.Connection);
            },
            cancellationToken
        );

    /// <summary>Answers a question as of the latest look at the disk, and looks first only where there was none, or this process changed
    /// something since: for what is asked beside a list.</summary>
    public ValueTask<T> QueryAsLookedAsync<T>(Func<IndexConnection, T> question, CancellationToken cancellationToken) =>
        _connections.UseAsync(
            async rented =>
            {
                if (_isChangedSinceLook || rented.FileId != Volatile.Read(ref _completeFile))
                    await CatchUpAsync(rented, CatchUpGoal.All, null, _options.Progress, cancellationToken).ConfigureAwait(false);
                else
                    await TakeInWrittenAsync(rented, cancellationToken).ConfigureAwait(false);
                return question(rented.Connection);
            },
            cancellationToken
        );

    /// <summary>Answers a question after a look at the disk, for what must not miss anything that another program wrote.</summary>
    public ValueTask<T> LookAsync<T>(CatchUpGoal goal, Func<IndexConnection, T> question, CancellationToken cancellationToken) =>
        _connections.UseAsync(
            async rented =>
            {
                await CatchUpAsync(rented, goal, null, _options.Progress, cancellationToken).ConfigureAwait(false);
                return question(rented.Connection);
            },
            cancellationToken
        );

    /// <summary>Notes that this process changed a rollout, so that what is asked from now on shows it. Where every question looks at the
    /// disk anyway there is nothing to note.</summary>
    /// <param name="path">Its path in the home.</param>
    public void NoteWritten(string path)
    {
        if (_options.ReconcileInterval is not null)
            _written.Note(path);
        else
            _isChangedSinceLook = true;
    }

    /// <summary>Brings the index up to date, within a time.</summary>
    public ValueTask<IndexStatus> CatchUpAsync(TimeSpan? budget, IProgress<IndexProgress>? progress, CancellationToken cancellationToken) =>
        _connections.UseAsync(
            async rented =>
            {
                await CatchUpAsync(rented, CatchUpGoal.All, budget, progress, cancellationToken).ConfigureAwait(false);
                return StatusOf(rented.Connection, _outcome);
            },
            cancellationToken
        );

    /// <summary>Says how far the index is.</summary>
    public ValueTask<IndexStatus> StatusAsync(CancellationToken cancellationToken) =>
        _connections.UseAsync(
            rented => new ValueTask<IndexStatus>(StatusOf(rented.Connection, _updater.Compare(rented.Connection, cancellationToken))),
            cancellationToken
        );

    /// <summary>Removes what the index held of a thread that was deleted from everywhere it is still kept, and gives what is
    /// left.</summary>
    public ValueTask<IReadOnlyList<LeftBehind>> PurgeAsync(ThreadId threadId) =>
        _connections.UseAsync(_ => new ValueTask<IReadOnlyList<LeftBehind>>(Purge(threadId)), CancellationToken.None);

    IReadOnlyList<LeftBehind> Purge(ThreadId threadId)
    {
        var isInMemory = _database.InMemoryBecause is not null;
        return [.. isInMemory ? [] : _database.Purge(), .. new OtherIndexes(_options, _database.Folder, threadId).Clean(isInMemory)];
    }

    /// <summary>Throws the index away.</summary>
    public void Discard()
    {
        _connections.DropIdle();
        _database.Discard();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _disposing.CancelAsync().ConfigureAwait(false);
        await _written.DisposeAsync().ConfigureAwait(false);
        if (_background is { } background)
            await background.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _updating.WaitAsync().ConfigureAwait(false);
        _connections.Dispose();
        _look.Dispose();
        _updater.Dispose();
        _database.Dispose();
    }

    async Task CatchUpAsync(
        RentedConnection rented,
        CatchUpGoal goal,
        TimeSpan? budget,
        IProgress<IndexProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        await _updating.WaitAsync(either.Token).ConfigureAwait(false);
        try
        {
            var noted = _written.Noted();
            _isChangedSinceLook = false;
            _outcome = rented.Connection.InTurn(() => _updater.CatchUp(rented.Connection, goal, budget, progress, either.Token));
            if (_outcome.Pending == 0)
            {
                Volatile.Write(ref _completeFile, rented.FileId);
                _written.Settle(noted);
            }
            if (_options.ReconcileInterval is { } interval)
                _background ??= ReconcileAsync(interval);
        }
        finally
        {
            _updating.Release();
        }
    }

    // Exactly the rollouts that this process changed, without a look at the whole disk. Who comes while another one does it waits for that
    // one.
    async ValueTask TakeInWrittenAsync(RentedConnection rented, CancellationToken cancellationToken)
    {
        if (_written.IsEmpty)
            return;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        await _updating.WaitAsync(either.Token).ConfigureAwait(false);
        try
        {
            var noted = _written.Noted();
            if (noted.Count == 0)
                return;
            rented.Connection.InTurn(() =>
            {
                if (!_updater.CatchUp(rented.Connection, noted.Keys, null, either.Token))
                    _updater.CatchUp(rented.Connection, CatchUpGoal.All, null, null, either.Token);
                return true;
            });
            _written.Settle(noted);
        }
        finally
        {
            _updating.Release();
        }
    }

    async Task FollowWrittenAsync(CancellationToken cancellationToken) =>
        await _connections
            .UseAsync(
                async rented =>
                {
                    // Before the first look there is nothing to follow: that look takes everything in.
                    if (rented.FileId == Volatile.Read(ref _completeFile))
                        await TakeInWrittenAsync(rented, cancellationToken).ConfigureAwait(false);
                    return true;
                },
                cancellationToken
            )
            .ConfigureAwait(false);

    // Keeps a long-lived process up to date. Whatever fails is tried again at the next look; the calls themselves see errors of the index.
    async Task ReconcileAsync(TimeSpan interval)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(interval, _options.Time);
        do
        {
            try
            {
                await _connections
                    .UseAsync(
                        async rented =>
                        {
                            await CatchUpAsync(rented, CatchUpGoal.All, null, null, _disposing.Token).ConfigureAwait(false);
                            return true;
                        },
                        _disposing.Token
                    )
                    .ConfigureAwait(false);
            }
            catch (Exception)
            {
                Volatile.Write(ref _completeFile, -1); // the next call looks for itself, and its caller sees what is wrong
            }
        } while (await WaitAsync(timer).ConfigureAwait(false));
    }

    async ValueTask<bool> WaitAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(_disposing.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    IndexStatus StatusOf(IndexConnection connection, CatchUpOutcome outcome) =>
        new()
        {
            Path = _database.FilePath,
            FormatVersion = IndexDatabase.FormatVersion,
            InMemoryBecause = _database.InMemoryBecause,
            SizeBytes = (long)connection.Scalar("PRAGMA page_count")! * (long)connection.Scalar("PRAGMA page_size")!,
            Rollouts = outcome.Rollouts,
            Indexed = Math.Max(0, outcome.Rollouts - outcome.Pending),
            Pending = outcome.Pending,
            Threads = new RolloutTable(connection).CountThreads(),
            Problems =
                (long)connection.Scalar("SELECT count(*) FROM rollouts WHERE thread_id IS NOT NULL AND condition <> 0")!
                + outcome.Problems.Count,
        };
}
