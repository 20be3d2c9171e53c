namespace Spool;

/// <summary>Finds the files of a home that belong to a thread and are no rollouts for any program: copies under other names and in other
/// folders, and what was set aside or not finished.</summary>
/// <remarks>
/// The index knows the rollouts of the folders of sessions; every file of the home of which it does not know for certain what it holds is
/// looked at here, whatever its name. A file is the thread's when its name says that it was made beside one of its rollouts, or when all of
/// it is a copy of its log, plain or compressed (<see cref="LogCopies"/>). Every other file that names the thread is of a person who may
/// have put more into it: it stays, and is named. Which files are looked at says <see cref="HomeFiles"/>.
/// </remarks>
/// <param name="layout">The home.</param>
/// <param name="databases">Codex's databases, from which rows are removed in their own way, wherever they are.</param>
/// <param name="copies">Tells copies of the thread's log from other files.</param>
/// <param name="settled">The rollouts, as paths in the home, that the index has settled: those of the thread, which are removed as such,
/// and whole ones of other threads.</param>
sealed class ThreadRemains(HomeLayout layout, IEnumerable<string> databases, LogCopies copies, IReadOnlySet<string> settled)
{
    const long MostSearched = 256 * 1024 * 1024;

    // The part of a database's name behind itself that belongs to it; what has another one is a copy of a person's.
    static readonly string[] DatabaseParts = ["", "-wal", "-shm", "-journal"];

    // Not by their paths: a setting may spell a folder of the home in another way, or reach it through a link.
    readonly HashSet<(FolderIdentity, string)> _databases =
    [
        .. databases.SelectMany(path => DatabaseParts.Select(part => PlaceOf(path + part))),
    ];

    // What is removed from where it is, under whatever other names the same file has.
    readonly HashSet<FolderIdentity> _cleaned =
    [
        .. databases.Append(layout.Absolute(PromptHistory.Name)).Select(FileStat.IdentityOf).OfType<FolderIdentity>(),
    ];

    /// <summary>Looks through the home.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The files of the thread, and others that name it.</returns>
    public (IReadOnlyList<string> Files, IReadOnlyList<(string Path, LeftBehind Left)> Others) Find(
        ThreadId threadId,
        CancellationToken cancellationToken
    )
    {
        var files = new List<string>();
        var others = new List<(string, LeftBehind)>();
        if (!Directory.Exists(layout.Home))
            return (files, others);
        var home = new HomeFiles(layout);
        foreach (var file in home.All(cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (path, place) = (file.Path, file.Place);
            if (!file.IsForeign && settled.Contains(place))
            {
                // The index has the last word on which thread it is; what is left of it after the deletion is said.
                if (HasIdInName(place, threadId))
                    others.Add((path, ListedOtherwise(place)));
                continue;
            }
            if (!file.IsForeign && IsKnownElsewhere(path, place))
                continue;
            if (FileStat.TryGet(path) is not { } stamp)
            {
                if (FileStat.KindOf(path) == PlaceKind.Unknown)
                    home.Skipped.AddUnreadable(place); // above the longest path that the system takes, for one
                continue;
            }
            if (!file.IsLink && IsBeside(place, threadId))
                files.Add(file.Lasting);
            else if (stamp.Size > 0 && !TryLook(file, threadId, files, others) && FileStat.KindOf(path) != PlaceKind.Nothing)
                home.Skipped.AddUnreadable(place);
        }
        others.AddRange(home.Left.Select(left => (layout.Home, left)));
        return (files, others);
    }

    /// <summary>Says that something stays because not all of it is a copy of the thread's log.</summary>
    public static LeftBehind HoldsMore(string what) =>
        new(what, "it is no copy of the thread's log and nothing else; it holds other things too, or may");

    // Says whether it could be read.
    bool TryLook(HomeFile file, ThreadId threadId, List<string> files, List<(string, LeftBehind)> others)
    {
        var (path, place) = (file.Path, file.Place);
        var known = file.IsForeign ? layout.Home : path; // a foreign path leads nowhere when the walk has gone on
        var what = file.IsLink ? $"file that the link {place} leads to" : $"file {place}";
        try
        {
            if (!file.IsLink && copies.Has(path))
                files.Add(file.Lasting);
            else if (!file.IsForeign && IsListed(place) && HasIdInName(place, threadId))
                others.Add((known, ListedOtherwise(place)));
            else if ((HasIdInName(place, threadId) ? true : new PackedSearch(threadId, MostSearched).In(path)) is not { } names)
                others.Add(
                    (
                        known,
                        new LeftBehind(
                            $"What the {what} holds of the thread, if anything",
                            "it is too large to be searched, or packed in a way that cannot be read"
                        )
                    )
                );
            else if (names)
                others.Add(
                    (
                        known,
                        file.IsLink
                            ? new LeftBehind($"The {what}, which names the thread", "it is in another place, where nothing is removed")
                            : HoldsMore($"The {what}, which names the thread")
                    )
                );
            return true;
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            if (!HasIdInName(place, threadId))
                return false;
            others.Add((known, new LeftBehind($"The {what}, which has the thread's id in its name", "it cannot be read")));
            return true;
        }
    }

    static LeftBehind ListedOtherwise(string place) =>
        new(
            $"The file {place}, which has the thread's id in its name",
            "what is in it does not say that it is the thread; it is listed under an id of its own"
        );

    static bool HasIdInName(string relative, ThreadId threadId) =>
        relative.Contains(threadId.ToString(), StringComparison.OrdinalIgnoreCase);

    static bool IsListed(string relative) => HomeFiles.IsOfSessions(relative) && RolloutFileName.IsRollout(Path.GetFileName(relative));

    // Lists of names and prompts, and databases, are removed from in their own ways; locks hold nothing of a thread but its id.
    bool IsKnownElsewhere(string path, string relative) =>
        relative is SessionIndexWriter.Name or PromptHistory.Name
        || IsLock(relative)
        || relative.Contains(".sqlite", StringComparison.Ordinal) && _databases.Contains(PlaceOf(path))
        || FileStat.IdentityOf(path) is { } file && _cleaned.Contains(file);

    static bool IsLock(string relative) =>
        relative.StartsWith("thread-writer-locks/", StringComparison.Ordinal)
        && relative.EndsWith(".lock", StringComparison.Ordinal)
        && ThreadId.TryParse(Path.GetFileNameWithoutExtension(relative), out _);

    static (FolderIdentity, string) PlaceOf(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        return (FileStat.FindFolder(folder)?.Identity ?? new FolderIdentity(0, 0, Path.GetFullPath(folder)), Path.GetFileName(path));
    }

    static bool IsBeside(string relative, ThreadId threadId)
    {
        // The environment of the shell, which Codex keeps while the thread runs and leaves when it is killed.
        if (relative.StartsWith($"shell_snapshots/{threadId}.", StringComparison.Ordinal))
            return true;
        var name = Path.GetFileName(relative);
        foreach (var (prefix, mark) in ((string, string)[])[(".", ".new"), (".", ".doubtful"), ("", ".torn-")])
        {
            var end = name.LastIndexOf(mark, StringComparison.Ordinal);
            if (
                end > prefix.Length
                && name.StartsWith(prefix, StringComparison.Ordinal)
                && RolloutFileName.TryParse(name.AsSpan(prefix.Length, end - prefix.Length), out var rollout)
                && rollout.ThreadId == threadId
            )
                return true;
        }
        return false;
    }
}
