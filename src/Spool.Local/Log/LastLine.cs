using System.Buffers;

namespace Spool;

/// <summary>Reads some bytes at an offset; 0 at the end.</summary>
delegate int ReadBytes(Span<byte> buffer, long offset);

/// <summary>Tells a last line that lacks only its line end from what a crash left of one. Code that reads, forks or writes a rollout asks
/// here, so that all of them agree.</summary>
static class LastLine
{
    const int BlockBytes = 256 * 1024;

    static readonly SearchValues<byte> StringMarks = SearchValues.Create("\"\\"u8);
    static readonly SearchValues<byte> Marks = SearchValues.Create("\"{}[]"u8);

    /// <summary>Says whether a last line without a line end counts as if it had one: it holds a record, or is above the limit of its reader
    /// and its first object is there to its end.</summary>
    /// <param name="line">The line.</param>
    /// <param name="read">Reads the rollout.</param>
    /// <remarks>Costs one pass over the line. One above the limit is read again, through a fixed amount of memory; only its strings and
    /// braces are looked at.</remarks>
    public static bool Counts(LogLine line, ReadBytes read) =>
        new RolloutItem(line.Bytes, 0).HoldsRecord || (line.Length > line.Bytes.Length && FirstObjectEnds(line, read));

    static bool FirstObjectEnds(LogLine line, ReadBytes read)
    {
        var block = new byte[BlockBytes];
        var (depth, inString, isEscaped) = (0L, false, false);
        for (var (at, end) = (line.Start, line.Start + line.Length); at < end; )
        {
            var count = read(block.AsSpan(0, (int)Math.Min(BlockBytes, end - at)), at);
            if (count == 0)
                return false;
            at += count;
            for (var rest = block.AsSpan(0, count); !rest.IsEmpty; )
            {
                if (isEscaped)
                {
                    isEscaped = false;
                    rest = rest[1..];
                    continue;
                }
                var found = depth == 0 ? rest.IndexOf((byte)'{') : rest.IndexOfAny(inString ? StringMarks : Marks);
                if (found < 0)
                    break;
                switch (rest[found])
                {
                    case (byte)'\\':
                        isEscaped = true;
                        break;
                    case (byte)'"':
                        inString = !inString;
                        break;
                    case (byte)'{' or (byte)'[':
                        depth++;
                        break;
                    default:
                        if (--depth == 0)
                            return true;
                        break;
                }
                rest = rest[(found + 1)..];
            }
        }
        return false;
    }
}
