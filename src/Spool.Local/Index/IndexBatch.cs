namespace Spool;

/// <summary>Stores what scans found, and brings the lists up to date with it. Every method that stores has to run inside
/// <see cref="Write"/>.</summary>
sealed class IndexBatch : ISettledRows
{
    const int Attempts = 3;

    readonly HomeLayout _layout;
    readonly RolloutTable _table;
    readonly TurnTable _turns;
    readonly GroupUpdater _groups;
    readonly PendingRollouts _pending;
    readonly PreparedReads _reads;
    readonly RowSettlement _settlement;
    readonly HashSet<ThreadId> _touched = [];
    readonly List<(long Key, bool IsNew)> _newOverlays = [];
    readonly HashSet<ThreadId> _beginAnew = [];
    bool _hadLost;
    CodexKnowledge _knowledge;

    public IndexBatch(
        HomeLayout layout,
        RolloutTable table,
        TurnTable turns,
        PreparedReads reads,
        CodexKnowledge knowledge,
        PendingRollouts pending
    )
    {
        (_layout, _table, _turns, _reads, _knowledge, _pending) = (layout, table, turns, reads, knowledge, pending);
        _groups = new GroupUpdater(table, reads);
        _settlement = new RowSettlement(this);
    }

    /// <summary>Gets whether Codex's own files differ from what was taken over, of all threads or of some.</summary>
    public bool AreOverlaysOld => !_knowledge.IsStill(_table.Meta(CodexKnowledge.MetaName)) || _table.HasOverlaysOfOtherStates;

    /// <summary>Gets what of Codex's own files could not be read.</summary>
    public IReadOnlyList<StoreProblem> OverlayProblems => _knowledge.Problems;

    /// <summary>Gets whether a file that the look saw has no row now, and is not where a move within the home puts it: it was deleted
    /// since, or moved elsewhere.</summary>
    public bool HasLost { get; private set; }

    /// <summary>Runs what stores as one transaction that holds the write lock. What it turns out to need of files is read outside of it,
    /// and then it begins again; what changes all the time is read inside at last.</summary>
    /// <param name="connection">The index.</param>
    /// <param name="store">What stores.</param>
    /// <param name="scans">What is going to be stored, if it is scans.</param>
    public void Write(IndexConnection connection, Action store, IReadOnlyCollection<(int Index, RolloutScan? Scan)>? scans = null)
    {
        _reads.Clear();
        ReadPreviews(scans ?? []);
        for (var attempt = 1; !connection.TryWrite(() => TryStore(store, mayRead: attempt == Attempts)); attempt++)
            _reads.ReadNeeded();
    }

    bool TryStore(Action store, bool mayRead)
    {
        _reads.Begin(mayRead);
        _touched.Clear();
        _newOverlays.Clear();
        _beginAnew.Clear();
        HasLost = _hadLost;
        store();
        if (_reads.NeedsMore)
            return false;
        _hadLost = HasLost;
        return true;
    }

    // What the lists will show of new rollouts from those that they continue, of which some are new themselves.
    void ReadPreviews(IReadOnlyCollection<(int Index, RolloutScan? Scan)> scans)
    {
        LineageResolver? lineage = null;
        foreach (var (_, scan) in scans)
        {
            if (scan?.Row is { Scan: { Facts.HistoryBase: not null, InheritedPreview: null } } row)
                _reads.Read((lineage ??= LineageWith([.. scans.Select(entry => entry.Scan?.Row).OfType<RolloutRow>()])).Resolve(row));
        }
    }

    LineageResolver LineageWith(List<RolloutRow> rows) =>
        new(id =>
            [
                .. rows.Where(row => row.Rollout == id),
                .. _table.WithRollout(id).Where(known => rows.TrueForAll(row => row.Path != known.Path)),
            ]
        );

    /// <summary>Settles the rows of files that a look did not find.</summary>
    public void StoreGone()
    {
        foreach (var known in _pending.Gone)
            _settlement.Settle(known.Path, null);
        UpdateGroups();
    }

    /// <summary>Stores scans; a scan that is null was over a file that was gone by then.</summary>
    public void Store(List<(int Index, RolloutScan? Scan)> scans)
    {
        foreach (var (index, scan) in scans)
            Store(index, scan);
        UpdateGroups();
    }

    /// <summary>Takes over what changed in Codex's own files.</summary>
    public void RefreshOverlays()
    {
        // What is stored may never be older than what another process stored already: when they changed again they are read again, and
        // no call stores meanwhile.
        if (!_knowledge.IsCurrent)
            _knowledge = _knowledge.Renew();
        foreach (var row in _table.Overlays().ToList())
            Store(row, _knowledge.JsonOf(row.ThreadId, row.Overlay), null);
        // Read while they changed, they said what belongs to no stamp.
        _table.SetMeta(CodexKnowledge.MetaName, _knowledge.IsCurrent ? _knowledge.StampOfRead : "");
        UpdateGroups();
    }

