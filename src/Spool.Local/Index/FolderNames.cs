using System.IO.Enumeration;

namespace Spool;

/// <summary>Finds rollouts by their names, and asks nothing about files.</summary>
/// <remarks>
/// A folder in which every name has a row is noted with its stamp, in the index. As long as it has this stamp nothing was added to it, so a
/// look costs one system call a folder; the names are read only in folders that changed. With it the names of the folders in it are noted,
/// whether those are noted themselves or not. A stamp that is no older than the settling time is not noted: something may be added at the
/// same tick of the disk's clock. Neither are folders behind links, and those that hold such links: where a link leads, no stamp tells.
/// Folders that change all the time are not read again and again: see <see cref="WatchedFolders"/>. The walk is that of
/// <see cref="HomeScanner"/>, so that both find a rollout on the same path.
/// <para>
/// A rollout that is there all the time is found, wherever others move it meanwhile. A walk can miss it only when it leaves a folder that
/// was not passed yet for one that was; then the folder that it leaves has changed since the walk began, which its stamp says when it is
/// passed. So a walk in which no folder has such a stamp is the last one, and there are 8 at most. One folder may have it that was looked
/// into before everything else: what left it after that was found in it. That is the folder in which threads are being stored, so that
/// nothing is walked twice because of it.
/// </para>
/// </remarks>
/// <param name="layout">The home.</param>
/// <param name="settling">For how long after a change a folder is not noted.</param>
/// <param name="walked">Is called with each folder that was just looked into, or null: tests change the home then.</param>
sealed class FolderNames(HomeLayout layout, TimeSpan settling, Action<string>? walked = null) : IDisposable
{
    const int MaxDepth = 32;
    const int MostWalks = 8;
    const long WatchedNs = 3600L * 1_000_000_000; // for so long after its last change a folder stays watched

