namespace Spool;

/// <summary>The names in one folder, by the ids in them.</summary>
sealed class WatchedFolder
{
    const int IdLength = 36;

    readonly Dictionary<Guid, string[]> _files = [];
    readonly HashSet<string> _all = new(StringComparer.Ordinal);
    List<string> _folders; // never changed, only replaced: it is given away

    /// <param name="path">The folder's path in the home.</param>
    /// <param name="identity">Which folder it is.</param>
    /// <param name="watch">The watch of it.</param>
    /// <param name="names">What it had when the watch had begun.</param>
    public WatchedFolder(string path, FolderIdentity identity, int watch, FolderNamesRead names)
    {
        (Path, Identity, Watch, _folders) = (path, identity, watch, [.. names.Folders]);
        foreach (var file in names.Files)
            AddFile(file);
    }

    /// <summary>Gets the folder's path in the home.</summary>
    public string Path { get; }

    /// <summary>Gets which folder it is.</summary>
    public FolderIdentity Identity { get; }

    /// <summary>Gets the watch of it.</summary>
    public int Watch { get; }

    /// <summary>Gets how many rollouts it has.</summary>
    public int Count => _all.Count;

    /// <summary>Gets the folders in it.</summary>
    public IReadOnlyList<string> Folders => _folders;

    /// <summary>Gives the rollouts that have an id in their name.</summary>
    public IReadOnlyList<string> FilesOf(ThreadId threadId) => _files.GetValueOrDefault(threadId.Value) ?? [];

    /// <summary>Adds a rollout.</summary>
    public void AddFile(string path)
    {
        if (!_all.Add(path))
            return;
        foreach (var id in IdsIn(path))
            _files[id] = _files.TryGetValue(id, out var others) ? [.. others, path] : [path];
    }

    /// <summary>Adds a folder.</summary>
    public void AddFolder(string path)
    {
        Remove(path);
        _folders = [.. _folders, path];
    }

    /// <summary>Removes whatever has a path.</summary>
    public void Remove(string path)
    {
        if (_folders.Contains(path, StringComparer.Ordinal))
            _folders = [.. _folders.Where(folder => folder != path)];
        if (!_all.Remove(path))
            return;
        foreach (var id in IdsIn(path))
        {
            if (_files[id] is { Length: > 1 } several)
                _files[id] = [.. several.Where(other => other != path)];
            else
                _files.Remove(id);
        }
    }

    // Wherever they stand: copies have more before or behind them.
    HashSet<Guid> IdsIn(string path)
    {
        var ids = new HashSet<Guid>();
        for (var at = Path.Length + 1; at + IdLength <= path.Length; at++)
        {
            if (path[at + 8] == '-' && ThreadId.TryParse(path.AsSpan(at, IdLength), out var id))
                ids.Add(id.Value);
        }
        return ids;
    }
}
