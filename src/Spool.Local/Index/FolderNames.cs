using System.IO.Enumeration;

namespace Spool;

/// <summary>Finds rollouts by their names, and asks nothing about files.</summary>
/// <remarks>
/// A folder in which every name has a row is noted with its stamp, in the index. As long as it has this stamp nothing was added to it, so a look costs one system
/// call a folder; the names are read only in folders that changed. With it the names of the folders in it are noted, whether those are noted themselves or not. A stamp that is no older than the settling time is not noted: something may be
/// added at the same tick of the disk's clock. Neither are folders behind links, and those that hold such links: where a link leads, no stamp tells.
/// The walk is that of <see cref="HomeScanner"/>, so that both find a rollout on the same path.
/// </remarks>
sealed class FolderNames(HomeLayout layout, TimeSpan settling)
{
    const int MaxDepth = 32;

    static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false, RecurseSubdirectories = false, ReturnSpecialDirectories = false };

    Noted? _noted;

    /// <summary>Finds rollouts that have an id in their name and may have no row.</summary>
    /// <param name="connection">The index.</param>
    /// <param name="indexFile">What identifies the index file.</param>
    /// <param name="thread">The id.</param>
    /// <param name="cancellationToken">Cancels the look.</param>
    /// <returns>Their paths in the home.</returns>
    public IReadOnlyList<string> Find(IndexConnection connection, long indexFile, ThreadId thread, CancellationToken cancellationToken)
    {
        var table = new FolderTable(connection);
        var noted = Volatile.Read(ref _noted) is { } last && last.IndexFile == indexFile ? last : new Noted(indexFile, table.Load());
        // The disk's clock is compared with the machine's, whatever clock the store was given.
        var limit = TimeProvider.System.GetUtcNow() - settling;
        var look = new Look(connection, noted.Folders, thread.ToString(), (limit - DateTimeOffset.UnixEpoch).Ticks * 100, [], [], [], new LinkedFolders(), cancellationToken);
        foreach (var root in (string[])[HomeLayout.Sessions, HomeLayout.Archived])
            Walk(root, 0, isNoted: true, look);
        while (look.Links.TryTake(out var link, out var depth))
            Walk(link, depth, isNoted: false, look);
        if (look.New.Count > 0)
            noted = new Noted(indexFile, table.Store(noted.Folders, look.New));
        Volatile.Write(ref _noted, noted);
        return look.Found;
    }

    void Walk(string folder, int depth, bool isNoted, Look look)
    {
        look.Cancellation.ThrowIfCancellationRequested();
        if (depth > MaxDepth || FileStat.FindFolder(layout.Absolute(folder)) is not { } there || !look.Visited.Add(there.Identity))
            return;
        var stamp = there.Stamp;
        if (look.Noted.TryGetValue(folder, out var noted) && noted.Stamp == stamp)
        {
            foreach (var child in noted.Children)
                Walk(child, depth + 1, isNoted, look);
            return;
        }
        var (folders, links, files) = (new List<string>(), new List<string>(), new List<string>());
        // A folder that is being written is read at every look, and may hold thousands of names: then only those with the id are taken.
        var mayBeNoted = isNoted && stamp.Inode > 0 && Math.Max(stamp.ModifiedNs, stamp.ChangedNs) < look.LimitNs;
        if (!TryRead(folder, mayBeNoted ? null : look.Id, folders, links, files))
            return;
        look.Found.AddRange(files.Where(path => path.AsSpan(folder.Length).Contains(look.Id, StringComparison.OrdinalIgnoreCase)));
        if (mayBeNoted && links.Count == 0 && AllHaveRows(look.Connection, folder, files))
            look.New[folder] = new NotedFolder(stamp, folders);
        foreach (var link in links)
            look.Links.Add(link, depth + 1);
        foreach (var child in folders)
            Walk(child, depth + 1, isNoted, look);
    }

    // A name that is not UTF-8 is no path; the look at everything lists what has one.
    static bool AllHaveRows(IndexConnection connection, string folder, List<string> files)
    {
        var rows = files.Count > 0 ? new FolderTable(connection).RolloutsIn(folder) : [];
        return files.TrueForAll(path => rows.Contains(path) || path.Contains('\ufffd', StringComparison.Ordinal));
    }

    bool TryRead(string folder, string? id, List<string> folders, List<string> links, List<string> files)
    {
        try
        {
            var entries = new FileSystemEnumerable<(string Path, bool IsFolder, bool IsLink)>(
                layout.Absolute(folder), (ref FileSystemEntry entry) => (string.Concat(folder, "/", entry.FileName), entry.IsDirectory, LinkedFolders.IsLink(ref entry)), Everything)
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                    entry.IsDirectory || (id is null || entry.FileName.Contains(id, StringComparison.OrdinalIgnoreCase)) && RolloutFileName.IsRollout(entry.FileName),
            };
            foreach (var (path, isFolder, isLink) in entries)
                (!isFolder ? files : isLink ? links : folders).Add(path);
            return true;
        }
        catch (Exception e) when (DiskErrors.IsOfFile(e))
        {
            return false; // the look at everything says what cannot be read
        }
    }

    sealed record Noted(long IndexFile, Dictionary<string, NotedFolder> Folders);

    sealed record Look(
        IndexConnection Connection, Dictionary<string, NotedFolder> Noted, string Id, long LimitNs, List<string> Found, Dictionary<string, NotedFolder> New, HashSet<FolderIdentity> Visited,
        LinkedFolders Links, CancellationToken Cancellation);
}

/// <summary>A folder in which every name had a row.</summary>
/// <param name="Stamp">The stamp it had then.</param>
/// <param name="Children">The folders in it.</param>
sealed record NotedFolder(FileStamp Stamp, IReadOnlyList<string> Children);
