using System.Buffers;

namespace Spool;

/// <summary>Finds the last items of a log, or of its beginning.</summary>
/// <param name="source">The log.</param>
/// <param name="segment">What of it belongs to the history.</param>
/// <param name="maxLineBytes">Of a longer line only the beginning is held.</param>
sealed class LogPartFinder(RolloutSource source, LogSegment segment, int maxLineBytes)
{
    const int BlockBytes = 64 * 1024;

    static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t\r"u8);

    /// <summary>Looks back from the end. Costs what the items cost that are found.</summary>
    /// <param name="end">Where to begin, or null for the end of the log.</param>
    /// <param name="endOrdinal">The ordinal of the next item there, or null when it is not known.</param>
    /// <param name="most">How many items at most.</param>
    /// <param name="mostBytes">With how many bytes it is enough.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The part, or null where it cannot be found in this way: reading back costs too much, or ordinals cannot be counted
    /// back.</returns>
    public LogPart? Back(long? end, long? endOrdinal, int most, long mostBytes, CancellationToken cancellationToken)
    {
        if (segment.Counted is not { } counted || source.LengthReadBack is not { } length)
            return null;
        var at = Math.Min(Math.Min(end ?? long.MaxValue, segment.End), length);
        if ((end == at && at <= counted.Offset ? endOrdinal : OrdinalAt(counted, at)) is not { } ordinal)
            return null;
        var (start, count, bytes) = (at, 0, 0L);
        foreach (var line in LinesBack(at, cancellationToken))
        {
            if (count == most || bytes >= mostBytes)
                return new LogPart(start, at, count, ordinal - count, HasMore: true);
            start = line.Start;
            bytes += LogReader.Held(line.Length, maxLineBytes);
            count++;
        }
        return new LogPart(start, at, count, ordinal - count, HasMore: false);
    }

    /// <summary>Reads everything from the beginning. Costs as much as all of it.</summary>
    /// <param name="end">Where to stop, or null for the end of the log.</param>
    /// <param name="ordinal">The ordinal of the first item if its line carries none.</param>
    /// <param name="most">How many items at most.</param>
    /// <param name="mostBytes">With how many bytes it is enough.</param>
    /// <param name="room">Where room for long lines is asked for, or null.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The part, and the ordinal behind it.</returns>
    public async ValueTask<(LogPart Part, long Next)> ForwardAsync(
        long? end,
        long ordinal,
        int most,
        long mostBytes,
        IReadingRoom? room,
        CancellationToken cancellationToken
    )
    {
        var last = new Queue<(long Start, long Ordinal, long Bytes)>();
        var (bytes, at, hasMore) = (0L, 0L, false);
        var reader = new LogReader(
            source,
            0,
            Math.Min(end ?? long.MaxValue, segment.End),
            maxLineBytes,
            LineMemory.Reused,
            readingRoom: room
        );
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            cancellationToken.ThrowIfCancellationRequested();
            at = line.End;
            if (line.IsBlank)
                continue;
            last.Enqueue((line.Start, ordinal, line.Bytes.Length));
            bytes += line.Bytes.Length;
            for (; last.Count > most || bytes - last.Peek().Bytes >= mostBytes; hasMore = true)
                bytes -= last.Dequeue().Bytes;
            ordinal = Math.Max(new RolloutItem(line.Bytes, ordinal, line.Length).Ordinal, ordinal) + 1;
        }
        return last.TryPeek(out var first)
            ? (new LogPart(first.Start, at, last.Count, first.Ordinal, hasMore), ordinal)
            : (new LogPart(at, at, 0, ordinal, HasMore: false), ordinal);
    }

    // What was added behind the place is read, if each item goes on from the one before it.
    long? OrdinalAt(CountedTo counted, long at)
    {
        if (counted.Offset > at || counted.Offset < at && counted.Offset > 0 && !EndsLine(counted.Offset))
            return null;
        var ordinal = counted.Ordinal;
        var reader = new LogReader(source, counted.Offset, at, maxLineBytes, LineMemory.Reused);
        while (counted.Offset < at && reader.TryRead(out var line))
        {
            if (!line.IsBlank && new RolloutItem(line.Bytes, ordinal, line.Length).Ordinal > ordinal++)
                return null;
        }
        return ordinal;
    }

    bool EndsLine(long offset)
    {
        Span<byte> before = stackalloc byte[1];
        return source.Read(before, offset - 1) == 1 && before[0] == '\n';
    }

    // The lines with anything in them, the last first.
    IEnumerable<(long Start, long Length)> LinesBack(long end, CancellationToken cancellationToken)
    {
        var block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            var (lineEnd, hasContent) = (end, false);
            for (var from = end; from > 0; )
            {
                cancellationToken.ThrowIfCancellationRequested();
                var size = (int)Math.Min(BlockBytes, from);
                from -= size;
                Fill(block.AsSpan(0, size), from);
                for (var rest = size; ; )
                {
                    var lineStart = block.AsSpan(0, rest).LastIndexOf((byte)'\n') + 1;
                    hasContent |= block.AsSpan(lineStart, rest - lineStart).ContainsAnyExcept(Blanks);
                    if (lineStart == 0 && from > 0)
                        break; // the line goes on in the block before
                    if (hasContent || lineEnd - from - lineStart > maxLineBytes)
                        yield return (from + lineStart, lineEnd - from - lineStart);
                    if (lineStart == 0)
                        yield break;
                    rest = lineStart - 1;
                    (lineEnd, hasContent) = (from + rest, false);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    void Fill(Span<byte> block, long offset)
    {
        while (!block.IsEmpty)
        {
            var read = source.Read(block, offset);
            if (read == 0)
                throw ServedRolloutSource.Moved(); // it was cut meanwhile
            block = block[read..];
            offset += read;
        }
    }
}
