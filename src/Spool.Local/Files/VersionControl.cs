namespace Spool;

/// <summary>Tells working copies and repositories of version control by what is in a folder.</summary>
static class VersionControl
{
    static readonly Dictionary<string, string> Systems = new(StringComparer.Ordinal)
    {
        [".git"] = "git",
        [".hg"] = "Mercurial",
        [".svn"] = "Subversion",
        [".jj"] = "Jujutsu",
        [".bzr"] = "Bazaar",
        ["_darcs"] = "Darcs",
    };

    /// <summary>Says whether a name is that of the folder or file in which a working copy has its history, or says where that is.</summary>
    public static bool IsHistory(string name) => Systems.ContainsKey(name);

    /// <summary>Says what a folder is: a working copy, or a repository without one.</summary>
    /// <param name="names">The names in the folder.</param>
    /// <returns>As what follows "it is", or null when it is neither.</returns>
    public static string? KindOf(IEnumerable<string> names)
    {
        var ofRepository = 0;
        foreach (var name in names)
        {
            if (Systems.TryGetValue(name, out var system))
                return $"a working copy of {system}";
            if (name is "HEAD" or "objects" or "refs")
                ofRepository++;
        }
        return ofRepository == 3 ? "a repository of git" : null;
    }

    /// <summary>Gives the folder, and the name of the system, of the working copy that a folder is in, or that it is; null when there is
    /// none.</summary>
    /// <param name="folder">The absolute path of the folder.</param>
    public static (string Folder, string System)? Around(string folder)
    {
        for (var at = RealPath.Of(folder); at is not null; at = Path.GetDirectoryName(at))
        {
            foreach (var (name, system) in Systems)
            {
                if (Path.Exists(Path.Join(at, name)))
                    return (at, system);
            }
        }
        return null;
    }
}
