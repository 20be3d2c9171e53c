using Microsoft.Win32.SafeHandles;

namespace Spool;

/// <summary>A file on a system other than Linux, with what the framework offers everywhere: the end is looked up before each
/// write.</summary>
sealed class PortableFile : IWritableFile
{
    readonly SafeFileHandle _handle;

    PortableFile(string path, FileMode mode) =>
        _handle = File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Opens a file.</summary>
    public static PortableFile Open(string path) => new(path, FileMode.Open);

    /// <summary>Creates a file that only its owner may read, or with the mode of another one.</summary>
    public static PortableFile Create(string path, string? model)
    {
        var file = new PortableFile(path, FileMode.CreateNew);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(
                file._handle,
                model is not null && File.Exists(model) ? File.GetUnixFileMode(model) : UnixFileMode.UserRead | UnixFileMode.UserWrite
            );
        return file;
    }

    /// <inheritdoc/>
    public FileStamp Stamp =>
        new(RandomAccess.GetLength(_handle), (File.GetLastWriteTimeUtc(_handle).Ticks - DateTime.UnixEpoch.Ticks) * 100, 0, 0);

    /// <inheritdoc/>
    public int Read(Span<byte> buffer, long offset) => RandomAccess.Read(_handle, buffer, offset);

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<byte> bytes) => RandomAccess.Write(_handle, bytes, RandomAccess.GetLength(_handle));

    /// <inheritdoc/>
    public void SetLength(long length) => RandomAccess.SetLength(_handle, length);

    /// <inheritdoc/>
    public void Sync() => RandomAccess.FlushToDisk(_handle);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
