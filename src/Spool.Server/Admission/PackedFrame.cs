using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Spool.Server;

/// <summary>Unpacks a compressed message. How long it will be is counted first, so that no memory is taken for more than is
/// allowed.</summary>
static class PackedFrame
{
    /// <summary>Says whether messages of an encoding are unpacked here.</summary>
    public static bool Knows(string? encoding) => encoding is "gzip" or "deflate";

    /// <summary>Gives the length that a message unpacks to.</summary>
    /// <param name="packed">The bytes.</param>
    /// <param name="encoding">How they are packed.</param>
    /// <param name="most">The counting stops above this.</param>
    /// <exception cref="InvalidDataException">The bytes are not packed in this way, end early, or go on behind their end.</exception>
    public static long LengthOf(in ReadOnlySequence<byte> packed, string encoding, long most)
    {
        var check = new Check(encoding == "gzip");
        using var stream = Open(packed, encoding);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            long length = 0;
            while (length <= most && stream.Read(buffer) is > 0 and var read)
            {
                length += read;
                check.Add(buffer.AsSpan(0, read));
            }
            // The streams take an end that comes too early for the end, and leave what comes behind it.
            if (length <= most && !check.IsEndOf(packed))
                throw new InvalidDataException();
            return length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Unpacks a message whose length was counted.</summary>
    public static void Unpack(in ReadOnlySequence<byte> packed, string encoding, Span<byte> message)
    {
        using var stream = Open(packed, encoding);
        stream.ReadExactly(message);
    }

    static Stream Open(in ReadOnlySequence<byte> packed, string encoding)
    {
        var bytes = new SequenceStream(packed);
        return encoding == "gzip" ? new GZipStream(bytes, CompressionMode.Decompress) : new ZLibStream(bytes, CompressionMode.Decompress);
    }

    /// <summary>Sums up what was unpacked, as its packer did, who put the sum at the end.</summary>
    sealed class Check(bool isGzip)
    {
        const uint Adler = 65521;
        const int AtOnce = 5552; // as many bytes as cannot overflow the sums

        readonly Crc32 _crc = new();
        uint _length;
        uint _low = 1;
        uint _high;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            _length += (uint)bytes.Length;
            if (isGzip)
            {
                _crc.Append(bytes);
                return;
            }
            while (bytes.Length > 0)
            {
                var part = bytes[..Math.Min(AtOnce, bytes.Length)];
                foreach (var value in part)
                {
                    _low += value;
                    _high += _low;
                }
                (_low, _high) = (_low % Adler, _high % Adler);
                bytes = bytes[part.Length..];
            }
        }

        public bool IsEndOf(in ReadOnlySequence<byte> packed)
        {
            Span<byte> sum = stackalloc byte[isGzip ? 8 : 4];
            if (isGzip)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(sum, _crc.GetCurrentHashAsUInt32());
                BinaryPrimitives.WriteUInt32LittleEndian(sum[4..], _length);
            }
            else
                BinaryPrimitives.WriteUInt32BigEndian(sum, _high << 16 | _low);
            if (packed.Length < sum.Length)
                return false;
            Span<byte> end = stackalloc byte[8];
            packed.Slice(packed.Length - sum.Length).CopyTo(end);
            return end[..sum.Length].SequenceEqual(sum);
        }
    }

    /// <summary>Reads a sequence.</summary>
    sealed class SequenceStream(ReadOnlySequence<byte> rest) : Stream
    {
        ReadOnlySequence<byte> _rest = rest;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            var part = _rest.Slice(0, Math.Min(buffer.Length, _rest.Length));
            part.CopyTo(buffer);
            _rest = _rest.Slice(part.Length);
            return (int)part.Length;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
