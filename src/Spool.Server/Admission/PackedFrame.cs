using System.Buffers;
using System.IO.Compression;

namespace Spool.Server;

/// <summary>Unpacks a compressed message. How long it will be is counted first, so that no memory is taken for more than is allowed.</summary>
static class PackedFrame
{
    /// <summary>Says whether messages of an encoding are unpacked here.</summary>
    public static bool Knows(string? encoding) => encoding is "gzip" or "deflate";

    /// <summary>Gives the length that a message unpacks to.</summary>
    /// <param name="packed">The bytes.</param>
    /// <param name="encoding">How they are packed.</param>
    /// <param name="most">The counting stops above this.</param>
    /// <exception cref="InvalidDataException">The bytes are not packed in this way.</exception>
    public static long LengthOf(in ReadOnlySequence<byte> packed, string encoding, long most)
    {
        using var stream = Open(packed, encoding);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            long length = 0;
            while (length <= most && stream.Read(buffer) is > 0 and var read)
                length += read;
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

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
