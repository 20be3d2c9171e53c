namespace Spool;

/// <summary>Works out anew how the rollouts of a thread appear, after any of them changed.</summary>
sealed class GroupUpdater(RolloutTable table, PreparedReads reads)
{
    /// <summary>Updates the group of every thread. Has to run inside the transaction that changed the rows.</summary>
    /// <param name="threads">The threads.</param>
    /// <param name="settle">Settles the rows of one thread among each other; says whether any of them changed.</param>
    /// <param name="beginAnew">The threads that continue a rollout to which something else happened than that lines were added.</param>
    public void Update(IEnumerable<ThreadId> threads, Func<IReadOnlyList<RolloutRow>, bool> settle, IReadOnlySet<ThreadId> beginAnew)
    {
        var lineage = new LineageResolver(table.WithRollout);
        foreach (var threadId in threads)
        {
            var rows = table.Claiming(threadId);
            if (rows.Count > 1 && settle(rows))
                rows = table.Claiming(threadId);
            if (rows.Count == 0)
                continue;
            rows = [.. rows.Select(row => WithPreview(row, lineage, beginAnew))];
            var listed = ThreadGroup.Resolve(rows, lineage);
            // The one that gives the id up goes first: an id belongs to one row at a time.
            foreach (var appearance in listed.OrderBy(entry => entry.Thread?.Id == threadId))
                table.WriteListing(appearance);
        }
    }

    RolloutRow WithPreview(RolloutRow row, LineageResolver lineage, IReadOnlySet<ThreadId> beginAnew)
    {
        if (row.Scan.Facts.HistoryBase is null)
            return row;
        var history = lineage.Resolve(row);
        var inherits = history.Segments.Count > 1;
        // What is added to a rollout says nothing of its beginning, unless it is now long enough to be chosen among several.
        if (inherits && row.Scan.InheritedPreview is not null && !history.HasChoice && !beginAnew.Contains(row.ClaimedThread))
            return row;
        // What is not read yet stays as it was: the transaction is taken back.
        if (
            (inherits ? reads.PreviewOf(history) : (true, null)) is not var (isKnown, preview)
            || isKnown && preview == row.Scan.InheritedPreview
        )
            return row;
        // A part that another process moves at this moment says nothing: what was known stays, and the rollout is looked at once more.
        var changed = isKnown ? row with { Scan = row.Scan with { InheritedPreview = preview } } : row with { Stamp = FileStamp.None };
        table.Upsert(changed);
        return changed;
    }
}
