using Microsoft.Win32.SafeHandles;

namespace Spool;

/// <summary>A file that the system itself appends to (<c>O_APPEND</c>): between looking for the end and writing there no program comes in
/// between.</summary>
sealed class LinuxFile(SafeFileHandle handle) : IWritableFile
{
    /// <inheritdoc/>
    public FileStamp Stamp => FileStat.TryGet(handle) ?? throw new IOException("The open file cannot be asked about.");

    /// <inheritdoc/>
    public int Read(Span<byte> buffer, long offset) => RandomAccess.Read(handle, buffer, offset);

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<byte> bytes) => LinuxCalls.Write(handle, bytes);

    /// <inheritdoc/>
    public void SetLength(long length) => RandomAccess.SetLength(handle, length);

    /// <inheritdoc/>
    public void Sync() => LinuxCalls.SyncData(handle);

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();
}
