namespace Spool;

/// <summary>Gives a folder one spelling, whatever links lead to it.</summary>
static class RealPath
{
    const int MostLinks = 40; // as many as Linux follows

    /// <summary>Follows every link in a path, also to what is not there at the moment: a disk that is not mounted changes
    /// nothing.</summary>
    /// <param name="path">An absolute path.</param>
    /// <returns>The path without links, dots and a separator at its end; the path as it is where links go round in a circle.</returns>
    public static string Of(string path)
    {
        var links = 0;
        return Of(Plain(path), ref links) ?? Plain(path);
    }

    static string? Of(string path, ref int links)
    {
        if (Path.GetDirectoryName(path) is not { } parent)
            return path;
        if (Of(parent, ref links) is not { } folder)
            return null;
        var here = Path.Join(folder, Path.GetFileName(path));
        if (LinkAt(here) is not { Length: > 0 } target)
            return here;
        return ++links > MostLinks ? null : Of(Plain(Path.GetFullPath(target, folder)), ref links);
    }

    static string? LinkAt(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            return null;
        }
    }

    static string Plain(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
}
