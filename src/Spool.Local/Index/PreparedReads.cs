namespace Spool;

/// <summary>What a transaction of the index needs of rollouts, read before it begins: a call that stores waits for no file of another
/// else.</summary>
/// <remarks>
/// What is needed is known for certain only inside. Where it was not read, that is noted; the transaction is then taken back, what was
/// noted is read, and it begins again. What was read is used only for the file and the row that it was read of.
/// </remarks>
/// <param name="table">The rows.</param>
/// <param name="turns">The turns.</param>
/// <param name="indexer">Reads rollouts.</param>
/// <param name="previews">Reads previews.</param>
/// <param name="cancellation">Cancels the reading.</param>
sealed class PreparedReads(
    RolloutTable table,
    TurnTable turns,
    RolloutIndexer indexer,
    InheritedPreview previews,
    CancellationToken cancellation
)
{
    readonly Dictionary<string, RolloutScan> _scans = new(StringComparer.Ordinal);
    readonly Dictionary<Lineage, (bool IsKnown, string? Text)> _previews = new(new SameInherited());
    readonly Dictionary<string, (ScannedRollout File, RolloutRow? Known)> _neededPasses = new(StringComparer.Ordinal);
    readonly List<Lineage> _neededPreviews = [];
    bool _mayRead;

    /// <summary>Gets whether the transaction that is under way needed what was not read, so that it has to be taken back.</summary>
    public bool NeedsMore => _neededPasses.Count > 0 || _neededPreviews.Count > 0;

    /// <summary>Forgets what was read for an earlier transaction.</summary>
    public void Clear()
    {
        _scans.Clear();
        _previews.Clear();
    }

    /// <summary>Reads the preview of a history that will be needed.</summary>
    public void Read(Lineage history)
    {
        if (history.Segments.Count > 1 && !_previews.ContainsKey(history))
            _previews.Add(history, (previews.TryRead(history, out var text, cancellation), text));
    }

    /// <summary>Begins a transaction.</summary>
    /// <param name="mayRead">Whether it reads by itself what was not read before, because it was taken back often enough.</param>
    public void Begin(bool mayRead)
    {
        _mayRead = mayRead;
        _neededPasses.Clear();
        _neededPreviews.Clear();
    }

    /// <summary>Reads what the last transaction needed.</summary>
    public void ReadNeeded()
    {
        foreach (var (path, (file, known)) in _neededPasses)
        {
            // A row that is there only inside of the transaction has no turns outside.
            if ((known is null || table.Find(known.Key)?.Stamp == known.Stamp) && Index(file, known) is { } scan)
                _scans[path] = scan;
        }
        foreach (var history in _neededPreviews)
            Read(history);
    }

    /// <summary>Gives the scan over a file, as of a row.</summary>
    /// <returns>The scan, or null when the file is gone, or not read yet.</returns>
    public RolloutScan? PassOver(ScannedRollout file, RolloutRow? known)
    {
        if (_scans.TryGetValue(file.Path, out var scan) && RowSteps.Of(known?.Stamp, file.Stamp, scan) == RowStep.Take)
            return scan;
        if (_mayRead || file.Trouble is not null)
            return Index(file, known);
        _neededPasses[file.Path] = (file, known);
        return null;
    }

    /// <summary>Gives the preview that a history of several rollouts begins with.</summary>
    /// <returns>Whether all that was needed could be read, and the preview; null when it is not read yet.</returns>
    public (bool IsKnown, string? Text)? PreviewOf(Lineage history)
    {
        if (_mayRead)
            Read(history);
        if (_previews.TryGetValue(history, out var read))
            return read;
        _neededPreviews.Add(history);
        return null;
    }

    RolloutScan? Index(ScannedRollout file, RolloutRow? known) =>
        indexer.Index(file, known, known is null ? NoTurns.Instance : new IndexedTurns(turns, known.Key), cancellation);

    // Equal when a preview that was read of the one is that of the other.
    sealed class SameInherited : IEqualityComparer<Lineage>
    {
        public bool Equals(Lineage? x, Lineage? y) => x is not null && y is not null && Of(x).SequenceEqual(Of(y));

        public int GetHashCode(Lineage obj) => Of(obj).Aggregate(0, HashCode.Combine);

        static IEnumerable<(string, KnownFile, long)> Of(Lineage history) =>
            history.Segments.SkipLast(1).Select(part => (part.Path, part.File, part.End));
    }
}
