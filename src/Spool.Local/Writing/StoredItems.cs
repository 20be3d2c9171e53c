namespace Spool;

/// <summary>Looks whether items are in a log already, so that an append that is sent again is not stored twice.</summary>
static class StoredItems
{
    const int BlockBytes = 64 * 1024;
    const int LongestBlank = 64;

    /// <summary>Says whether the items at an ordinal are the given ones: type, payload and metadata byte for byte.</summary>
    /// <param name="source">The log.</param>
    /// <param name="length">Its length; it ends with a line end.</param>
    /// <param name="next">The ordinal behind its last item.</param>
    /// <param name="ordinal">The ordinal of the first item to compare.</param>
    /// <param name="items">The items.</param>
    /// <param name="maxLineBytes">The longest line that is compared.</param>
    /// <remarks>Reads from the end: costs as much as there are items behind the ordinal.</remarks>
    public static bool AreAt(RolloutSource source, long length, long next, long ordinal, IReadOnlyList<NewItem> items, int maxLineBytes)
    {
        if (ordinal < 0 || ordinal + items.Count > next)
            return false;
        // Ordinals may have gaps, never repetitions: so many lines back is far enough.
        var start = StartOfLine(source, length, next - ordinal, out var lines);
        var reader = new LogReader(source, start, length, maxLineBytes, LineMemory.Reused);
        var position = next - lines;
        var found = 0;
        while (found < items.Count && reader.TryRead(out var line))
        {
            if (line.IsBlank)
                continue;
            var item = new RolloutItem(line.Bytes, position, line.Length);
            position = Math.Max(item.Ordinal, position) + 1;
            foreach (
                var record in item.Kind == RolloutItemKind.Unreadable && item.HoldsRecord
                    ? item.Recovered.Select(record => record.Item)
                    : [item]
            )
            {
                if (record.Ordinal < ordinal || found == items.Count)
                    continue;
                if (record.Ordinal != ordinal + found || !ItemMatch.IsSame(record, items[found]))
                    return false;
                found++;
            }
        }
        return found == items.Count;
    }

    // Where the line begins that is so many lines before the end, not counting blank ones.
    static long StartOfLine(RolloutSource source, long length, long count, out long lines)
    {
        lines = 0;
        if (count <= 0)
            return length;
        var block = new byte[BlockBytes];
        var lineEnd = length - 1; // of the line that is being looked at: where its line end is
        for (var blockEnd = lineEnd; blockEnd > 0; )
        {
            var blockStart = Math.Max(0, blockEnd - BlockBytes);
            var bytes = block.AsSpan(0, ReadFully(source, block.AsSpan(0, (int)(blockEnd - blockStart)), blockStart));
            for (var at = bytes.LastIndexOf((byte)'\n'); at >= 0; at = bytes[..at].LastIndexOf((byte)'\n'))
            {
                var lineStart = blockStart + at + 1;
                if (!IsBlank(source, lineStart, lineEnd) && ++lines == count)
                    return lineStart;
                lineEnd = blockStart + at;
            }
            blockEnd = blockStart;
        }
        if (!IsBlank(source, 0, lineEnd))
            lines++;
        return 0;
    }

    static bool IsBlank(RolloutSource source, long start, long end)
    {
        if (end - start > LongestBlank)
            return false;
        Span<byte> line = stackalloc byte[LongestBlank];
        return line[..ReadFully(source, line[..(int)(end - start)], start)].Trim(" \t\r"u8).IsEmpty;
    }

    static int ReadFully(RolloutSource source, Span<byte> buffer, long offset)
    {
        var filled = 0;
        while (filled < buffer.Length && source.Read(buffer[filled..], offset + filled) is > 0 and var read)
            filled += read;
        return filled;
    }
}
