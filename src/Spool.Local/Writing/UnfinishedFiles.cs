using System.IO.Enumeration;

namespace Spool;

/// <summary>The files in which a rollout is made before it gets its name, and what is left of them when a process dies meanwhile.</summary>
static class UnfinishedFiles
{
    const string Prefix = ".";
    const string Suffix = ".new";

    static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = 0,
        IgnoreInaccessible = true,
        RecurseSubdirectories = true,
        MaxRecursionDepth = 32,
    };

    /// <summary>Gives the path in which a rollout is made: beside its own, under a name that no program takes for a rollout.</summary>
    public static string PathFor(string rollout) =>
        Path.Join(Path.GetDirectoryName(rollout), $"{Prefix}{Path.GetFileName(rollout)}{Suffix}");

    /// <summary>Removes what died processes left of the rollouts of threads. The caller holds the locks of these threads.</summary>
    /// <remarks>Walks the folders of active rollouts. What cannot be removed stays: it is not read.</remarks>
    public static void Remove(HomeLayout layout, IFileSystem files, IReadOnlySet<ThreadId> threads)
    {
        var sessions = layout.Absolute(HomeLayout.Sessions);
        if (threads.Count == 0 || !Directory.Exists(sessions))
            return;
        try
        {
            var visited = new HashSet<FolderIdentity>(); // links may lead in circles
            var found = new FileSystemEnumerable<string>(sessions, (ref FileSystemEntry entry) => entry.ToFullPath(), Everything)
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) => IsOf(entry.FileName, threads),
                ShouldRecursePredicate = (ref FileSystemEntry entry) =>
                    FileStat.FindFolder(entry.ToFullPath()) is { } folder && visited.Add(folder.Identity),
            };
            foreach (var path in found)
                files.Delete(path);
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            // The next one who finds a lock that was left behind tries again.
        }
    }

    static bool IsOf(ReadOnlySpan<char> name, IReadOnlySet<ThreadId> threads) =>
        ThreadOf(name) is { } threadId && threads.Contains(threadId);

    /// <summary>Gives the thread of which a rollout is made under a name, or null for the name of any other file.</summary>
    public static ThreadId? ThreadOf(ReadOnlySpan<char> name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && name.EndsWith(Suffix, StringComparison.Ordinal)
        && RolloutFileName.TryParse(name[Prefix.Length..^Suffix.Length], out var rollout)
            ? rollout.ThreadId
            : null;
}
