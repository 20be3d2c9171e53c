using System.IO.Enumeration;

namespace Spool;

/// <summary>Walks the folders of a home. Links are followed; a loop of links is walked once; what cannot be read is reported, not fatal.</summary>
sealed class HomeScanner(HomeLayout layout)
{
    const int MaxDepth = 32;

    static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false, RecurseSubdirectories = false, ReturnSpecialDirectories = false };

    /// <summary>Looks at every folder. Costs one system call a rollout.</summary>
    public HomeScan Scan(CancellationToken cancellationToken)
    {
        var rollouts = new List<ScannedRollout>();
        var unreadable = new List<string>();
        var visited = new HashSet<(ulong, long, string?)>();
        foreach (var root in (string[])[HomeLayout.Sessions, HomeLayout.Archived])
        {
            if (Directory.Exists(layout.Absolute(root)))
                Walk(root, 0, rollouts, unreadable, visited, cancellationToken);
            else if (File.Exists(layout.Absolute(root)))
                unreadable.Add(root);
        }
        return new HomeScan(rollouts, unreadable);
    }

    void Walk(string folder, int depth, List<ScannedRollout> rollouts, List<string> unreadable, HashSet<(ulong, long, string?)> visited, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var absolute = layout.Absolute(folder);
        if (depth > MaxDepth || !visited.Add(FileStat.FolderIdentity(absolute)))
            return;
        var folders = new List<string>();
        try
        {
            var entries = new FileSystemEnumerable<(string Name, bool IsFolder)>(
                absolute, (ref FileSystemEntry entry) => (entry.FileName.ToString(), entry.IsDirectory), Everything)
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) => entry.IsDirectory || RolloutFileName.IsRollout(entry.FileName),
            };
            foreach (var (name, isFolder) in entries)
            {
                var path = $"{folder}/{name}";
                if (isFolder)
                    folders.Add(path);
                else if (FileStat.TryGet(layout.Absolute(path)) is { } stamp)
                    rollouts.Add(new ScannedRollout(path, stamp));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            unreadable.Add(folder);
        }
        foreach (var child in folders)
            Walk(child, depth + 1, rollouts, unreadable, visited, cancellationToken);
    }
}
