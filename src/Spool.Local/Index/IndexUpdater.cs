using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Spool;

/// <summary>Brings the index up to date with the folders: reads what is new or changed, newest first, on several threads, and stores it in batches.</summary>
/// <remarks>A batch is one transaction, so a process that dies, and a second one that does the same work, leave nothing half done.</remarks>
sealed class IndexUpdater(HomeLayout layout, LocalThreadStoreOptions options, CodexSettings settings, IndexDatabase database)
{
    const int BatchSize = 128;
    const int IndexingLineLimit = 16 * 1024 * 1024;

    readonly HomeScanner _scanner = new(layout, options.IndexingThreads);
    readonly KnownRollouts _known = new();
    readonly RolloutIndexer _indexer = new(layout, Math.Min(options.MaxLineBytes, IndexingLineLimit), options.MaxLineBytes);
    readonly InheritedPreview _previews = new(layout, Math.Min(options.MaxLineBytes, IndexingLineLimit));

    /// <summary>Says how far the index is, without changing it.</summary>
    public CatchUpOutcome Compare(IndexConnection connection, CancellationToken cancellationToken)
    {
        var (scan, known) = Look(connection, cancellationToken);
        var pending = PendingRollouts.Compare(scan, known, null);
        return new CatchUpOutcome(scan.Rollouts.Count, pending.Count + pending.Moved.Count + pending.Gone.Count, scan.UnreadableFolders.Count);
    }

    /// <summary>Brings the index as far as the goal asks.</summary>
    public CatchUpOutcome CatchUp(IndexConnection connection, CatchUpGoal goal, TimeSpan? budget, IProgress<IndexProgress>? progress, CancellationToken cancellationToken)
    {
        var (scan, known) = Look(connection, cancellationToken);
        return CatchUp(connection, scan, known, goal, budget, progress, cancellationToken);
    }

    /// <summary>Brings the index up to date with some paths of the home, whatever is or was there, and with Codex's own files.</summary>
    public void Refresh(IndexConnection connection, IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        var table = new RolloutTable(connection);
        var files = new List<ScannedRollout>();
        var known = new Dictionary<string, KnownRollout>(StringComparer.Ordinal);
        foreach (var path in paths.Distinct(StringComparer.Ordinal))
        {
            if (FileStat.TryGet(layout.Absolute(path)) is { } stamp)
                files.Add(new ScannedRollout(path, stamp));
            if (table.FindKnown(path) is { } row)
                known.Add(path, row);
        }
        CatchUp(connection, new HomeScan(files, []), known, CatchUpGoal.All, null, null, cancellationToken);
    }

    /// <summary>Takes in some rollouts and looks at no others.</summary>
    /// <returns>Whether all of them were there; if not, where they are now can be found only by looking at everything.</returns>
    public bool TryCatchUp(IndexConnection connection, IReadOnlyCollection<string> paths, CancellationToken cancellationToken)
    {
        var table = new RolloutTable(connection);
        var files = new List<ScannedRollout>(paths.Count);
        var known = new Dictionary<string, KnownRollout>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            if (FileStat.TryGet(layout.Absolute(path)) is not { } stamp)
                return false;
            files.Add(new ScannedRollout(path, stamp));
            if (table.FindKnown(path) is { } row)
                known.Add(path, row);
        }
        CatchUp(connection, new HomeScan(files, []), known, CatchUpGoal.All, null, null, cancellationToken);
        return true;
    }

    CatchUpOutcome CatchUp(
        IndexConnection connection, HomeScan scan, Dictionary<string, KnownRollout> known, CatchUpGoal goal, TimeSpan? budget, IProgress<IndexProgress>? progress,
        CancellationToken cancellationToken)
    {
        var started = options.Time.GetTimestamp();
        var table = new RolloutTable(connection);
        var pending = PendingRollouts.Compare(scan, known, goal.First);
        var knowledge = new CodexKnowledge(layout, settings.Databases(), database.Folder);
        var batch = new IndexBatch(table, new TurnTable(connection), new GroupUpdater(table, _previews), knowledge, pending, IndexOne);
        if (pending.Moved.Count + pending.Gone.Count > 0)
            connection.Write(() => batch.ApplyMoves(cancellationToken));
        if (table.Meta("codex") is var seen && seen != knowledge.Stamp && seen != knowledge.StampOfRead)
            connection.Write(() => batch.RefreshOverlays(cancellationToken));
        if (pending.Count > 0 && goal.IsEnough?.Invoke(connection, pending) != true)
            ReadPending();
        return new CatchUpOutcome(scan.Rollouts.Count, pending.Left, scan.UnreadableFolders.Count);

        void ReadPending()
        {
            using var readers = new ReaderThreads(options.IndexingThreads, pending, ReadFiles, cancellationToken);
            var taken = new List<(int, RolloutPass)>(BatchSize);
            while (readers.TryTake(taken, BatchSize))
            {
                connection.Write(() => batch.Store(taken, cancellationToken));
                taken.Clear();
                progress?.Report(new IndexProgress(pending.Count - pending.Left, pending.Count));
                if (goal.IsEnough?.Invoke(connection, pending) == true || budget is { } most && options.Time.GetElapsedTime(started) > most)
                    break;
            }
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

    void ReadFiles(PendingRollouts pending, BlockingCollection<(int, RolloutPass)> passes, CancellationToken cancellationToken)
    {
        using var connection = new LazyConnection(database);
        while (pending.Take() is { } index)
            passes.Add((index, Index(pending[index], pending.IsKnown(index), connection, cancellationToken)), cancellationToken);
    }

    RolloutPass IndexOne(ScannedRollout file, CancellationToken cancellationToken)
    {
        using var connection = new LazyConnection(database);
        return Index(file, isKnown: true, connection, cancellationToken);
    }

    RolloutPass Index(ScannedRollout file, bool isKnown, LazyConnection connection, CancellationToken cancellationToken)
    {
        var known = isKnown ? new RolloutTable(connection.Value).FindPath(file.Path) : null;
        return _indexer.Index(file, known, known is null ? NoTurns.Instance : new IndexedTurns(new TurnTable(connection.Value), known.Key), cancellationToken);
    }

    // Most rollouts of a first pass need no look into the index at all.
    sealed class LazyConnection(IndexDatabase database) : IDisposable
    {
        IndexConnection? _connection;

        public IndexConnection Value => _connection ??= database.Connect();

        public void Dispose() => _connection?.Dispose();
    }
}
