using System.Buffers;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Spool;

/// <summary>A rollout that is stored as one zstd stream. Reading forward is cheap; reading back starts again from the beginning.</summary>
sealed class ZstdRolloutSource(string path) : RolloutSource
{
    readonly FileStream _file = RegularFile.OpenStream(path, 64 * 1024);
    DecompressionStream? _stream;
    long _position;
    string? _problem;
    bool _gaveAnything;

    public override string? Problem => _problem;

    public override FileStamp? Stamp => OperatingSystem.IsLinux() ? FileStat.TryGet(_file.SafeFileHandle) : null;

    public override int Read(Span<byte> buffer, long offset)
    {
        try
        {
            Seek(offset);
            var read = _stream!.Read(buffer);
            _position += read;
            _gaveAnything |= _position > 0;
            return read;
        }
        catch (Exception e) when (e is ZstdException or EndOfStreamException or InvalidDataException)
        {
            _problem =
                e is ZstdException { Code: ZSTD_ErrorCode.ZSTD_error_frameParameter_windowTooLarge }
                    ? "The compressed rollout needs more memory than is allowed to uncompress it (a window above 128 MiB, as zstd --long=31 makes); compress it again without that."
                : _gaveAnything || _position > 0 ? "The compressed rollout is damaged or truncated; what could be uncompressed is served."
                : "The compressed rollout is damaged or truncated; nothing could be uncompressed.";
            return 0;
        }
    }

    public override void Dispose()
    {
        _stream?.Dispose();
        _file.Dispose();
    }

    void Seek(long offset)
    {
        if (_stream is null || offset < _position)
        {
            // The file that is open, not the path: the rollout may have been moved meanwhile.
            _stream?.Dispose();
            _file.Position = 0;
            _stream = new DecompressionStream(_file, leaveOpen: true, checkEndOfStream: true);
            _position = 0;
        }
        if (offset == _position)
            return;
        var skip = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            while (_position < offset)
            {
                var read = _stream.Read(skip.AsSpan(0, (int)Math.Min(skip.Length, offset - _position)));
                if (read == 0)
                    return;
                _position += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(skip);
        }
    }
}
