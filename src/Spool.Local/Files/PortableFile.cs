using Microsoft.Win32.SafeHandles;

namespace Spool;

/// <summary>A file on a system other than Linux, with what the framework offers everywhere: the end is looked up before each write.</summary>
sealed class PortableFile(string path, FileMode mode) : IWritableFile
{
    readonly SafeFileHandle _handle = File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    /// <inheritdoc/>
    public FileStamp Stamp => new(RandomAccess.GetLength(_handle), (File.GetLastWriteTimeUtc(_handle).Ticks - DateTime.UnixEpoch.Ticks) * 100, 0, 0);

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
