using System.IO.Enumeration;

namespace Spool;

/// <summary>Finds rollouts by their names, and asks nothing about files.</summary>
/// <remarks>
/// A folder in which every name has a row is noted with its stamp, in the index. As long as it has this stamp nothing was added to it, so a look costs one system
/// call a folder; the names are read only in folders that changed. With it the names of the folders in it are noted, whether those are noted themselves or not. A stamp that is no older than the settling time is not noted: something may be
/// added at the same tick of the disk's clock. Neither are folders behind links, and those that hold such links: where a link leads, no stamp tells.
/// Folders that change all the time are not read again and again: see <see cref="WatchedFolders"/>.
/// The walk is that of <see cref="HomeScanner"/>, so that both find a rollout on the same path.
/// </remarks>
sealed class FolderNames(HomeLayout layout, TimeSpan settling) : IDisposable
{
    const int MaxDepth = 32;
    const long WatchedNs = 3600L * 1_000_000_000; // for so long after its last change a folder stays watched

    static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false, RecurseSubdirectories = false, ReturnSpecialDirectories = false };

    readonly WatchedFolders _watched = new(layout);
    Noted? _noted;
    long _namesRead;

    /// <summary>Gets how many names were read so far.</summary>
    public long NamesRead => Interlocked.Read(ref _namesRead);

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
        var look = new Look(connection, noted.Folders, thread, thread.ToString(), (limit - DateTimeOffset.UnixEpoch).Ticks * 100, [], [], [], new LinkedFolders(), cancellationToken);
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
        if (isNoted && Watched(folder, there, look) is { } watched)
        {
            look.Found.AddRange(watched.Files);
            foreach (var child in watched.Folders)
                Walk(child, depth + 1, isNoted, look);
            return;
        }
        // A folder that is being written may hold thousands of names: then only those with the id are taken, unless it will be watched from now on.
        var mayBeNoted = isNoted && stamp.Inode > 0 && Math.Max(stamp.ModifiedNs, stamp.ChangedNs) < look.LimitNs;
        var names = isNoted && _watched.IsWorthIt(folder)
            ? _watched.Read(folder, there.Identity, () => TryRead(folder, id: null))
            : TryRead(folder, mayBeNoted ? null : look.Id);
        if (names is null)
            return;
        _watched.NoteRead(folder, names.Count);
        look.Found.AddRange(names.Files.Where(path => path.AsSpan(folder.Length).Contains(look.Id, StringComparison.OrdinalIgnoreCase)));
        if (mayBeNoted && names.Links.Count == 0 && AllHaveRows(look.Connection, folder, names.Files))
            look.New[folder] = new NotedFolder(stamp, names.Folders);
        foreach (var link in names.Links)
            look.Links.Add(link, depth + 1);
        foreach (var child in names.Folders)
            Walk(child, depth + 1, isNoted, look);
    }

    // One that has not changed for long is noted again, for those who come later.
    (IReadOnlyList<string> Folders, IReadOnlyList<string> Files)? Watched(string folder, FolderFinding there, Look look)
    {
        if (Math.Max(there.Stamp.ModifiedNs, there.Stamp.ChangedNs) >= look.LimitNs - WatchedNs)
            return _watched.Find(folder, there.Identity, look.Thread);
        _watched.Forget(folder);
        return null;
    }

    // A name that is not UTF-8 is no path; the look at everything lists what has one.
    static bool AllHaveRows(IndexConnection connection, string folder, List<string> files)
    {
        var rows = files.Count > 0 ? new FolderTable(connection).RolloutsIn(folder) : [];
        return files.TrueForAll(path => rows.Contains(path) || path.Contains('\ufffd', StringComparison.Ordinal));
    }

    FolderNamesRead? TryRead(string folder, string? id)
    {
        var names = new FolderNamesRead([], [], [], false, 0);
        var count = 0;
        try
        {
            var entries = new FileSystemEnumerable<(string Path, bool IsFolder, bool IsLink)>(
                layout.Absolute(folder), (ref FileSystemEntry entry) => (string.Concat(folder, "/", entry.FileName), entry.IsDirectory, LinkedFolders.IsLink(ref entry)), Everything)
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                {
                    count++;
                    return entry.IsDirectory || RolloutFileName.IsRollout(entry.FileName) ? entry.IsDirectory || id is null || entry.FileName.Contains(id, StringComparison.OrdinalIgnoreCase) : id is null && LinkedFolders.IsLink(ref entry);
                },
            };
            foreach (var (path, isFolder, isLink) in entries)
            {
                names = names with { HasLinks = names.HasLinks || isLink };
                if (isFolder)
                    (isLink ? names.Links : names.Folders).Add(path);
                else if (RolloutFileName.IsRollout(Path.GetFileName(path.AsSpan())))
                    names.Files.Add(path);
            }
            return names with { Count = count };
        }
        catch (Exception e) when (DiskErrors.IsOfFile(e))
        {
            return null; // the look at everything says what cannot be read
        }
        finally
        {
            Interlocked.Add(ref _namesRead, count);
        }
    }

    public void Dispose() => _watched.Dispose();

    sealed record Noted(long IndexFile, Dictionary<string, NotedFolder> Folders);

    sealed record Look(
        IndexConnection Connection, Dictionary<string, NotedFolder> Noted, ThreadId Thread, string Id, long LimitNs, List<string> Found, Dictionary<string, NotedFolder> New, HashSet<FolderIdentity> Visited,
        LinkedFolders Links, CancellationToken Cancellation);
}

/// <summary>A folder in which every name had a row.</summary>
/// <param name="Stamp">The stamp it had then.</param>
/// <param name="Children">The folders in it.</param>
sealed record NotedFolder(FileStamp Stamp, IReadOnlyList<string> Children);
