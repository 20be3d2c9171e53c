using System.IO.Enumeration;

namespace Spool;

/// <summary>Walks the folders of a home. Links are followed, every folder is walked once however many links lead to it, and what cannot be
/// read is reported.</summary>
/// <remarks>
/// What is in the home comes before what a link leads to: a rollout that can be reached in both ways has its own path and not that of a
/// link. <see cref="FolderNames"/> walks in the same order.
/// <para>
/// A rollout that is there all the time is always found, wherever others move it meanwhile: from one folder into another one that was read
/// before, it would be in neither. So the home is walked again and again until a walk finds every folder as it was read. What was read is
/// then what all folders had at the moment between the last reading and that walk, at which each rollout was in one of them. Such a walk
/// costs one system call a folder, and only folders that changed are read again. Where folders change all the time that ends after 8 walks.
/// What moves less often than that during one look was in its place from the beginning of one of these walks to its end, which met it;
/// every name that any of them met is then given, and where its file is by now the index looks for (<see cref="RowSettlement"/>).
/// </para>
/// </remarks>
/// <param name="layout">The home.</param>
/// <param name="presence">Whether it is there.</param>
/// <param name="threads">On how many threads the system is asked about files.</param>
/// <param name="walked">Is called with each folder that a walk has just passed, or null: tests change the home then.</param>
sealed class HomeScanner(HomeLayout layout, HomePresence presence, int threads = 2, Action<string>? walked = null)
{
    const int MaxDepth = 32;
    const int MostWalks = 8;

