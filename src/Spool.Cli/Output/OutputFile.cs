namespace Spool.Cli;

/// <summary>A file that appears under its name only when it is complete: it is written beside it and renamed.</summary>
sealed class OutputFile : IAsyncDisposable
{
    readonly string _target;
    readonly string _temporary;
    readonly ExistingFile _existing;
    readonly FileStream _stream;
    readonly bool _takesPlace;

    OutputFile(string target, ExistingFile existing)
    {
        _target = target;
        _existing = existing;
        _temporary = Path.Join(Path.GetDirectoryName(target), $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}.tmp");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 64 * 1024 };
        // A new file gets the mode that the mask of the process gives any file. One that replaces another is nobody's business that the other was not.
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
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the file exists, or its folder does not, or it may not be written.</exception>
    public static OutputFile Create(string target, ExistingFile existing)
    {
        if (existing == ExistingFile.Refuse && File.Exists(target))
            throw Exists(target);
        try
        {
            return new OutputFile(target, existing);
        }
        catch (Exception e) when (e is DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw new ThreadStoreException(ThreadStoreErrorCode.InvalidRequest, $"Cannot write {target}: {(e is DirectoryNotFoundException ? "its folder does not exist" : "access is denied")}.", e);
        }
    }

    /// <summary>Makes the file appear, once its content is on the disk.</summary>
    public void Commit() => MoveTo(_target);

    /// <summary>Keeps what was written so far under the name with <c>.partial</c> at its end, and gives that name.</summary>
    public string KeepPartial()
    {
        var partial = _target + ".partial";
        MoveTo(partial);
        return partial;
    }

    /// <summary>Removes what was written, unless it was kept.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        File.Delete(_temporary);
    }

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
