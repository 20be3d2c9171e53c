using Microsoft.Win32.SafeHandles;

namespace Spool;

/// <summary>A lock file that this process holds, as Codex holds it: an exclusive lock of the whole file, tied to the open handle, gone with
/// the process.</summary>
/// <remarks>Two handles exclude each other, also within one process.</remarks>
sealed class LockFile : IDisposable
{
    readonly SafeFileHandle _handle;

    LockFile(string path, SafeFileHandle handle, bool existed)
    {
        Path = path;
        _handle = handle;
        LeftBytes = existed ? RandomAccess.GetLength(handle) : null;
    }

    /// <summary>Gets the path.</summary>
    public string Path { get; }

    /// <summary>Gets how long the file was that a process which died left behind, or null when there was none.</summary>
    public long? LeftBytes { get; }

    /// <summary>Takes the lock if it is free. The file is made when it is missing.</summary>
    /// <param name="path">The path.</param>
    /// <param name="files">Makes the file.</param>
    /// <returns>The lock, or null when it is taken.</returns>
    public static LockFile? TryTake(string path, PrivateFiles files)
    {
        while (true)
        {
            var existed = File.Exists(path);
            if (TryOpen(path, files) is not { } handle)
                return null;
            if (OperatingSystem.IsLinux() && !LinuxCalls.TryLock(handle))
            {
                handle.Dispose();
                return null;
            }
            // Who releases a lock removes its file. A lock of a file that is no longer at its path excludes no program.
            if (!OperatingSystem.IsLinux() || FileStat.TryGet(path)?.Inode == FileStat.TryGet(handle)?.Inode)
                return new LockFile(path, handle, existed);
            handle.Dispose();
        }
    }

    /// <summary>Replaces the content, which says who holds the lock.</summary>
    public void Write(ReadOnlySpan<byte> content)
    {
        // Only where there is something: what is written to a file that was cut to nothing, ext4 puts on the disk when it is closed, and
        // this one is removed then.
        if (RandomAccess.GetLength(_handle) > 0)
            RandomAccess.SetLength(_handle, 0);
        RandomAccess.Write(_handle, content, 0);
    }

    /// <summary>Removes the file and releases the lock. The caller holds the lock of all lock files.</summary>
    public void Remove()
    {
        try
        {
            // Only the file that is locked: the folder may have been cleared, and another program have taken a new file.
            if (!OperatingSystem.IsLinux() || FileStat.TryGet(Path)?.Inode == FileStat.TryGet(_handle)?.Inode)
                File.Delete(Path);
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            // The file stays and is recognised as stale.
        }
        Dispose();
    }

    /// <summary>Releases the lock and leaves the file.</summary>
    public void Dispose()
    {
        if (OperatingSystem.IsLinux() && !_handle.IsClosed)
            LinuxCalls.ReleaseLock(_handle);
        _handle.Dispose();
    }

    static SafeFileHandle? TryOpen(string path, PrivateFiles files)
    {
        if (OperatingSystem.IsLinux())
            return RegularFile.Checked(files.OpenOrCreate(path, LinuxCalls.ReadWrite | LinuxCalls.NonBlocking));
        try
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.GetType() == typeof(IOException))
        {
            return null; // elsewhere the framework itself takes the lock while it opens the file
        }
    }
}