    static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = 0,
        IgnoreInaccessible = false,
        RecurseSubdirectories = false,
        ReturnSpecialDirectories = false,
    };

    /// <summary>Looks at every folder. Costs one system call a rollout and three a folder.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>: the home is no longer there, or the folder of
    /// active rollouts cannot be read.</exception>
    public HomeScan Scan(CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, WalkedFolder>(StringComparer.Ordinal);
        var read = new List<WalkedFolder>();
        for (var walk = 1; ; walk++)
        {
            var look = new Look(known, [], [], [], [], new LinkedFolders(), cancellationToken);
            Walk(look);
            AskForStamps(look.Read, cancellationToken);
            read.AddRange(look.Read);
            if (look.Read.Count == 0 || walk == MostWalks)
                return Found(look, look.Read.Count == 0 ? [] : read);
        }
    }

    HomeScan Found(Look look, List<WalkedFolder> doubtful)
    {
        var problems = (List<StoreProblem>)[.. look.Problems, .. look.Folders.SelectMany(folder => folder.Problems)];
        if (problems.Find(problem => problem.Place == HomeLayout.Sessions) is { } trouble)
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unavailable,
                $"The folder of the sessions cannot be read, so nothing can be said of its threads. {trouble.Reason}"
            );
        var rollouts = new List<ScannedRollout>(look.Folders.Sum(folder => folder.Files.Count));
        foreach (var folder in look.Folders)
            rollouts.AddRange(folder.Rollouts);
        foreach (var folder in look.Folders)
            rollouts.AddRange(folder.Unreachable);
        if (doubtful.Count > 0)
        {
            var seen = rollouts.Select(rollout => rollout.Path).ToHashSet(StringComparer.Ordinal);
            rollouts.AddRange(
                doubtful.SelectMany(folder => folder.Files).Where(seen.Add).Select(path => new ScannedRollout(path, FileStamp.None))
            );
        }
        presence.Check(isEmpty: rollouts.Count == 0 && problems.Count == 0);
        return new HomeScan(rollouts, problems);
    }

    // Nearly all of a look's time goes into asking about one file after the other, so that is what several threads do.
    void AskForStamps(List<WalkedFolder> folders, CancellationToken cancellationToken)
    {
        var steps = folders.SelectMany(folder => folder.Steps()).ToList();
        if (steps.Count > 1)
            Parallel.ForEach(
                steps,
                new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken },
                step => step.Run()
            );
        else
            steps.ForEach(step => step.Run());
        steps.ForEach(step => step.Note());
    }

    void Walk(Look look)
    {
        foreach (var root in (string[])[HomeLayout.Sessions, HomeLayout.Archived])
        {
            var kind = FileStat.KindOf(layout.Absolute(root));
            if (kind == PlaceKind.Folder)
                Walk(root, 0, look);
            else if (kind != PlaceKind.Nothing)
                look.Problems.Add(new StoreProblem(root, FolderTrouble(kind)));
        }
        while (look.Links.TryTake(out var link, out var depth))
            Walk(link, depth, look);
    }

    void Walk(string folder, int depth, Look look)
    {
        look.Cancellation.ThrowIfCancellationRequested();
        if (depth > MaxDepth)
        {
            look.Problems.Add(new StoreProblem(folder, $"It lies more than {MaxDepth} folders deep, and what is in it is not read."));
            return;
        }
        var absolute = layout.Absolute(folder);
        var found = FileStat.FindFolder(absolute);
        if (found is { } there && !look.Visited.Add(there.Identity))
            return;
        if (!look.Known.TryGetValue(folder, out var known) || !known.IsStill(found))
        {
            var before = known;
            known = Read(folder, absolute, found);
            known.TakeOver(before);
            look.Known[folder] = known;
            look.Read.Add(known);
        }
        look.Folders.Add(known);
        walked?.Invoke(folder);
        foreach (var link in known.Links)
            look.Links.Add(link, depth + 1);
        foreach (var child in known.Folders)
            Walk(child, depth + 1, look);
    }

    WalkedFolder Read(string folder, string absolute, FolderFinding? found)
    {
        var read = new WalkedFolder(absolute, found);
        var isWhole = found is not null;
        var isForeign = false; // whether there is a name that is not UTF-8: then it is read with a mark in the place of what is wrong
        try
        {
            var entries = new FileSystemEnumerable<(string Path, Entry Kind)>(
                absolute,
                (ref FileSystemEntry entry) => (string.Concat(folder, "/", entry.FileName), KindOf(ref entry)),
                Everything
            )
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) => KindOf(ref entry) != Entry.Other,
            };
            foreach (var (path, kind) in entries)
            {
                isForeign |= path.AsSpan(folder.Length).Contains('\ufffd');
                if (kind == Entry.Link)
                    AddLink(path, read);
                else
                    (
                        kind switch
                        {
                            Entry.Folder => read.Folders,
                            Entry.LinkedFolder => read.Links,
                            _ => read.Files,
                        }
                    ).Add(path);
                if (kind is Entry.Folder or Entry.LinkedFolder && RolloutFileName.IsRollout(Path.GetFileName(path)))
                    read.Files.Add(path); // is listed as what it is not
            }
        }
        catch (Exception e) when (DiskErrors.IsOfFile(e))
        {
            isWhole = false;
        }
        if (!isWhole && FileStat.KindOf(absolute) != PlaceKind.Nothing)
            read.Problems.Add(new StoreProblem(folder, FolderTrouble(PlaceKind.Unknown)));
        if (isForeign)
        {
            read.Unreachable.AddRange(ForeignNames.RolloutsIn(absolute, folder));
            read.Folders.RemoveAll(IsForeign);
            read.Links.RemoveAll(IsForeign);
            read.Files.RemoveAll(IsForeign);
        }
        return read;
    }

    bool IsForeign(string path) =>
        path.Contains('\ufffd', StringComparison.Ordinal) && FileStat.KindOf(layout.Absolute(path)) == PlaceKind.Nothing;

    void AddLink(string path, WalkedFolder read)
    {
        if (FileStat.KindOf(layout.Absolute(path)) is PlaceKind.DanglingLink or PlaceKind.Unknown)
            read.Problems.Add(
                new StoreProblem(path, "It is a link that leads nowhere; if there were threads behind it, they are not shown.")
            );
    }

    static Entry KindOf(ref FileSystemEntry entry) =>
        entry.IsDirectory
            ? LinkedFolders.IsLink(ref entry)
                ? Entry.LinkedFolder
                : Entry.Folder
            : RolloutFileName.IsRollout(entry.FileName)
                ? Entry.Rollout
                : LinkedFolders.IsLink(ref entry)
                    ? Entry.Link
                    : Entry.Other;

    static string FolderTrouble(PlaceKind kind) =>
        kind switch
        {
            PlaceKind.DanglingLink => "It is a link that leads nowhere.",
            PlaceKind.File or PlaceKind.Special => "It is not a folder.",
            _ => "It cannot be read; check its permissions and its disk.",
        };

    enum Entry
    {
        Other,
        Folder,
        LinkedFolder,
        Rollout,
        Link,
    }

    // One walk. What it read anew is in Read, everything that it passed in Folders.
    sealed record Look(
        Dictionary<string, WalkedFolder> Known,
        List<WalkedFolder> Folders,
        List<WalkedFolder> Read,
        List<StoreProblem> Problems,
        HashSet<FolderIdentity> Visited,
        LinkedFolders Links,
        CancellationToken Cancellation
    );
}
