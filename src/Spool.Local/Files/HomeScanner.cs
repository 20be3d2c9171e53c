using System.IO.Enumeration;

namespace Spool;

/// <summary>Walks the folders of a home. Links are followed; a loop of links is walked once; what cannot be read is reported, not fatal.</summary>
/// <param name="layout">The home.</param>
/// <param name="threads">On how many threads the system is asked about files.</param>
sealed class HomeScanner(HomeLayout layout, int threads = 2)
{
    const int MaxDepth = 32;
    const int FilesPerStep = 512;

    static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false, RecurseSubdirectories = false, ReturnSpecialDirectories = false };

    /// <summary>Looks at every folder. Costs one system call a rollout.</summary>
    public HomeScan Scan(CancellationToken cancellationToken)
    {
        var steps = new List<Step>();
        var unreadable = new List<string>();
        var visited = new HashSet<(ulong, long, string?)>();
        foreach (var root in (string[])[HomeLayout.Sessions, HomeLayout.Archived])
        {
            if (Directory.Exists(layout.Absolute(root)))
                Walk(root, 0, steps, unreadable, visited, cancellationToken);
            else if (File.Exists(layout.Absolute(root)))
                unreadable.Add(root);
        }
        return new HomeScan(StampsOf(steps, cancellationToken), unreadable);
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

    void Walk(string folder, int depth, List<Step> steps, List<string> unreadable, HashSet<(ulong, long, string?)> visited, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var absolute = layout.Absolute(folder);
        if (depth > MaxDepth || !visited.Add(FileStat.FolderIdentity(absolute)))
            return;
        var folders = new List<string>();
        var files = new List<string>();
        try
        {
            var entries = new FileSystemEnumerable<(string Path, bool IsFolder)>(
                absolute, (ref FileSystemEntry entry) => (string.Concat(folder, "/", entry.FileName), entry.IsDirectory), Everything)
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) => entry.IsDirectory || RolloutFileName.IsRollout(entry.FileName),
            };
            foreach (var (path, isFolder) in entries)
                (isFolder ? folders : files).Add(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            unreadable.Add(folder);
        }
        foreach (var some in files.Chunk(FilesPerStep))
            steps.Add(new Step(absolute, some));
        foreach (var child in folders)
            Walk(child, depth + 1, steps, unreadable, visited, cancellationToken);
    }

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
                    rollouts.Add(new ScannedRollout(files[i], stamp));
            }
        }
    }
}
