using System.IO.Enumeration;

namespace Spool;

/// <summary>Walks the folders of a home. Links are followed, every folder is walked once however many links lead to it, and what cannot be read is reported.</summary>
/// <remarks>What is in the home comes before what a link leads to: a rollout that can be reached in both ways has its own path and not that of a link. <see cref="FolderNames"/> walks in the same order.</remarks>
/// <param name="layout">The home.</param>
/// <param name="presence">Whether it is there.</param>
/// <param name="threads">On how many threads the system is asked about files.</param>
sealed class HomeScanner(HomeLayout layout, HomePresence presence, int threads = 2)
{
    const int MaxDepth = 32;
    const int FilesPerStep = 512;

    static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false, RecurseSubdirectories = false, ReturnSpecialDirectories = false };

    /// <summary>Looks at every folder. Costs one system call a rollout.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>: the home is no longer there, or the folder of active rollouts cannot be read.</exception>
    public HomeScan Scan(CancellationToken cancellationToken)
    {
        var look = new Look([], [], [], [], new LinkedFolders(), cancellationToken);
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
        if (look.Problems.Find(problem => problem.Place == HomeLayout.Sessions) is { } trouble)
            throw new ThreadStoreException(ThreadStoreErrorCode.Unavailable, $"The folder of the sessions cannot be read, so nothing can be said of its threads. {trouble.Reason}");
        var rollouts = StampsOf(look.Steps, cancellationToken);
        rollouts.AddRange(look.Unreachable);
        presence.Check(isEmpty: rollouts.Count == 0 && look.Problems.Count == 0);
        return new HomeScan(rollouts, look.Problems);
    }

    // Nearly all of a look's time goes into asking about one file after the other, so that is what several threads do.
    List<ScannedRollout> StampsOf(List<Step> steps, CancellationToken cancellationToken)
    {
        if (steps.Count > 1)
            Parallel.ForEach(steps, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken }, step => step.Run());
        else
            steps.ForEach(step => step.Run());
        var rollouts = new List<ScannedRollout>(steps.Sum(step => step.Files.Length));
        foreach (var step in steps)
            step.AddTo(rollouts);
        return rollouts;
    }

    void Walk(string folder, int depth, Look look)
    {
        look.Cancellation.ThrowIfCancellationRequested();
        var absolute = layout.Absolute(folder);
        if (depth > MaxDepth)
        {
            look.Problems.Add(new StoreProblem(folder, $"It lies more than {MaxDepth} folders deep, and what is in it is not read."));
            return;
        }
        var found = FileStat.FindFolder(absolute);
        if (found is { } there && !look.Visited.Add(there.Identity))
            return;
        var folders = new List<string>();
        var links = new List<string>(); // to folders
        var files = new List<string>();
        var isForeign = false; // whether there is a name that is not UTF-8: then it is read with a mark in the place of what is wrong
        try
        {
            var entries = new FileSystemEnumerable<(string Path, Entry Kind)>(
                absolute, (ref FileSystemEntry entry) => (string.Concat(folder, "/", entry.FileName), KindOf(ref entry)), Everything)
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) => KindOf(ref entry) != Entry.Other,
            };
            foreach (var (path, kind) in entries)
            {
                isForeign |= path.AsSpan(folder.Length).Contains('\ufffd');
                if (kind == Entry.Link)
                    AddLink(path, look);
                else
                    (kind switch { Entry.Folder => folders, Entry.LinkedFolder => links, _ => files }).Add(path);
                if (kind is Entry.Folder or Entry.LinkedFolder && RolloutFileName.IsRollout(Path.GetFileName(path)))
                    files.Add(path); // is listed as what it is not
            }
        }
        catch (Exception e) when (DiskErrors.IsOfFile(e))
        {
            found = null;
        }
        if (found is null && FileStat.KindOf(absolute) != PlaceKind.Nothing)
            look.Problems.Add(new StoreProblem(folder, FolderTrouble(PlaceKind.Unknown)));
        if (isForeign)
        {
            look.Unreachable.AddRange(ForeignNames.RolloutsIn(absolute, folder));
            folders.RemoveAll(IsForeign);
            links.RemoveAll(IsForeign);
            files.RemoveAll(IsForeign);
        }
        foreach (var some in files.Chunk(FilesPerStep))
            look.Steps.Add(new Step(absolute, some));
        foreach (var link in links)
            look.Links.Add(link, depth + 1);
        foreach (var child in folders)
            Walk(child, depth + 1, look);
    }

    bool IsForeign(string path) => path.Contains('\ufffd', StringComparison.Ordinal) && FileStat.KindOf(layout.Absolute(path)) == PlaceKind.Nothing;

    void AddLink(string path, Look look)
    {
        if (FileStat.KindOf(layout.Absolute(path)) is PlaceKind.DanglingLink or PlaceKind.Unknown)
            look.Problems.Add(new StoreProblem(path, "It is a link that leads nowhere; if there were threads behind it, they are not shown."));
    }

    static Entry KindOf(ref FileSystemEntry entry) =>
        entry.IsDirectory ? LinkedFolders.IsLink(ref entry) ? Entry.LinkedFolder : Entry.Folder
        : RolloutFileName.IsRollout(entry.FileName) ? Entry.Rollout
        : LinkedFolders.IsLink(ref entry) ? Entry.Link
        : Entry.Other;

    static string FolderTrouble(PlaceKind kind) => kind switch
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

    sealed record Look(
        List<Step> Steps, List<StoreProblem> Problems, List<ScannedRollout> Unreachable, HashSet<FolderIdentity> Visited, LinkedFolders Links, CancellationToken Cancellation);

    // Some files of one folder. Of those that vanish meanwhile nothing is said.
    sealed class Step(string folder, string[] files)
    {
        readonly FileStamp?[] _stamps = new FileStamp?[files.Length];

        public string[] Files => files;

        public void Run() => FileStat.GetAll(folder, files, _stamps);

        public void AddTo(List<ScannedRollout> rollouts)
        {
            for (var i = 0; i < files.Length; i++)
            {
                if (_stamps[i] is { } stamp)
                {
                    rollouts.Add(new ScannedRollout(files[i], stamp));
                    continue;
                }
                var path = Path.Join(folder, Path.GetFileName(files[i].AsSpan()));
                if (FileStat.TryGet(path) is { } now) // moved here at this moment, or the disk answers by now
                    rollouts.Add(new ScannedRollout(files[i], now));
                else if (ScannedRollout.OddAt(files[i], path) is { } odd)
                    rollouts.Add(odd);
            }
        }
    }
}