    /// <summary>Takes over what Codex's own files say of one thread, and leaves it to the next look at everything to do so for the
    /// others.</summary>
    public void RefreshOverlays(ThreadId threadId)
    {
        if (!_knowledge.IsCurrent)
            _knowledge = _knowledge.Renew();
        var rows = _table.Overlays(threadId).Select(row => (Row: row, Now: _knowledge.JsonOf(row.ThreadId, row.Overlay))).ToList();
        var whole = _table.Meta(CodexKnowledge.MetaName);
        var of = StateOfSaid(whole);
        foreach (var (row, now) in rows)
        {
            // What says the same in this state as in the one it is of stays of that one: while Codex runs its files change all the time,
            // and reading writes nothing then.
            if (row.Overlay == now && of is { Length: > 0 } && CodexKnowledge.IsWhole(row.Of ?? whole))
                continue;
            Store(row, now, of);
        }
        UpdateGroups();
    }

    // As a row notes it, see RowOverlay.Of.
    string? StateOfSaid(string? whole) => _knowledge.StampOfSaid is var said && said.Length > 0 && said == whole ? null : said;

    void Store(RowOverlay row, string now, string? of)
    {
        if (row.Overlay != now)
            _touched.Add(row.ThreadId);
        if (row.Overlay != now || row.Of != of)
            _table.WriteOverlay(row.Key, now, of);
    }

    KnownRollout? ISettledRows.RowAt(string path) => _table.FindKnown(path);

    IReadOnlyList<string> ISettledRows.PlacesOf(KnownRollout row) => _table.Find(row.Key) is { } whole ? RolloutPlaces.Of(whole) : [];

    // What is no file is there nevertheless.
    FileFinding ISettledRows.Find(string path) =>
        FileStat.Find(_layout.Absolute(path)) is var found && found.Kind != FileFindingKind.There && OddAt(path) is { } odd
            ? FileFinding.There(odd.Stamp)
            : found;

    // What is there and no file is that whether this look came across it or not; of what the system gives no answer about only a look knows
    // that it is there.
    ScannedRollout? OddAt(string path) => ScannedRollout.OddAt(path, _layout.Absolute(path), isCertain: true) ?? _pending.OddAt(path);

    RolloutScan? ISettledRows.Read(ScannedRollout file, KnownRollout? row)
    {
        var known = row is { } there ? _table.Find(there.Key) : null;
        if (file.Stamp.IsNone)
            file = OddAt(file.Path) ?? file;
        return _reads.PassOver(file, known);
    }

    void ISettledRows.Take(RolloutScan scan)
    {
        var row = WithContinuation(scan.Row);
        var replaced = scan.From is null ? null : _table.FindPath(row.Path);
        if (replaced is not null && scan.Before is null)
            _turns.Clear(replaced.Key);
        // Another rollout may have been moved here, or the first line that says which thread this is may be new.
        var isAnotherThread = replaced?.ClaimedThread != row.ClaimedThread;
        if (replaced is not null && (scan.Before is null || isAnotherThread))
            Touch(replaced);
        var key = _table.Upsert(row with { Overlay = isAnotherThread ? _knowledge.Of(row.ClaimedThread) : replaced!.Overlay });
        if (isAnotherThread)
            _newOverlays.Add((key, replaced is null));
        _turns.Apply(key, scan.Turns);
        Touch(row, isLonger: scan.Before is not null && replaced is not null && !isAnotherThread);
    }

    // A copy of the same rollout, which was packed or moved meanwhile, may have said it.
    RolloutRow WithContinuation(RolloutRow row) =>
        row.Continuation.IsKnown
            ? row
            : row with
            {
                Continuation = _table
                    .WithRollout(row.Rollout)
                    .Select(copy => copy.Continuation)
                    .FirstOrDefault(continuation => continuation.IsKnown),
            };

    void ISettledRows.Rename(KnownRollout row, string path)
    {
        if (_table.Find(row.Key) is not { } whole)
            return;
        // At another path a thread whose id is made of its path is another one, and is read as that.
        if (whole.ClaimedThread == CacheKey.IdOf(whole.Path))
            _table.Delete(row.Key);
        else
            _table.Rename(row.Key, path);
        Touch(whole);
    }

    void ISettledRows.Forget(KnownRollout row)
    {
        if (_table.Find(row.Key) is not { } whole)
            return;
        _table.Delete(row.Key);
        Touch(whole);
    }

    void Store(int index, RolloutScan? scan)
    {
        _pending.Done(index);
        var path = _pending[index].Path;
        _settlement.Settle(path, scan);
        HasLost |= _table.FindKnown(path) is null && !_settlement.SettleMoved(RolloutPlaces.Of(path));
    }

    void Touch(RolloutRow row, bool isLonger = false)
    {
        var continuations = _table.ContinuationsOf(row.Rollout);
        _touched.Add(row.ClaimedThread);
        _touched.UnionWith(continuations);
        if (!isLonger)
            _beginAnew.UnionWith(continuations);
    }

    // A new row got what Codex's files said when they were looked at, which may not be what the whole index took over.
    void NoteNewOverlays()
    {
        if (_newOverlays.Count == 0)
            return;
        var of = StateOfSaid(_table.Meta(CodexKnowledge.MetaName));
        foreach (var (key, isNew) in _newOverlays)
        {
            if (of is not null || !isNew)
                _table.NoteOverlayOf(key, of);
        }
        _newOverlays.Clear();
    }

    void UpdateGroups()
    {
        NoteNewOverlays();
        while (_touched.Count > 0)
        {
            ThreadId[] touched = [.. _touched];
            _touched.Clear();
            _groups.Update(
                touched,
                rows => _settlement.SettleNamesakes(rows.Select(row => new KnownRollout(row.Key, row.Path, row.Stamp))),
                _beginAnew
            );
        }
    }
}
