using System.Globalization;
using System.Security.Cryptography;

namespace Spool;

/// <summary>Where the index of a home is: <c>index.sqlite</c>, a link to a file whose name no other index ever had.</summary>
/// <remarks>
/// SQLite finds the journal of a database by the name of its file. If a new index took the name of one that other processes still use, each
/// would take the journal of the other for its own, and undo its changes in the wrong file. So an index keeps its name for life, and a new
/// one changes the link alone. Where there are no links (Windows, some file systems) the index is a plain file.
/// </remarks>
sealed class IndexFile(string folder, PrivateFiles files)
{
    const string Prefix = "index-";
    const string Suffix = ".sqlite";
    const int Attempts = 20;

    /// <summary>Gets the path under which every process finds it.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, "index.sqlite");

    /// <summary>Gets the path of an index that was set aside.</summary>
    public string AsidePath => Path + ".set-aside";

    /// <summary>Gets the path of the file itself; null when there is none.</summary>
    public string? Current => Target() is var file && FileStat.TryGet(file) is not null ? file : null;

    /// <summary>Gets what identifies the file, among all that were or will be here; 0 when there is none.</summary>
    public long Id
    {
        get
        {
            var file = Target();
            return FileStat.TryGet(file) is not { } stamp ? 0 : NumberOf(file) ?? Math.Max(1, stamp.Inode);
        }
    }

    /// <summary>Makes an empty file when there is none.</summary>
    /// <returns>The path of the file itself.</returns>
    public string Make()
    {
        for (var attempt = 1; ; attempt++)
        {
            if (Current is { } there)
                return there;
            var own = System.IO.Path.Combine(folder, Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)) + Suffix);
            files.CreateIfMissing(own);
            try
            {
                if (LinkTarget() is not null && Current is null)
                    File.Delete(Path); // it leads nowhere
                files.CreateLink(Path, System.IO.Path.GetFileName(own));
                RemoveOthers(own);
                return own;
            }
            catch (Exception e)
                when (e is UnauthorizedAccessException or PlatformNotSupportedException or IOException
                    && !DiskErrors.IsFull(e)
                    && !DiskErrors.IsGone(e)
                    && attempt < Attempts
                )
            {
                Remove(own);
                if (LinkTarget() is null && Current is null)
                    files.CreateIfMissing(Path); // no links here
            }
            catch
            {
                Remove(own);
                throw;
            }
        }
    }

    /// <summary>Takes the file out of use and keeps it, so that the next one who needs an index makes a new one. Connections that are open
    /// keep the old one.</summary>
    public void SetAside()
    {
        if (Unlink() is not { } file)
            return;
        RemoveBeside(file);
        try
        {
            File.Move(file, AsidePath, overwrite: true);
        }
        catch (Exception e) when (DiskErrors.IsGone(e))
        {
            // Another process was first.
        }
    }

    /// <summary>Deletes the file and what was set aside. Connections that are open keep what they had.</summary>
    public void Discard()
    {
        if (Unlink() is { } file)
        {
            RemoveBeside(file);
            File.Delete(file);
        }
        if (Directory.Exists(folder))
            File.Delete(AsidePath);
    }

    /// <summary>Deletes files of the index that are no longer it: a process that still uses one goes on with the new one.</summary>
    public void RemoveOthers() => RemoveOthers(Current ?? Path);

    // The link goes first: no process finds the file any more, whatever happens to it then. A plain file is found until it is moved or
    // deleted.
    string? Unlink()
    {
        var file = Current;
        if (LinkTarget() is not null)
            File.Delete(Path);
        return file;
    }

    void RemoveOthers(string kept)
    {
        foreach (
            var other in Directory
                .EnumerateFiles(folder, Prefix + "*")
                .Where(path => !path.StartsWith(kept, StringComparison.Ordinal))
                .ToList()
        )
            Remove(other);
    }

    static void RemoveBeside(string file)
    {
        foreach (var suffix in (string[])["-journal", "-wal", "-shm"])
            File.Delete(file + suffix);
    }

    static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            // What cannot be removed is in no one's way.
        }
    }

    string Target() => LinkTarget() is { Length: > 0 } target ? System.IO.Path.GetFullPath(target, folder) : Path;

    string? LinkTarget()
    {
        try
        {
            return new FileInfo(Path).LinkTarget;
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            return null;
        }
    }

    static long? NumberOf(string file)
    {
        var name = System.IO.Path.GetFileNameWithoutExtension(file.AsSpan());
        return
            name.StartsWith(Prefix, StringComparison.Ordinal)
            && ulong.TryParse(name[Prefix.Length..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            ? (long)(number & long.MaxValue)
            : null;
    }
}
