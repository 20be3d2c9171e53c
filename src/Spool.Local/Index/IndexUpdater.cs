using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;

namespace Spool;

/// <summary>Brings the index up to date with the folders: reads what is new or changed, newest first, on several threads, and stores it in
/// batches.</summary>
/// <remarks>A batch is one transaction, so a process that dies, and a second one that does the same work, leave nothing half
/// done.</remarks>
sealed class IndexUpdater(
    HomeLayout layout,
    HomePresence presence,
    LocalThreadStoreOptions options,
    CodexSettings settings,
    IndexDatabase database
) : IDisposable
{
    internal const int FirstBatch = 128; // small, so that a first page is there early
    const int LargestBatch = 256; // each costs two waits for the disk
    const int SingleThreads = 8;
    const int MostLooks = 3;

    readonly HomeScanner _scanner = new(layout, presence, options.IndexingThreads, options.FolderWalked);
    readonly KnownRollouts _known = new();
    readonly RolloutIndexer _indexer = new(layout, options.MaxLineBytes, options.RolloutIndexing);
    readonly InheritedPreview _previews = new(layout, options.MaxLineBytes, options.RolloutIndexing);
    readonly LongLines _longLines = new();
    readonly ILogger _log = options.Log;

    /// <inheritdoc/>
    public void Dispose() => _longLines.Dispose();

    /// <summary>Says how far the index is, without changing it.</summary>
    public CatchUpOutcome Compare(IndexConnection connection, CancellationToken cancellationToken)
    {
        var (scan, known) = Look(connection, cancellationToken);
        var pending = PendingRollouts.Compare(scan, known, null);
        return new CatchUpOutcome(scan.Rollouts.Count, pending.Count + pending.Gone.Count, scan.Problems);
    }

    /// <summary>Brings the index as far as the goal asks.</summary>
    /// <remarks>A rollout that is seen and then moved to where only a look can find it, before there is a row from which it is looked for,
    /// is looked for by another look at everything, a bounded number of times.</remarks>
    public CatchUpOutcome CatchUp(
        IndexConnection connection,
        CatchUpGoal goal,
        TimeSpan? budget,
        IProgress<IndexProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        for (var look = 1; ; look++)
        {
            var (scan, known) = Look(connection, cancellationToken);
            var (pending, batch) = Prepare(connection, scan, known, goal.First, cancellationToken);
            if (batch.AreOverlaysOld)
                batch.Write(connection, batch.RefreshOverlays);
            Store(connection, pending, batch, goal, budget, progress, cancellationToken);
            if (!batch.HasLost || look == MostLooks)
                return new CatchUpOutcome(scan.Rollouts.Count, pending.Left, scan.Problems) { OverlayProblems = batch.OverlayProblems };
        }
    }

    /// <summary>Brings the index up to date with some paths of the home, whatever is or was there.</summary>
    /// <param name="connection">The index.</param>
    /// <param name="paths">The paths.</param>
    /// <param name="threadId">A thread for which it is also brought up to date with Codex's own files, or null.</param>
    /// <param name="cancellationToken">Cancels the work between two batches.</param>
    /// <returns>Whether each of them was found, there or where a move takes it; if not, only a look at everything can say whether it is
    /// still in the home.</returns>
    public bool CatchUp(IndexConnection connection, IEnumerable<string> paths, ThreadId? threadId, CancellationToken cancellationToken)
    {
        var table = new RolloutTable(connection);
        var files = new Dictionary<string, ScannedRollout>(StringComparer.Ordinal);
        var known = new Dictionary<string, KnownRollout>(StringComparer.Ordinal);
        var areFound = true;
        foreach (var path in paths)
            areFound &= TryFind(path) || RolloutPlaces.Of(path).Any(TryFind);
        var (pending, batch) = Prepare(connection, new HomeScan([.. files.Values], []), known, null, cancellationToken, SingleThreads);
        if (threadId is { } one)
            batch.Write(connection, () => batch.RefreshOverlays(one));
        Store(connection, pending, batch, CatchUpGoal.All, null, null, cancellationToken);
        return areFound && !batch.HasLost;

        bool TryFind(string path)
        {
            if (table.FindKnown(path) is { } row)
                known[path] = row;
            if (FileStat.Find(layout.Absolute(path)).Stamp is { } stamp)
                files[path] = new ScannedRollout(path, stamp);
            else if (ScannedRollout.OddAt(path, layout.Absolute(path)) is { } odd) // what is there and no file is listed as that
                files[path] = odd;
            else
                return false;
            return true;
        }
    }

    (PendingRollouts, IndexBatch) Prepare(
        IndexConnection connection,
        HomeScan scan,
        Dictionary<string, KnownRollout> known,
        ThreadId? first,
        CancellationToken cancellationToken,
        int single = 0
    )
    {
        var table = new RolloutTable(connection);
        var pending = PendingRollouts.Compare(scan, known, first);
        var knowledge = new CodexKnowledge(layout, settings.Databases(), database.Folder, single);
        var turns = new TurnTable(connection);
        var batch = new IndexBatch(
            layout,
            table,
            turns,
            new PreparedReads(table, turns, _indexer, _previews, cancellationToken),
            knowledge,
            pending
        );
        if (pending.Gone.Count > 0)
            batch.Write(connection, batch.StoreGone);
        return (pending, batch);
    }

    void Store(
        IndexConnection connection,
        PendingRollouts pending,
        IndexBatch batch,
        CatchUpGoal goal,
        TimeSpan? budget,
        IProgress<IndexProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        if (pending.Count == 0 || goal.IsEnough?.Invoke(connection, pending) == true)
            return;
        var started = options.Time.GetTimestamp();
        using var activity = LocalTelemetry.Activities.StartActivity("spool.local.catch_up");
        try
        {
            if (pending.Count == 1)
                StoreOne(connection, pending, batch, progress, cancellationToken);
            else
                StoreMany(connection, pending, batch, goal, budget, started, progress, cancellationToken);
        }
        finally
        {
            Note(pending.Count - pending.Left, pending.Left, options.Time.GetElapsedTime(started), activity);
        }
    }

    void Note(int rollouts, int left, TimeSpan took, Activity? activity)
    {
        activity?.SetTag("spool.rollouts", rollouts);
        LocalTelemetry.CatchUps.Record(took.TotalSeconds);
        LocalTelemetry.Rollouts.Add(rollouts);
        if (_log.IsEnabled(LogLevel.Debug))
            LocalLog.IndexCaughtUp(_log, rollouts, took.TotalMilliseconds, left);
    }

    void StoreMany(
        IndexConnection connection,
        PendingRollouts pending,
        IndexBatch batch,
        CatchUpGoal goal,
        TimeSpan? budget,
        long started,
        IProgress<IndexProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        using var readers = new ReaderThreads(
            options.IndexingThreads,
            pending,
            (files, scans, stop) => ReadFiles(files, scans, connection.FileId, stop),
            cancellationToken
        );
        var taken = new List<(int, RolloutScan?)>(FirstBatch);
        for (var size = FirstBatch; readers.TryTake(taken, size); size = Math.Min(2 * size, LargestBatch))
        {
            AddParents(connection, pending, taken, cancellationToken);
            batch.Write(connection, () => batch.Store(taken), taken);
            taken.Clear();
            progress?.Report(new IndexProgress(pending.Count - pending.Left, pending.Count));
            if (goal.IsEnough?.Invoke(connection, pending) == true || budget is { } most && options.Time.GetElapsedTime(started) > most)
                break;
        }
        if (pending.Left == 0 && database.InMemoryBecause is null)
            IndexPacking.PackIfGrown(connection);
    }

    // The usual case, one rollout that grew, needs no threads and no second connection: both cost more than to read what was appended.
    void StoreOne(
        IndexConnection connection,
        PendingRollouts pending,
        IndexBatch batch,
        IProgress<IndexProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        if (pending.Take() is not { } index)
            return;
        var scan = Read(pending, index, () => connection, cancellationToken);
        List<(int, RolloutScan?)> scans = [(index, scan)];
        batch.Write(connection, () => batch.Store(scans), scans);
        progress?.Report(new IndexProgress(pending.Count - pending.Left, pending.Count));
    }

    // A fork may be newer than the rollout it continues, and that one is needed to show the fork: it is stored with it, and read before.
    void AddParents(
        IndexConnection connection,
        PendingRollouts pending,
        List<(int Index, RolloutScan? Scan)> scans,
        CancellationToken cancellationToken
    )
    {
        HashSet<int>? taken = null;
        for (var i = 0; i < scans.Count; i++)
        {
            if (
                scans[i].Scan?.Row.Scan.Facts.HistoryBase is { } @base
                && pending.FindRollout(@base.RolloutId) is { } parent
                && (taken ??= [.. scans.Select(scan => scan.Index)]).Add(parent)
            )
                scans.Add((parent, Read(pending, parent, () => connection, cancellationToken)));
        }
    }

    // The disk is looked at while the index is read: each takes about as long as the other.
    (HomeScan Scan, Dictionary<string, KnownRollout> Known) Look(IndexConnection connection, CancellationToken cancellationToken)
    {
        HomeScan? scan = null;
        Dictionary<string, KnownRollout>? known = null;
        try
        {
            Parallel.Invoke(() => scan = _scanner.Scan(cancellationToken), () => known = _known.Of(connection));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        return (scan!, known!);
    }

    void ReadFiles(
        PendingRollouts pending,
        BlockingCollection<(int, RolloutScan?)> scans,
        long indexFile,
        CancellationToken cancellationToken
    )
    {
        using var connection = new LazyConnection(database, indexFile);
        while (pending.Take() is { } index)
            scans.Add((index, Read(pending, index, () => connection.Value, cancellationToken)), cancellationToken);
    }

    RolloutScan? Read(PendingRollouts pending, int index, Func<IndexConnection?> connection, CancellationToken cancellationToken)
    {
        var held = pending.KnownOf(index) is not null ? connection() : null;
        var known = held is null ? null : new RolloutTable(held).FindPath(pending.KnownOf(index)!.Value.Path);
        return _indexer.Index(
            pending[index],
            known,
            known is null ? NoTurns.Instance : new IndexedTurns(new TurnTable(held!), known.Key),
            cancellationToken,
            _longLines
        );
    }

    // Most rollouts of a first scan need no look into the index at all. Of an index that took the place of the one that is brought up to
    // date nothing is taken.
    sealed class LazyConnection(IndexDatabase database, long indexFile) : IDisposable
    {
        IndexConnection? _connection;

        public IndexConnection? Value =>
            (_connection ??= database.Connect()) is var connection && connection.FileId == indexFile ? connection : null;

        public void Dispose() => _connection?.Dispose();
    }
}
