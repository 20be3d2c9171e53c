namespace Spool;

/// <summary>The bytes of a rollout, uncompressed, by offset.</summary>
abstract class RolloutSource : IDisposable
{
    /// <summary>Gets why the bytes end before they should, or null.</summary>
    public virtual string? Problem => null;

    /// <summary>Gets whether the bytes that were read end in the middle of what they should be, at the end of a line.</summary>
    public virtual bool EndsEarly => false;

    /// <summary>Gets how many bytes there are, where reading back costs no more than reading forward; else null.</summary>
    public virtual long? LengthReadBack => null;

    /// <summary>Gets the state of the file that is open, or null where the system does not say.</summary>
    public virtual FileStamp? Stamp => null;

    /// <summary>Opens a rollout: plain, compressed or a document, by its name. Shares the file with every other use, deletion
    /// included.</summary>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static RolloutSource Open(string path) =>
        RolloutFileName.IsCompressed(path) ? new ZstdRolloutSource(path)
        : RolloutFileName.IsDocument(path) ? new DocumentRolloutSource(new PlainRolloutSource(path))
        : new PlainRolloutSource(path);

    /// <summary>Waits until no program is in the middle of a write: when the bytes ended inside a line, more of them may be there
    /// then.</summary>
    /// <remarks>Costs one system call, and the rest of that write at most. A program that needs several writes for a line is not waited
    /// for.</remarks>
    public virtual void AwaitWrite() { }

    /// <summary>Says where the line ends that a place is in, or where the bytes end.</summary>
    /// <param name="offset">The place.</param>
    /// <param name="most">How many bytes to look through at most.</param>
    /// <returns>The offset of the line end, one beyond what was looked through, or null where it costs too much to read bytes
    /// twice.</returns>
    public virtual long? FindLineEnd(long offset, long most) => null;

    /// <summary>Reads some bytes; 0 at the end.</summary>
    public abstract int Read(Span<byte> buffer, long offset);

    /// <summary>Reads some bytes, and not on the caller's thread; 0 at the end.</summary>
    public virtual async ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken)
    {
        await OffCaller.Hop();
        cancellationToken.ThrowIfCancellationRequested();
        return Read(buffer.Span, offset);
    }

    /// <inheritdoc/>
    public abstract void Dispose();
}