    static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = 0,
        IgnoreInaccessible = false,
        RecurseSubdirectories = false,
        ReturnSpecialDirectories = false,
    };

    readonly WatchedFolders _watched = new(layout);
    Noted? _noted;
    string? _changing; // the folder that changed while the last look was under way
    long _namesRead;

    /// <summary>Gets how many names were read so far.</summary>
    public long NamesRead => Interlocked.Read(ref _namesRead);

    /// <summary>Finds rollouts that have an id in their name and may have no row.</summary>
    /// <param name="connection">The index.</param>
    /// <param name="indexFile">What identifies the index file.</param>
    /// <param name="threadId">The id.</param>
    /// <param name="cancellationToken">Cancels the look.</param>
    /// <returns>Their paths in the home.</returns>
    public IReadOnlyList<string> Find(IndexConnection connection, long indexFile, ThreadId threadId, CancellationToken cancellationToken)
    {
        var table = new FolderTable(connection);
        var noted = Volatile.Read(ref _noted) is { } last && last.IndexFile == indexFile ? last : new Noted(indexFile, table.Load());
        var found = new HashSet<string>(StringComparer.Ordinal);
        var more = new Dictionary<string, NotedFolder>(StringComparer.Ordinal);
        var first = Volatile.Read(ref _changing);
        for (var walk = 1; ; walk++)
        {
            // The disk's clock is compared with the machine's, whatever clock the store was given.
            var began = WalkedFolder.Now();
            var look = new Look(
                connection,
                noted.Folders,
                threadId,
                threadId.ToString(),
                began,
                began - settling.Ticks * 100,
                found,
                more,
                [],
                [],
                new LinkedFolders(),
                cancellationToken
            );
            if (first is not null && !TryLookInto(first, look))
                first = null;
            foreach (var root in (string[])[HomeLayout.Sessions, HomeLayout.Archived])
                Walk(root, 0, isNoted: true, look);
            while (look.Links.TryTake(out var link, out var depth))
                Walk(link, depth, isNoted: false, look);
            var changing = look.Changing.Count == 1 ? look.Changing[0] : null;
            if (look.Changing.Count == 0 || changing is not null && changing == first || walk == MostWalks)
                break;
            Volatile.Write(ref _changing, first = changing);
        }
        if (more.Count > 0)
            noted = new Noted(indexFile, table.Store(noted.Folders, more));
        Volatile.Write(ref _noted, noted);
        return [.. found];
    }

    // A folder that has others in it is no place of rollouts alone: what is in those is not looked at in time.
    bool TryLookInto(string folder, Look look)
    {
        if (
            FileStat.FindFolder(layout.Absolute(folder)) is not { } there
            || NamesIn(folder, there, isNoted: true, look) is not { Folders.Count: 0, Links.Count: 0 } names
        )
            return false;
        look.Found.UnionWith(names.Files);
        walked?.Invoke(folder);
        return true;
    }

    void Walk(string folder, int depth, bool isNoted, Look look)
    {
        look.Cancellation.ThrowIfCancellationRequested();
        if (depth > MaxDepth)
            return;
        if (FileStat.FindFolder(layout.Absolute(folder)) is not { } there)
        {
            if (depth > 0)
                look.Changing.Add(folder); // it was there when the one above it was read
            return;
        }
        if (!look.Visited.Add(there.Identity))
            return;
        if (WalkedFolder.MayHaveChanged(there.Stamp, look.BeganNs))
            look.Changing.Add(folder);
        var names = NamesIn(folder, there, isNoted, look);
        walked?.Invoke(folder);
        if (names is not { } read)
            return;
        look.Found.UnionWith(read.Files);
        foreach (var link in read.Links)
            look.Links.Add(link, depth + 1);
        foreach (var child in read.Folders)
            Walk(child, depth + 1, isNoted, look);
    }

    // The folders in a folder, and the rollouts in it that have the id in their names, but for those that have a row for certain.
    (IReadOnlyList<string> Folders, IReadOnlyList<string> Links, IEnumerable<string> Files)? NamesIn(
        string folder,
        FolderFinding there,
        bool isNoted,
        Look look
    )
    {
        var stamp = there.Stamp;
        if (look.Noted.TryGetValue(folder, out var noted) && noted.Stamp == stamp)
            return (noted.Children, [], []);
        if (isNoted && Watched(folder, there, look) is { } watched)
            return (watched.Folders, [], watched.Files);
        // A folder that is being written may hold thousands of names: then only those with the id are taken, unless it will be watched from
        // now on.
        var mayBeNoted = isNoted && stamp.Inode > 0 && Math.Max(stamp.ModifiedNs, stamp.ChangedNs) < look.LimitNs;
        var names =
            isNoted && _watched.IsWorthIt(folder)
                ? _watched.Read(folder, there.Identity, () => TryRead(folder, id: null))
                : TryRead(folder, mayBeNoted ? null : look.Id);
        if (names is null)
            return null;
        _watched.NoteRead(folder, names.Count);
        if (mayBeNoted && names.Links.Count == 0 && AllHaveRows(look.Connection, folder, names.Files))
            look.New[folder] = new NotedFolder(stamp, names.Folders);
        return (
            names.Folders,
            names.Links,
            names.Files.Where(path => path.AsSpan(folder.Length).Contains(look.Id, StringComparison.OrdinalIgnoreCase))
        );
    }

    // One that has not changed for long is noted again, for those who come later.
    (IReadOnlyList<string> Folders, IReadOnlyList<string> Files)? Watched(string folder, FolderFinding there, Look look)
    {
        if (Math.Max(there.Stamp.ModifiedNs, there.Stamp.ChangedNs) >= look.LimitNs - WatchedNs)
            return _watched.Find(folder, there.Identity, look.ThreadId);
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
                layout.Absolute(folder),
                (ref FileSystemEntry entry) =>
                    (string.Concat(folder, "/", entry.FileName), entry.IsDirectory, LinkedFolders.IsLink(ref entry)),
                Everything
            )
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                {
                    count++;
                    return entry.IsDirectory || RolloutFileName.IsRollout(entry.FileName)
                        ? entry.IsDirectory || id is null || entry.FileName.Contains(id, StringComparison.OrdinalIgnoreCase)
                        : id is null && LinkedFolders.IsLink(ref entry);
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
        IndexConnection Connection,
        Dictionary<string, NotedFolder> Noted,
        ThreadId ThreadId,
        string Id,
        long BeganNs,
        long LimitNs,
        HashSet<string> Found,
        Dictionary<string, NotedFolder> New,
        HashSet<FolderIdentity> Visited,
        List<string> Changing,
        LinkedFolders Links,
        CancellationToken Cancellation
    );
}

/// <summary>A folder in which every name had a row.</summary>
/// <param name="Stamp">The stamp it had then.</param>
/// <param name="Children">The folders in it.</param>
sealed record NotedFolder(FileStamp Stamp, IReadOnlyList<string> Children);
