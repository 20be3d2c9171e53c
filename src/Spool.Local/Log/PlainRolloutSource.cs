using Microsoft.Win32.SafeHandles;

namespace Spool;

/// <summary>A rollout that is stored as it is.</summary>
sealed class PlainRolloutSource(string path) : RolloutSource
{
    readonly SafeFileHandle _file = RegularFile.OpenRead(path);

    public override int Read(Span<byte> buffer, long offset) => RandomAccess.Read(_file, buffer, offset);

    public override void AwaitWrite()
    {
        if (OperatingSystem.IsLinux())
            LinuxCalls.AwaitWrite(_file);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken) =>
        RandomAccess.ReadAsync(_file, buffer, offset, cancellationToken);

    public override void Dispose() => _file.Dispose();
}
