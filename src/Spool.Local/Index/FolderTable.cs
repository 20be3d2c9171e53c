namespace Spool;

/// <summary>The rows of folders.</summary>
sealed class FolderTable(IndexConnection connection)
{
    /// <summary>Gives every folder that is noted, by path.</summary>
    public Dictionary<string, NotedFolder> Load()
    {
        var rows = connection.Query(
            reader => (Path: reader.GetString(0), Stamp: new FileStamp(0, reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3))),
            "SELECT path, modified_ns, inode, changed_ns FROM folders ORDER BY path");
        var children = rows.ToLookup(row => Path.GetDirectoryName(row.Path), row => row.Path, StringComparer.Ordinal);
        return rows.ToDictionary(row => row.Path, row => new NotedFolder(row.Stamp, [.. children[row.Path]]), StringComparer.Ordinal);
    }

    /// <summary>Notes folders.</summary>
    /// <returns>All that are noted now.</returns>
    public Dictionary<string, NotedFolder> Store(Dictionary<string, NotedFolder> noted, Dictionary<string, NotedFolder> more)
    {
        var all = new Dictionary<string, NotedFolder>(noted, StringComparer.Ordinal);
        foreach (var (path, folder) in more)
            all[path] = folder;
        // A folder that is noted stands for those in it: one of them that is not noted yet has to be found through it.
        foreach (var path in more.Keys.OrderByDescending(path => path.Length))
        {
            if (all[path].Children.Any(child => !all.ContainsKey(child)))
                all.Remove(path);
        }
        var changed = more.Keys.Where(path => noted.GetValueOrDefault(path)?.Stamp != all.GetValueOrDefault(path)?.Stamp).ToList();
        if (changed.Count > 0)
            connection.Write(() => changed.ForEach(path => Write(path, all.GetValueOrDefault(path))));
        return all;
    }

    /// <summary>Gives the paths of the rollouts of one folder that have a row.</summary>
    public HashSet<string> RolloutsIn(string folder) => connection
        .Query(reader => reader.GetString(0), "SELECT path FROM rollouts WHERE path > $1 AND path < $2", folder + "/", folder + "0")
        .Where(path => path.LastIndexOf('/') == folder.Length).ToHashSet(StringComparer.Ordinal);

    void Write(string path, NotedFolder? folder)
    {
        if (folder is null)
            connection.Execute("DELETE FROM folders WHERE path = $1", path);
        else
            connection.Execute(
                "INSERT INTO folders (path, modified_ns, inode, changed_ns) VALUES ($1, $2, $3, $4) ON CONFLICT (path) DO UPDATE SET modified_ns = $2, inode = $3, changed_ns = $4",
                path, folder.Stamp.ModifiedNs, folder.Stamp.Inode, folder.Stamp.ChangedNs);
    }
}
