namespace Spool;

/// <summary>Makes the compressed rollouts of a history plain, because Codex follows a reference only to a plain one; before a fork of its own it does the same.</summary>
/// <remarks>No byte of a log changes, and nothing but this is done if we die in between. Each rollout is made plain under the lock of its thread.</remarks>
sealed class PlainLineage(ChangeTools tools)
{
    /// <summary>Makes every rollout of a history plain.</summary>
    /// <returns>Whether there was a compressed one, so that the thread's files have to be looked up again.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Conflict"/>: another program writes a thread of the history while one of its rollouts is still compressed.</exception>
    public async ValueTask<bool> MakeAsync(ThreadFiles source, CancellationToken cancellationToken)
    {
        var compressed = source.Lineage.Segments.Where(segment => RolloutFileName.IsCompressed(Path.GetFileName(segment.Path))).ToList();
        if (compressed.Count == 0)
            return false;
        var threads = await tools.Index.LookUpAsync(
            connection => compressed.ConvertAll(segment => new RolloutTable(connection).Find(segment.Key)?.ClaimedThread ?? source.Thread.Id), cancellationToken).ConfigureAwait(false);
        await ChangeTools.OnDiskAsync(() =>
        {
            foreach (var (segment, thread) in compressed.Zip(threads))
                MakePlain(segment.Path, thread);
            return true;
        }).ConfigureAwait(false);
        await tools.Index.RefreshAsync(source.Thread.Id, compressed.SelectMany(segment => (string[])[segment.Path, RolloutFileName.PlainName(segment.Path)]), _ => 0, CancellationToken.None).ConfigureAwait(false);
        return true;
    }

    void MakePlain(string path, ThreadId thread)
    {
        if (IsPlain(path))
            return;
        using var held = tools.Locks.Acquire(thread);
        if (!IsPlain(path) && tools.Files.Stamp(tools.Layout.Absolute(path)) is not null)
            new OpenRollout(tools.Files, tools.Layout, tools.Options.MaxLineBytes).Uncompress(path);
    }

    bool IsPlain(string path) => tools.Files.Stamp(tools.Layout.Absolute(RolloutFileName.PlainName(path))) is not null;
}
