using Google.Protobuf;
using Grpc.Core;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server;

/// <summary>A stream that sends what is written into it, in messages of bounded size.</summary>
/// <param name="destination">Where to.</param>
sealed class LogBytesStream(IServerStreamWriter<Wire.LogBytes> destination) : Stream
{
    const int MaxBytes = 256 * 1024;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    // The message is on its way when the call returns, so it may share the caller's memory.
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (var rest = buffer; !rest.IsEmpty; rest = rest[Math.Min(rest.Length, MaxBytes)..])
        {
            var part = rest[..Math.Min(rest.Length, MaxBytes)];
            await destination
                .WriteAsync(new Wire.LogBytes { Bytes = UnsafeByteOperations.UnsafeWrap(part) }, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("Write without waiting is not possible over a network.");
}
