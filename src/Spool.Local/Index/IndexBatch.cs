namespace Spool;

/// <summary>Stores what passes found, and brings the lists up to date with it. Every method has to run inside a transaction.</summary>
sealed class IndexBatch(
    RolloutTable table, TurnTable turns, GroupUpdater groups, CodexKnowledge knowledge, PendingRollouts pending, Func<ScannedRollout, CancellationToken, RolloutPass> indexOne)
{
    readonly HashSet<ThreadId> _touched = [];

    /// <summary>Notes files that were moved or are gone.</summary>
    public void ApplyMoves(CancellationToken cancellationToken)
    {
        foreach (var (known, file) in pending.Moved)
        {
            if (table.Find(known.Key) is not { } row)
                continue;
            table.Move(known.Key, file.Path, file.Stamp);
            Touch(row);
        }
        foreach (var known in pending.Gone)
        {
            if (table.Find(known.Key) is not { } row)
                continue;
            table.Delete(known.Key);
            Touch(row);
        }
        UpdateGroups(cancellationToken);
    }

    /// <summary>Takes over what changed in Codex's own files.</summary>
    public void RefreshOverlays(CancellationToken cancellationToken)
    {
        var changed = table.Overlays().Select(entry => (entry.Key, entry.Thread, entry.Overlay, Now: knowledge.JsonOf(entry.Thread, entry.Overlay))).Where(entry => entry.Overlay != entry.Now).ToList();
        foreach (var entry in changed)
        {
            table.WriteOverlay(entry.Key, entry.Now);
            _touched.Add(entry.Thread);
        }
        table.SetMeta("codex", knowledge.StampOfRead);
        UpdateGroups(cancellationToken);
    }

    /// <summary>Stores passes.</summary>
    public void Store(List<(int Index, RolloutPass Pass)> passes, CancellationToken cancellationToken)
    {
        foreach (var (index, pass) in passes)
            Store(index, pass, cancellationToken);
        UpdateGroups(cancellationToken);
    }

    void Store(int index, RolloutPass pass, CancellationToken cancellationToken)
    {
        pending.Done(index);
        var row = pass.Row;
        if (pass.Before is { } before && table.Find(before.Key) is var current && (current is null || current.Path != row.Path || current.Scan.Length != before.Scan.Length || current.Scan.EdgeHash != before.Scan.EdgeHash))
            return; // another process was faster; the stamps tell the next look whether anything is left to do
        if (pending.IsKnown(index) && pass.Before is null && table.FindPath(row.Path) is { } replaced)
        {
            turns.Clear(replaced.Key);
            Touch(replaced);
        }
        var key = table.Upsert(row with { Overlay = pass.Before?.Overlay ?? knowledge.Of(row.ClaimedThread) });
        turns.Apply(key, pass.Turns);
        Touch(row);
        // A fork may be newer than the rollout it continues; that one is needed to show the fork.
        for (var at = row.Scan.Facts.HistoryBase; at is not null && pending.FindRollout(at.RolloutId) is { } parent;)
        {
            var parentPass = indexOne(pending[parent], cancellationToken);
            Store(parent, parentPass, cancellationToken);
            at = parentPass.Row.Scan.Facts.HistoryBase;
        }
    }

    void Touch(RolloutRow row)
    {
        _touched.Add(row.ClaimedThread);
        _touched.UnionWith(table.ContinuationsOf(row.Rollout));
    }

    void UpdateGroups(CancellationToken cancellationToken)
    {
        groups.Update(_touched, cancellationToken);
        _touched.Clear();
    }
}
