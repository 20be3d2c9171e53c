using System.Buffers;
using System.IO.Hashing;

namespace Spool;

/// <summary>A log whose bytes are hashed while they are read, so that the next look can tell whether they are still what they
/// were.</summary>
/// <remarks>
/// The hash is that of all bytes up to 16 MiB. Of a longer log it is that of the first 64 KiB and the last 4 KiB: to compare all of a log
/// of gigabytes each time a line was added would cost more than everything else a look does. What is written over in the middle of
/// such a log shows as long as that is all that happened; when the log also grew between the same two looks it is not noticed, and <c>spool
/// index rebuild</c> takes it in. The cost is that of reading the bytes once more for a log that grew, and nothing else for one that is
/// read from its start.
/// </remarks>
/// <param name="log">The log. It is not disposed.</param>
sealed class HashedLog(RolloutSource log) : RolloutSource
{
    /// <summary>The longest log of which every byte counts.</summary>
    public const long WholeBytes = 16 * 1024 * 1024;

    const int HeadBytes = 64 * 1024; // holds the whole first line, which says most of what a list shows
    const int TailBytes = 4096;
    const int ChunkBytes = 128 * 1024;

    readonly XxHash3 _hash = new();
    long _hashed; // all bytes up to here are in the hash

    /// <inheritdoc/>
    public override string? Problem => log.Problem;

    /// <inheritdoc/>
    public override bool EndsEarly => log.EndsEarly;

    /// <summary>Gives the hash of the log up to an offset: of the bytes as they were read, as far as they were. Where they are others by
    /// now, it is the hash of no log, and the next look reads the log from its start.</summary>
    public ulong HashTo(long length)
    {
        if (length > WholeBytes)
            return HashOfEdges(length);
        if (_hashed <= length)
        {
            _hashed = Append(_hash, _hashed, length);
            return _hash.GetCurrentHashAsUInt64();
        }
        // More was read than counts, such as a last line that is incomplete.
        var hash = new XxHash3();
        Append(hash, 0, length);
        var counted = hash.GetCurrentHashAsUInt64();
        Append(hash, length, _hashed);
        return hash.GetCurrentHashAsUInt64() == _hash.GetCurrentHashAsUInt64() ? counted : ~counted;
    }

    /// <inheritdoc/>
    public override void AwaitWrite() => log.AwaitWrite();

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer, long offset)
    {
        var read = log.Read(buffer, offset);
        // What is read a second time is in the hash as it was read first.
        if (offset <= _hashed && offset + read > _hashed && offset + read <= WholeBytes)
        {
            _hash.Append(buffer[(int)(_hashed - offset)..read]);
            _hashed = offset + read;
        }
        return read;
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken) =>
        log.ReadAsync(buffer, offset, cancellationToken);

    /// <inheritdoc/>
    public override void Dispose() { }

    ulong HashOfEdges(long length)
    {
        var hash = new XxHash3();
        Append(hash, 0, HeadBytes);
        Append(hash, length - TailBytes, length);
        return hash.GetCurrentHashAsUInt64();
    }

    // A log that ends earlier by now has another hash.
    long Append(XxHash3 hash, long start, long end)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        while (start < end && log.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - start)), start) is > 0 and var read)
        {
            hash.Append(buffer.AsSpan(0, read));
            start += read;
        }
        ArrayPool<byte>.Shared.Return(buffer);
        return start;
    }
}
