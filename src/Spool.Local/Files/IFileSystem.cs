namespace Spool;

/// <summary>The only way in which the write side touches the disk, so that tests can make any step of it fail.</summary>
/// <remarks>Synchronous, as the system calls are. Every failure is an <see cref="IOException"/> (with the system's error number in its
/// <c>HResult</c>) or an <see cref="UnauthorizedAccessException"/>; <see cref="DiskErrors"/> alone translates them.</remarks>
interface IFileSystem
{
    /// <summary>Creates a file for appending, which only its owner may read. Fails when there is one.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="model">A file whose place it will take: it gets its owner and mode, as far as the system lets us.</param>
    IWritableFile CreateNew(string path, string? model = null);

    /// <summary>Opens a file for appending. Fails when there is none.</summary>
    IWritableFile Open(string path);

    /// <summary>Gives the stamp of a file as it is found by its path now, or null when there is none.</summary>
    FileStamp? Stamp(string path);

    /// <summary>Creates a folder of the home and those above it, which only their owner may read. The home itself has to be there: see
    /// <see cref="HomePresence.MakeHome"/>.</summary>
    /// <returns>Whether it was missing.</returns>
    bool CreateFolder(string path);

    /// <summary>Renames a file. Fails when the new name is taken, unless it may replace.</summary>
    void Rename(string from, string to, RenameOver over);

    /// <summary>Deletes a file, or does nothing when there is none. The path may be one of <see cref="ForeignNames"/>.</summary>
    /// <returns>Whether there was one.</returns>
    bool Delete(string path);

    /// <summary>Puts the entries of a folder on the disk: files that were created, renamed or deleted in it.</summary>
    void SyncFolder(string path);

    /// <summary>Sets the time at which a file was last changed.</summary>
    void SetModified(string path, DateTimeOffset time);

    /// <summary>Says whether a folder, or the nearest one above it that is there, is on a network file system.</summary>
    bool IsOnNetwork(string path);
}

/// <summary>What happens when the new name of a file is taken.</summary>
enum RenameOver
{
    /// <summary>The rename fails.</summary>
    Nothing,

    /// <summary>The other file goes.</summary>
    Anything,
}

/// <summary>A file that is open for appending. Another handle's bytes are never overwritten: every write goes to the end the file has
/// then.</summary>
interface IWritableFile : IDisposable
{
    /// <summary>Gets the stamp of the open file, wherever its path leads by now.</summary>
    FileStamp Stamp { get; }

    /// <summary>Reads some bytes; 0 at the end.</summary>
    int Read(Span<byte> buffer, long offset);

    /// <summary>Writes at the end, all of it. When it fails a part may have been written.</summary>
    void Append(ReadOnlySpan<byte> bytes);

    /// <summary>Cuts the file.</summary>
    void SetLength(long length);

    /// <summary>Puts the file on the disk. After a failure nothing is known of what was written since the last success.</summary>
    void Sync();
}
