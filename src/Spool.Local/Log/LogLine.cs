namespace Spool;

/// <summary>One line of a rollout.</summary>
/// <param name="Bytes">The line without its line end, or its beginning when it is above the reader's limit.</param>
/// <param name="Start">Where it begins in the rollout.</param>
/// <param name="Length">Its whole length without the line end.</param>
/// <param name="IsTerminated">Whether a line end follows.</param>
readonly record struct LogLine(ReadOnlyMemory<byte> Bytes, long Start, long Length, bool IsTerminated)
{
    /// <summary>Gets where the next line begins.</summary>
    public long End => Start + Length + (IsTerminated ? 1 : 0);

    /// <summary>Gets whether there is nothing in the line.</summary>
    public bool IsBlank => Length == Bytes.Length && Bytes.Span.Trim(" \t\r"u8).IsEmpty;
}
