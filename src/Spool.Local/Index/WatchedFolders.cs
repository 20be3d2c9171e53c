namespace Spool;

/// <summary>The names in folders that change all the time: read once, and kept true by what the system tells of changes, so that a look
/// costs nothing for names that it does not ask for.</summary>
/// <remarks>
/// An answer is what reading the folder would give at that moment: what was done before it is in the queue of events by then, and each
/// name in the queue is looked at on the disk, whatever the events say of it. When events were lost, the folder has another path, or a link
/// came into it (where a link leads no event tells), the folder is forgotten and read again. Folders are watched from the second time on
/// that they have to be read; small ones are not. Safe for use by several threads.
/// </remarks>
/// <param name="layout">The home.</param>
sealed class WatchedFolders(HomeLayout layout) : IDisposable
{
    const int LeastNames = 32; // to read fewer costs no more
    const int MostNames = 100_000; // of all folders; some 25 MB
    const int MostFolders = 256;
    const int MostChanges = 1024; // of more names than this it is quicker to read the folder

    readonly Lock _gate = new();
    readonly HashSet<string> _large = new(StringComparer.Ordinal);
    readonly HashSet<string> _unwatchable = new(StringComparer.Ordinal);
    readonly Dictionary<string, WatchedFolder> _byPath = new(StringComparer.Ordinal);
    readonly Dictionary<int, WatchedFolder> _byWatch = [];
    FolderEvents? _events;
    bool _isImpossible;

    /// <summary>Gives the folders in a folder and the rollouts that have an id in their name, or null when it is not watched.</summary>
    /// <param name="folder">Its path in the home.</param>
    /// <param name="identity">What is there.</param>
    /// <param name="threadId">The id.</param>
    public (IReadOnlyList<string> Folders, IReadOnlyList<string> Files)? Find(string folder, FolderIdentity identity, ThreadId threadId)
    {
        lock (_gate)
        {
            if (!_byPath.ContainsKey(folder))
                return null;
            Drain();
            if (!_byPath.TryGetValue(folder, out var watched))
                return null;
            if (watched.Identity == identity)
                return (watched.Folders, watched.FilesOf(threadId));
            Forget(watched);
            return null;
        }
    }

    /// <summary>Notes that a folder was read without being watched, with so many names.</summary>
    public void NoteRead(string folder, int count)
    {
        if (count < LeastNames)
            return;
        lock (_gate)
            _large.Add(folder);
    }

    /// <summary>Says whether it is worth it to watch a folder that has to be read: it is large, and was read before.</summary>
    public bool IsWorthIt(string folder)
    {
        lock (_gate)
            return !_isImpossible && _large.Contains(folder) && !_unwatchable.Contains(folder);
    }

    /// <summary>Reads a folder, and watches it from before it was read.</summary>
    /// <param name="folder">Its path in the home.</param>
    /// <param name="identity">What is there.</param>
    /// <param name="read">Reads everything in it: links to anything too.</param>
    /// <returns>What <paramref name="read"/> gives.</returns>
    public FolderNamesRead? Read(string folder, FolderIdentity identity, Func<FolderNamesRead?> read)
    {
        lock (_gate)
        {
            if (_isImpossible || _events is null && !FolderEvents.TryOpen(out _events))
            {
                _isImpossible = true;
                return read();
            }
            if (_byPath.Count >= MostFolders || _events.TryWatch(layout.Absolute(folder)) is not { } watch)
            {
                _unwatchable.Add(folder);
                return read();
            }
            if (_byWatch.TryGetValue(watch, out var before))
                Remove(before); // the same folder, by another path
            var names = read();
            var room = MostNames - _byPath.Values.Sum(other => other.Count);
            if (
                names is null
                || names.HasLinks
                || names.Files.Count > room
                || names.All.Any(HasForeignBytes)
                || FileStat.FindFolder(layout.Absolute(folder))?.Identity != identity
            )
            {
                _events.End(watch);
                _unwatchable.Add(folder);
                return names;
            }
            var watched = new WatchedFolder(folder, identity, watch, names);
            _byPath[folder] = watched;
            _byWatch[watch] = watched;
            return names;
        }
    }

    /// <summary>Forgets a folder that has stopped to change.</summary>
    public void Forget(string folder)
    {
        lock (_gate)
        {
            if (_byPath.TryGetValue(folder, out var watched))
                Forget(watched);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isImpossible = true;
            _byPath.Clear();
            _byWatch.Clear();
            _events?.Dispose();
            _events = null;
        }
    }

    void Drain()
    {
        var changed = new Dictionary<WatchedFolder, HashSet<string>>();
        var isWhole = _events!.TryDrain(
            (watch, name) =>
            {
                if (!_byWatch.TryGetValue(watch, out var watched))
                    return;
                if (name is null)
                    Remove(watched);
                else if (changed.TryGetValue(watched, out var names))
                    names.Add(name);
                else
                    changed.Add(watched, new HashSet<string>(StringComparer.Ordinal) { name });
            }
        );
        foreach (var watched in isWhole ? [] : _byWatch.Values.ToList())
            Forget(watched);
        foreach (var (watched, names) in changed)
        {
            if (_byWatch.ContainsValue(watched) && (names.Count > MostChanges || !names.All(name => TrySettle(watched, name))))
                Forget(watched);
        }
    }

    // What an event says of a name may be old by now; what is there is asked of the disk.
    bool TrySettle(WatchedFolder watched, string name)
    {
        if (HasForeignBytes(name))
            return false;
        var path = string.Concat(watched.Path, "/", name);
        switch (FileStat.EntryOf(layout.Absolute(path)))
        {
            case PlaceKind.Nothing:
                watched.Remove(path);
                return true;
            case PlaceKind.Folder:
                watched.AddFolder(path);
                return true;
            case PlaceKind.File or PlaceKind.Special:
                watched.Remove(path);
                if (RolloutFileName.IsRollout(name))
                    watched.AddFile(path);
                return true;
            default:
                return false;
        }
    }

    void Forget(WatchedFolder watched)
    {
        _events!.End(watched.Watch);
        Remove(watched);
    }

    void Remove(WatchedFolder watched)
    {
        _byWatch.Remove(watched.Watch);
        _byPath.Remove(watched.Path);
    }

    // Two names of other bytes may look the same.
    static bool HasForeignBytes(string path) => path.Contains('\ufffd', StringComparison.Ordinal);
}

/// <summary>What a folder has in it, each with its path in the home.</summary>
/// <param name="Folders">The folders.</param>
/// <param name="Links">The links to folders.</param>
/// <param name="Files">The rollouts.</param>
/// <param name="HasLinks">Whether there are links, to whatever.</param>
/// <param name="Count">How many names there are, of whatever.</param>
sealed record FolderNamesRead(List<string> Folders, List<string> Links, List<string> Files, bool HasLinks, int Count)
{
    /// <summary>Gets every path.</summary>
    public IEnumerable<string> All => Folders.Concat(Files);
}
