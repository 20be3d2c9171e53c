using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Spool;

/// <summary>A rollout that is stored as it is.</summary>
sealed class PlainRolloutSource(string path) : RolloutSource
{
    const int PartBytes = 256 * 1024;

    readonly SafeFileHandle _file = RegularFile.OpenRead(path);

    public override FileStamp? Stamp => OperatingSystem.IsLinux() ? FileStat.TryGet(_file) : null;

    public override long? LengthReadBack => RandomAccess.GetLength(_file);

    public override int Read(Span<byte> buffer, long offset) => RandomAccess.Read(_file, buffer, offset);

    public override void AwaitWrite()
    {
        if (OperatingSystem.IsLinux())
            LinuxCalls.AwaitWrite(_file);
    }

    public override long? FindLineEnd(long offset, long most)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PartBytes);
        try
        {
            for (var at = offset; ; )
            {
                var read = at - offset > most ? 0 : Read(buffer, at);
                if (read == 0)
                    return at;
                if (buffer.AsSpan(0, read).IndexOf((byte)'\n') is >= 0 and var end)
                    return at + end;
                at += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken) =>
        RandomAccess.ReadAsync(_file, buffer, offset, cancellationToken);

    public override void Dispose() => _file.Dispose();
}
