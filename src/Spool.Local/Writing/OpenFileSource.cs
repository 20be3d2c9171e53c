namespace Spool;

/// <summary>The bytes of a file that is open for writing.</summary>
sealed class OpenFileSource(IWritableFile file) : RolloutSource
{
    public override int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(file.Read(buffer.Span, offset));
    }

    public override void Dispose()
    {
        // The code that opened the file closes it.
    }
}

/// <summary>Bytes in memory, read as a rollout is read.</summary>
sealed class MemorySource(ReadOnlyMemory<byte> bytes) : RolloutSource
{
    public override int Read(Span<byte> buffer, long offset)
    {
        var rest = bytes.Span[(int)Math.Min(offset, bytes.Length)..];
        rest = rest[..Math.Min(rest.Length, buffer.Length)];
        rest.CopyTo(buffer);
        return rest.Length;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken) =>
        new(Read(buffer.Span, offset));

    public override void Dispose()
    {
        // There is nothing to close.
    }
}
