using System.Text;

namespace Spool;

/// <summary>How working folders are compared, wherever a thread was recorded and wherever it is read. Every store filters by
/// this.</summary>
/// <remarks>
/// A folder of Windows is one in all its spellings: <c>c:\work</c>, <c>C:\Work\</c>, <c>c:/work</c>, <c>\\?\C:\work</c>, and
/// <c>/mnt/c/work</c>, as Linux on Windows calls it. The same holds for a share: <c>\\server\share</c>, <c>\\SERVER/share/</c>,
/// <c>\\?\UNC\server\share</c>. Any other folder is compared as text without the slashes at its end. No file system is asked, so <c>.</c>
/// and <c>..</c> are names like others.
/// </remarks>
public static class WorkingFolder
{
    /// <summary>Says whether a path is one of Windows: with a drive, or of a share. Such a path is never below the current folder of
    /// another system.</summary>
    /// <param name="folder">The path.</param>
    public static bool IsOfWindows(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return HasDrive(folder) || folder.StartsWith(@"\\", StringComparison.Ordinal);
    }

    /// <summary>Gives the form of a folder that is equal for all spellings of it, and for nothing else.</summary>
    /// <param name="folder">The folder as it was recorded or asked for. Empty, of an unknown folder, stays empty.</param>
    /// <returns>The form, for comparison only.</returns>
    public static string KeyOf(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (
            folder.StartsWith("/mnt/", StringComparison.Ordinal)
            && folder.Length > 5
            && char.IsAsciiLetterLower(folder[5])
            && (folder.Length == 6 || folder[6] == '/')
        )
            return OfWindows($"{folder[5]}:{folder[6..]}");
        if (HasDrive(folder))
            return OfWindows(folder);
        if (!folder.StartsWith(@"\\", StringComparison.Ordinal))
            return folder.Length > 0 && folder.AsSpan().Trim('/').IsEmpty ? "/" : folder.TrimEnd('/');
        var path = folder.Length > 3 && folder[2] is '?' or '.' && IsSeparator(folder[3]) ? folder[4..] : null;
        return path is null ? OfWindows(folder)
            : path.Length > 3 && path.StartsWith("UNC", StringComparison.OrdinalIgnoreCase) && IsSeparator(path[3])
                ? OfWindows($@"\\{path[4..]}")
            : HasDrive(path) ? OfWindows(path)
            : OfWindows(folder);
    }

    /// <summary>Gives what the forms of all folders in a folder begin with, or null where nothing is in it because it is
    /// unknown.</summary>
    /// <param name="key">The form of the folder, from <see cref="KeyOf"/>.</param>
    /// <returns>The beginning, for comparison only.</returns>
    public static string? PrefixBelow(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.Length == 0 ? null
            : IsSeparator(key[^1]) ? key
            : key + (IsOfWindows(key) ? '\\' : '/');
    }

    static bool HasDrive(string path) =>
        path.Length > 1 && char.IsAsciiLetter(path[0]) && path[1] == ':' && (path.Length == 2 || IsSeparator(path[2]));

    static bool IsSeparator(char c) => c is '\\' or '/';

    // One kind of separator, one at a time and none at the end; one case. A share keeps the two at its beginning.
    static string OfWindows(string path)
    {
        var key = new StringBuilder(path.Length + 1);
        if (IsSeparator(path[0]))
            key.Append('\\');
        foreach (var c in path)
        {
            if (!IsSeparator(c))
                key.Append(char.ToUpperInvariant(c));
            else if (key.Length < 2 || key[^1] != '\\')
                key.Append('\\');
        }
        while (key.Length > 2 && key[^1] == '\\')
            key.Length--;
        return key.ToString();
    }
}
