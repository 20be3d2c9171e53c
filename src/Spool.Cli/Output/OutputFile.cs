using System.Text;

namespace Spool.Cli;

/// <summary>A file that appears under its name only when it is complete: it is written beside it and renamed.</summary>
sealed class OutputFile : IAsyncDisposable
{
    const int ReadOnly = 30; // the number that Linux and macOS have for it
    const int MostNameBytes = 255; // what the file systems of Linux, macOS and Windows allow, near enough

    readonly string _target;
    readonly string _temporary;
    readonly ExistingFile _existing;
    readonly FileStream _stream;
    readonly bool _takesPlace;

    OutputFile(string target, ExistingFile existing)
    {
        _target = target;
        _existing = existing;
        _temporary = Path.Join(Path.GetDirectoryName(target), TemporaryName(Path.GetFileName(target)));
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            BufferSize = 64 * 1024,
        };
        // A new file gets the mode that the mask of the process gives any file. One that replaces another is no business of a user that the
        // other was not.
        _takesPlace = existing == ExistingFile.Replace && File.Exists(target);
        if (_takesPlace && !OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        _stream = new FileStream(_temporary, options);
    }

    /// <summary>Gets where to write.</summary>
    public Stream Stream => _stream;

    /// <summary>Begins a file.</summary>
    /// <param name="target">Its absolute path.</param>
    /// <param name="existing">What to do with a file of that name.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the file exists, or its folder does not,
    /// or it may not be written, or what is there is no file or a rollout.</exception>
    public static OutputFile Create(string target, ExistingFile existing)
    {
        target = Behind(target);
        CheckPlace(target);
        if (existing == ExistingFile.Refuse && File.Exists(target))
            throw Exists(target);
        try
        {
            return new OutputFile(target, existing);
        }
        catch (Exception e)
            when (e is DirectoryNotFoundException or FileNotFoundException or UnauthorizedAccessException or PathTooLongException
                || e is IOException { HResult: ReadOnly }
            )
        {
            throw Cannot(
                target,
                e switch
                {
                    DirectoryNotFoundException => "its folder does not exist",
                    FileNotFoundException => "no file can be made in its folder", // as in those of the system's kernel
                    PathTooLongException => TooLong,
                    UnauthorizedAccessException => "access is denied",
                    _ => "its disk may only be read",
                },
                e
            );
        }
    }

    /// <summary>Makes the file appear, once its content is on the disk.</summary>
    public void Commit() => MoveTo(_target);

    /// <summary>Keeps what was written so far under the name with <c>.partial</c> at its end, and gives that name.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it cannot have that name, for one of the
    /// reasons for which it could not have the other.</exception>
    public string KeepPartial()
    {
        var partial = _target + ".partial";
        CheckPlace(partial);
        MoveTo(partial);
        return partial;
    }

    /// <summary>Removes what was written, unless it was kept.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _stream.DisposeAsync();
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e) || DiskErrors.IsTooLarge(e))
        {
            // What it still holds has no place, and is not wanted any more; the first error says why.
        }
        finally
        {
            File.Delete(_temporary);
        }
    }

    // It says whose it is, where a kill leaves it. The name of the target may be as long as a name can be.
    static string TemporaryName(string name)
    {
        var end = $".spool-{Path.GetRandomFileName()[..8]}.tmp";
        while (Encoding.UTF8.GetByteCount(name) + end.Length + 1 > MostNameBytes)
            name = name[..^(char.IsLowSurrogate(name[^1]) ? 2 : 1)];
        return $".{name}{end}";
    }

    // What a link leads to is replaced, as any program that writes to the name would do it, and not the link.
    static string Behind(string target)
    {
        if (new FileInfo(target).LinkTarget is null)
            return target;
        string behind;
        try
        {
            behind = File.ResolveLinkTarget(target, returnFinalTarget: true)?.FullName ?? target;
        }
        catch (IOException e)
        {
            throw Cannot(target, "it is a link that leads nowhere", e);
        }
        // Bytes that are not UTF-8 are U+FFFD here, which is a name of another file.
        return
            !behind.Contains('\uFFFD', StringComparison.Ordinal)
            || FileStat.IdentityOf(target) is { } file && file == FileStat.IdentityOf(behind)
            ? behind
            : throw Cannot(target, "it is a link to a name that is not UTF-8 text, or to one with U+FFFD that is not there");
    }

    static void CheckPlace(string target)
    {
        if (Encoding.UTF8.GetByteCount(Path.GetFileName(target)) > MostNameBytes)
            throw Cannot(target, $"its name has more than the {MostNameBytes} bytes that the name of a file may have");
        var kind = FileStat.KindOf(target);
        if (kind == PlaceKind.Folder)
            throw Cannot(target, "it is a folder; name a file in it");
        if (kind == PlaceKind.Special)
            throw Cannot(
                target,
                "it is a pipe, a socket or a device, which a file cannot take the place of; leave --output away and send the standard output there"
            );
        if (
            kind == PlaceKind.File
            && RolloutFileName.IsRollout(Path.GetFileName(target))
            && target.Split(Path.DirectorySeparatorChar).Any(folder => folder is HomeLayout.Sessions or HomeLayout.Archived)
        )
            throw Cannot(target, "it is a rollout, and what a thread is may not be replaced by what is shown of it; name another file");
    }

    const string TooLong = "its path is longer than the system allows";

    static ThreadStoreException Cannot(string target, string reason, Exception? cause = null) =>
        new(ThreadStoreErrorCode.InvalidRequest, $"Cannot write {target}: {reason}.", cause);

    void MoveTo(string target)
    {
        _stream.Flush(flushToDisk: true);
        if (_takesPlace && OperatingSystem.IsLinux())
            FileRights.Copy(_target, _stream.SafeFileHandle);
        else if (_takesPlace && !OperatingSystem.IsWindows() && File.Exists(_target))
            File.SetUnixFileMode(_stream.SafeFileHandle, File.GetUnixFileMode(_target));
        _stream.Dispose();
        try
        {
            File.Move(_temporary, target, overwrite: _existing == ExistingFile.Replace);
        }
        catch (PathTooLongException e)
        {
            throw Cannot(target, TooLong, e);
        }
        catch (IOException e) when (File.Exists(target))
        {
            throw Exists(target, e);
        }
    }

    static ThreadStoreException Exists(string target, Exception? cause = null) =>
        new(ThreadStoreErrorCode.InvalidRequest, $"{target} exists; give --force to replace it.", cause);
}

/// <summary>What to do with a file that is there already.</summary>
enum ExistingFile
{
    /// <summary>Leave it and refuse.</summary>
    Refuse,

    /// <summary>Replace it.</summary>
    Replace,
}
