namespace Spool;

/// <summary>Makes the compressed rollouts of a history plain, because Codex follows a reference only to a plain one; before a fork of its
/// own it does the same.</summary>
/// <remarks>No byte of a log changes, and nothing but this is done if we die in between. Each rollout is made plain under the lock of its
/// thread.</remarks>
sealed class PlainLineage(ChangeTools tools)
{
    /// <summary>Makes every rollout of the history of a paginated thread plain.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="check">Refuses the thread before anything is done.</param>
    /// <param name="cancellationToken">Cancels the call until the first of them is made plain.</param>
    /// <returns>The files of the thread, as they are afterwards.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.HasWriter"/>: another program writes a thread of the history
    /// while one of its rollouts is still compressed.</exception>
    public async ValueTask<ThreadFiles> MakeAsync(
        ThreadId threadId,
        Func<ThreadFiles, ValueTask> check,
        CancellationToken cancellationToken
    )
    {
        var (files, compressed) = await tools.AskAsync(threadId, CompressedOf, cancellationToken).ConfigureAwait(false);
        await check(files).ConfigureAwait(false);
        if (files.Thread.HistoryMode != HistoryModes.Paginated || compressed.Count == 0)
            return files;
        await ChangeTools
            .OnDiskAsync(() =>
            {
                foreach (var (path, threadId) in compressed)
                    MakePlain(path, threadId);
                return true;
            })
            .ConfigureAwait(false);
        await tools
            .Index.RefreshAsync(
                threadId,
                compressed.SelectMany(part => (string[])[part.Path, RolloutFileName.PlainName(part.Path)]),
                isExpected: false,
                _ => 0,
                CancellationToken.None
            )
            .ConfigureAwait(false);
        return await tools.FindAsync(threadId, cancellationToken).ConfigureAwait(false);
    }

    static List<(string Path, ThreadId ThreadId)> CompressedOf(IndexConnection connection, ThreadFiles files) =>
        [
            .. files
                .Lineage.Segments.Where(segment => RolloutFileName.IsCompressed(Path.GetFileName(segment.Path)))
                .Select(segment => (segment.Path, new RolloutTable(connection).Find(segment.Key)?.ClaimedThread ?? files.Thread.Id)),
        ];

    void MakePlain(string path, ThreadId threadId)
    {
        if (IsPlain(path))
            return;
        using var held = tools.Locks.Acquire(threadId);
        if (!IsPlain(path) && tools.Files.Stamp(tools.Layout.Absolute(path)) is not null)
            new OpenRollout(tools.Files, tools.Layout, tools.Options.MaxLineBytes, tools.Options.Log).Uncompress(path);
    }

    bool IsPlain(string path) => tools.Files.Stamp(tools.Layout.Absolute(RolloutFileName.PlainName(path))) is not null;
}
