namespace Spool;

/// <summary>Keeps threads on one machine, in a Codex home: rollout files are the truth, an index in the cache folder makes them quick to
/// find.</summary>
/// <remarks>
/// Reading never writes to the home, not even a lock file. Codex may be writing the home meanwhile. Times are those of
/// <see cref="IThreadStore"/>; the index follows the files before each call, or in the background with
/// <see cref="LocalThreadStoreOptions.ReconcileInterval"/>.
/// </remarks>
public sealed partial class LocalThreadStore : IThreadStore, IStoredBytes, IRolloutPaths, IThreadCounts, IIndexMaintenance, IDeletionCheck
{
    /// <summary>The name of the activity source and of the meter of all local stores: what they do beside the calls of a store, such as
    /// putting rollouts on the disk and following them with the index. <c>docs/hosting.md</c> has a table of it.</summary>
    public const string TelemetryName = "Spool.Local";

    static readonly TimeSpan MinReconcileInterval = TimeSpan.FromMilliseconds(1);

    const int DefaultMaxItemBytes = 64 * 1024 * 1024;

    readonly LocalThreadStoreOptions _options;
    readonly HomeLayout _layout;
    readonly LocalIndex _index;
    readonly OpenWriters<LocalThreadWriter> _writers = new(typeof(LocalThreadStore));
    readonly OngoingCalls _calls = new(typeof(LocalThreadStore));
    readonly WriterOpening _opening;
    readonly ChangeTools _changes;
    readonly Lock _gate = new();
    Task? _disposing;

    LocalThreadStore(LocalThreadStoreOptions options, IFileSystem files)
    {
        _options = options;
        _layout = new HomeLayout(options.Home);
        files = new NamingFileSystem(files, _layout);
        var settings = new CodexSettings(_layout, options);
        var presence = new HomePresence(_layout, options.Log);
        _index = new LocalIndex(_layout, presence, options, settings);
        var locks = new WriterLocks(_layout, presence, files, options);
        _changes = new ChangeTools(_layout, files, locks, _index, options, settings);
        LocalTelemetry.Add(_writers);
        _opening = new WriterOpening(_layout, files, options, _index, locks, new RecorderThreads(), _writers, UpdateWrittenAsync);
    }

    /// <summary>Opens a home. Before the first call nothing is written, and nothing is read but whether the home is there: one that was is
    /// not made again when it is gone; one that does not exist yet is an empty one.</summary>
    /// <param name="options">How the store works.</param>
    /// <exception cref="ArgumentException">A path is not absolute, or an option is out of range; the message names it.</exception>
    public static LocalThreadStore Open(LocalThreadStoreOptions options) => Open(options, new PhysicalFileSystem(options?.Home));

    /// <summary>Says whether the index in the cache folder knows threads of a home, as it does of one that was there and is gone. Every
    /// call on such a home is refused until its index is rebuilt.</summary>
    /// <param name="options">The home and the cache folder.</param>
    internal static bool IsKnown(LocalThreadStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var database = new IndexDatabase(options.CacheDirectory, PlainPath(options.Home));
        return database.KnowsThreads();
    }

