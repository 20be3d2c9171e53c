namespace Spool;

/// <summary>Works out anew how the rollouts of a thread appear, after any of them changed.</summary>
sealed class GroupUpdater(RolloutTable table, InheritedPreview previews)
{
    /// <summary>Updates the group of every thread. Has to run inside the transaction that changed the rows.</summary>
    /// <param name="threads">The threads.</param>
    /// <param name="settle">Settles the rows of one thread among each other; says whether any of them changed.</param>
    /// <param name="cancellationToken">Cancels the update.</param>
    public void Update(IEnumerable<ThreadId> threads, Func<IReadOnlyList<RolloutRow>, bool> settle, CancellationToken cancellationToken)
    {
        var lineage = new LineageResolver(table.WithRollout);
        foreach (var thread in threads)
        {
            var rows = table.Claiming(thread);
            if (rows.Count > 1 && settle(rows))
                rows = table.Claiming(thread);
            if (rows.Count == 0)
                continue;
            rows = [.. rows.Select(row => WithPreview(row, lineage, cancellationToken))];
            var listed = ThreadGroup.Resolve(rows, lineage);
            // The one that gives the id up goes first: an id belongs to one row at a time.
            foreach (var appearance in listed.OrderBy(entry => entry.Thread?.Id == thread))
                table.WriteListing(appearance);
        }
    }

    RolloutRow WithPreview(RolloutRow row, LineageResolver lineage, CancellationToken cancellationToken)
    {
        if (row.Scan.Facts.HistoryBase is null)
            return row;
        var history = lineage.Resolve(row);
        string? preview = null;
        // A part that another process moves at this moment says nothing: what was known stays, and the rollout is looked at once more.
        var isKnown = history.Segments.Count < 2 || previews.TryRead(history, out preview, cancellationToken);
        if (isKnown && preview == row.Scan.InheritedPreview)
            return row;
        var changed = isKnown ? row with { Scan = row.Scan with { InheritedPreview = preview } } : row with { Stamp = FileStamp.None };
        table.Upsert(changed);
        return changed;
    }
}
