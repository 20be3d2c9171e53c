namespace Spool;

/// <summary>The rows of folders.</summary>
sealed class FolderTable(IndexConnection connection)
{
    /// <summary>Gives every folder that is noted, by path.</summary>
    public Dictionary<string, NotedFolder> Load() =>
        connection
            .Query(
                reader =>
                    (
                        Path: reader.GetString(0),
                        Stamp: new FileStamp(0, reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)),
                        Names: reader.GetString(4)
                    ),
                "SELECT path, modified_ns, inode, changed_ns, folders FROM folders"
            )
            .ToDictionary(
                row => row.Path,
                row => new NotedFolder(
                    row.Stamp,
                    [.. row.Names.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(name => string.Concat(row.Path, "/", name))]
                ),
                StringComparer.Ordinal
            );

    /// <summary>Notes folders.</summary>
    /// <returns>All that are noted now.</returns>
    public Dictionary<string, NotedFolder> Store(Dictionary<string, NotedFolder> noted, Dictionary<string, NotedFolder> more)
    {
        var all = new Dictionary<string, NotedFolder>(noted, StringComparer.Ordinal);
        foreach (var (path, folder) in more)
            all[path] = folder;
        connection.Write(() =>
        {
            foreach (var (path, folder) in more)
                Write(path, folder);
        });
        return all;
    }

    /// <summary>Gives the paths of the rollouts of one folder that have a row.</summary>
    public HashSet<string> RolloutsIn(string folder) =>
        connection
            .Query(reader => reader.GetString(0), "SELECT path FROM rollouts WHERE path > $1 AND path < $2", folder + "/", folder + "0")
            .Where(path => path.LastIndexOf('/') == folder.Length)
            .ToHashSet(StringComparer.Ordinal);

    // No name has a slash in it.
    void Write(string path, NotedFolder folder) =>
        connection.Execute(
            "INSERT INTO folders (path, modified_ns, inode, changed_ns, folders) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (path) DO UPDATE SET modified_ns = $2, inode = $3, changed_ns = $4, folders = $5",
            path,
            folder.Stamp.ModifiedNs,
            folder.Stamp.Inode,
            folder.Stamp.ChangedNs,
            string.Join('/', folder.Children.Select(Path.GetFileName))
        );
}