    /// <summary>Opens a home on a disk that may be made to fail.</summary>
    internal static LocalThreadStore Open(LocalThreadStoreOptions options, IFileSystem files)
    {
        ArgumentNullException.ThrowIfNull(options);
        RequirePath(options.Home, nameof(options.Home));
        RequirePath(options.CacheDirectory, nameof(options.CacheDirectory));
        RequirePath(options.CodexSqliteHome ?? "/", nameof(options.CodexSqliteHome));
        RequirePath(options.UserFolder ?? "/", nameof(options.UserFolder));
        OptionRange.Within(options.MaxLineBytes, 1024, 1024 * 1024 * 1024, nameof(options.MaxLineBytes));
        OptionRange.Within(options.IndexingThreads, 1, 64, nameof(options.IndexingThreads));
        OptionRange.Time(options.ReconcileInterval ?? MinReconcileInterval, MinReconcileInterval, nameof(options.ReconcileInterval));
        var maxItemBytes = options.MaxItemBytes ?? Math.Min(DefaultMaxItemBytes, options.MaxLineBytes);
        OptionRange.Within(maxItemBytes, 1024, options.MaxLineBytes, nameof(options.MaxItemBytes));
        OptionRange.Within(options.MaxQueuedBytes, 64 * 1024, 1024 * 1024 * 1024, nameof(options.MaxQueuedBytes));
        OptionRange.Check(!string.IsNullOrWhiteSpace(options.Program), nameof(options.Program), options.Program, "be a name");
        OptionRange.Check(options.Time is not null, nameof(options.Time), options.Time, "be given");
        DefinedValues.Check(options.RepositoryState, nameof(options.RepositoryState));
        DefinedValues.Check(options.NetworkHome, nameof(options.NetworkHome));
        return new LocalThreadStore(options with { Home = PlainPath(options.Home), MaxItemBytes = maxItemBytes }, files);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
            return new ValueTask(_disposing ??= DisposeOnceAsync());
    }

    /// <summary>Does what <see cref="DisposeAsync"/> does, and blocks until it is done.</summary>
    /// <remarks>As <see cref="DisposeAsync"/> it stores what open writers still have to store, which is most of what it takes.</remarks>
    public void Dispose() => BlockingDisposal.Dispose(this);

    // A second disposal waits for this one.
    async Task DisposeOnceAsync()
    {
        await OffCaller.Hop(); // nothing may run inside the caller's lock
        LocalTelemetry.Remove(_writers);
        // All of these need the index.
        await Task.WhenAll(_calls.DisposeAsync().AsTask(), _writers.EndAllAsync()).ConfigureAwait(false);
        await _index.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Gets how many names in folders were read so far by calls about one thread.</summary>
    internal long NamesRead => _index.NamesRead;

    /// <inheritdoc/>
    public long PendingAtLastLook => _index.PendingAtLastLook;

    /// <inheritdoc/>
    public ValueTask<IndexStatus> StatusAsync(CancellationToken cancellationToken = default) =>
        _calls.ReadAsync(_index.StatusAsync, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IndexStatus> RebuildAsync(IProgress<IndexProgress>? progress = null, CancellationToken cancellationToken = default) =>
        _calls.ReadAsync(
            async token =>
            {
                await OffCaller.Hop();
                LocalLog.IndexRebuilt(_options.Log);
                _index.Discard();
                return await _index.CatchUpAsync(null, progress, token).ConfigureAwait(false);
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public ValueTask<IndexStatus> CatchUpAsync(
        IProgress<IndexProgress>? progress = null,
        TimeSpan? budget = null,
        CancellationToken cancellationToken = default
    ) => _calls.ReadAsync(token => _index.CatchUpAsync(budget, progress, token), cancellationToken);

    // Where a thread's own rollout and the ones it continues are.
    internal ValueTask<Lineage?> LineageOfAsync(ThreadId threadId, CancellationToken cancellationToken) =>
        _index.QueryThreadAsync(threadId, connection => connection.Read(() => LineageOf(connection, threadId)), cancellationToken);

    static Lineage? LineageOf(IndexConnection connection, ThreadId threadId)
    {
        var table = new RolloutTable(connection);
        return table.FindThread(threadId) is { } row ? new LineageResolver(table.WithRollout).Resolve(row) : null;
    }

    // What a thread continues may be among the files that are still unread.
    internal static CatchUpGoal GoalOf(ThreadId threadId) =>
        new(threadId, (connection, pending) => !pending.IsFirstLeft && IsWhole(connection, threadId));

    static bool IsWhole(IndexConnection connection, ThreadId threadId) => IsWhole(new ThreadListing(connection).Find(threadId));

    internal static bool IsWhole(StoredThread? found) => found is { State: not ThreadCondition.BrokenLineage };

    static void RequirePath(string path, string option)
    {
        if (!Path.IsPathFullyQualified(path ?? ""))
            throw new ArgumentException($"The option {option} has to be an absolute path.");
    }

    static string PlainPath(string home) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(home));
}
