namespace Spool;

/// <summary>How much of the disk is looked at for one thread.</summary>
enum LookDepth
{
    /// <summary>The files that are known to be the thread's.</summary>
    KnownFiles,

    /// <summary>Also the folders: whether one has a new file with the thread's id in its name; and what Codex's own files say of the
    /// thread.</summary>
    Folders,
}

/// <summary>Finds out what changed of one thread, with a look at its files alone.</summary>
/// <remarks>
/// Looked at are the rollouts that say they are the thread and those that its history continues (one system call each), and, with
/// <see cref="LookDepth.Folders"/>, one call for each folder. A rollout of the thread whose name does not carry its id is seen when
/// everything is looked at, and from then on here.
/// </remarks>
sealed class ThreadLook(HomeLayout layout, LocalThreadStoreOptions options, CodexSettings settings, IndexDatabase database) : IDisposable
{
    readonly FolderNames _names = new(layout, options.FolderSettling, options.FolderWalked);
    OverlaysSeen _seen = new(0, "", []);

    /// <summary>Says what has to be taken in.</summary>
    /// <param name="connection">The index.</param>
    /// <param name="indexFile">What identifies the index file.</param>
    /// <param name="threadId">The thread.</param>
    /// <param name="depth">How much is looked at.</param>
    /// <param name="written">Rollouts of the thread that this process wrote and that may have no row; a file that is not there by now is
    /// looked for as any other.</param>
    /// <param name="cancellationToken">Cancels the look.</param>
    public ThreadNews Look(
        IndexConnection connection,
        long indexFile,
        ThreadId threadId,
        LookDepth depth,
        IReadOnlyList<string> written,
        CancellationToken cancellationToken
    )
    {
        var rows = RowsOf(connection, threadId);
        var paths = rows
            .Values.Where(row =>
                FileStat.Find(layout.Absolute(row.Path)) is { Kind: not FileFindingKind.Unknown } found && found.Stamp != row.Stamp
            )
            .Select(row => row.Path)
            .ToList();
        paths.AddRange(
            written.Where(path => !rows.ContainsKey(path) && FileStat.Find(layout.Absolute(path)).Kind == FileFindingKind.There)
        );
        if (depth == LookDepth.KnownFiles)
            return new ThreadNews(paths, false);
        paths.AddRange(
            _names.Find(connection, indexFile, threadId, cancellationToken).Where(path => !rows.ContainsKey(path) && !paths.Contains(path))
        );
        return new ThreadNews(paths, rows.Count > 0 && IsOverlayOld(connection, indexFile, threadId));
    }

    /// <summary>Gets how many names of folders were read so far.</summary>
    public long NamesRead => _names.NamesRead;

    public void Dispose() => _names.Dispose();

    // The rollouts of a thread by path, and those that its history continues.
    static Dictionary<string, KnownRollout> RowsOf(IndexConnection connection, ThreadId threadId)
    {
        var table = new RolloutTable(connection);
        var rows = new Dictionary<string, KnownRollout>(StringComparer.Ordinal);
        var seen = new HashSet<ThreadId>();
        var bases = new Queue<ThreadId>();
        Add(table.KnownOf(threadId));
        while (bases.TryDequeue(out var rollout))
            Add(table.KnownWithRollout(rollout));
        return rows;

        void Add(IEnumerable<(KnownRollout Row, ThreadId? Base)> found)
        {
            foreach (var (row, @base) in found)
            {
                rows[row.Path] = row;
                if (@base is { } id && seen.Add(id))
                    bases.Enqueue(id);
            }
        }
    }

    // While Codex's files differ from those that the index has a thread's facts of, the thread is compared once for each two states: what
    // it has, and what there is.
    bool IsOverlayOld(IndexConnection connection, long indexFile, ThreadId threadId)
    {
        var knowledge = new CodexKnowledge(layout, settings.Databases(), database.Folder);
        var table = new RolloutTable(connection);
        var whole = table.Meta(CodexKnowledge.MetaName);
        string?[] taken = [.. table.Overlays(threadId).Select(row => row.Of ?? whole).Distinct(StringComparer.Ordinal)];
        if (taken.All(stamp => stamp == knowledge.Stamp))
            return false;
        if (!taken.All(CodexKnowledge.IsWhole))
            return true;
        lock (_names)
        {
            if (_seen.IndexFile != indexFile || _seen.Stamp != knowledge.Stamp)
                _seen = new OverlaysSeen(indexFile, knowledge.Stamp, []);
            return _seen.Threads.Add((threadId, string.Join('\n', taken)));
        }
    }

    sealed record OverlaysSeen(long IndexFile, string Stamp, HashSet<(ThreadId ThreadId, string Taken)> Threads);
}

/// <summary>What has to be taken in of one thread.</summary>
/// <param name="Paths">Paths in the home at which something changed.</param>
/// <param name="HasOverlay">Whether Codex's own files may say something new of it.</param>
readonly record struct ThreadNews(IReadOnlyList<string> Paths, bool HasOverlay)
{
    /// <summary>Gets whether there is nothing.</summary>
    public bool IsEmpty => Paths.Count == 0 && !HasOverlay;
}
