namespace Spool;

/// <summary>Reads single lines of rollouts.</summary>
static class RolloutGlance
{
    const int MostLines = 10;

    /// <summary>Reads the first <c>session_meta</c> of a rollout that is of its thread.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Corrupt"/>: there is none at its beginning, or the rollout
    /// cannot be read.</exception>
    public static RolloutItem Read(HomeLayout layout, RolloutRow row, int maxLineBytes)
    {
        using var source = ServedRolloutSource.Open(layout.Absolute(row.Path), row.File);
        var reader = new LogReader(source, 0, row.Scan.Length, maxLineBytes, LineMemory.Kept);
        for (var i = 0; (i < MostLines || RolloutFileName.IsDocument(row.Name)) && reader.TryRead(out var line); i++)
        {
            if (line.IsBlank || line.Length > line.Bytes.Length)
                continue;
            var item = new RolloutItem(line.Bytes, i, line.Length);
            if (IsHead(item))
                return item;
            if (item.Recovered.FirstOrDefault(record => IsHead(record.Item)).Item is { } recovered)
                return recovered;
        }
        throw new ThreadStoreException(
            ThreadStoreErrorCode.Corrupt,
            $"The log of thread {row.ClaimedThread} does not begin with what the thread is."
        );

        bool IsHead(RolloutItem item) => item.Kind == RolloutItemKind.SessionMeta && LogCopies.ThreadOf(item) == row.ClaimedThread;
    }

    /// <summary>Gives where the items of a rollout end: behind the last line end, or behind an item that lacks only its line end.</summary>
    public static long EndOfItems(RolloutSource source, long length, int maxLineBytes)
    {
        var lines = EndOfLines(source, length);
        var reader = new LogReader(source, lines, length, maxLineBytes, LineMemory.Reused);
        return reader.TryRead(out var line) && LastLine.Counts(line, source.Read) ? length : lines;
    }

    /// <summary>Gives where the whole lines of a rollout end: an item that was written without its line end is not among them.</summary>
    public static long EndOfLines(RolloutSource source, long length)
    {
        const int Block = 64 * 1024;
        var buffer = new byte[Math.Min(Block, length)];
        for (var end = length; end > 0; )
        {
            var start = Math.Max(0, end - Block);
            var filled = 0;
            while (
                filled < end - start && source.Read(buffer.AsSpan(filled, (int)(end - start) - filled), start + filled) is > 0 and var read
            )
                filled += read;
            if (buffer.AsSpan(0, filled).LastIndexOf((byte)'\n') is >= 0 and var found)
                return start + found + 1;
            end = start;
        }
        return 0;
    }

    /// <summary>Gives the ordinal of the line that begins at an offset.</summary>
    /// <param name="source">The rollout.</param>
    /// <param name="offset">Where the line begins.</param>
    /// <param name="length">Where the whole lines end.</param>
    /// <param name="next">The ordinal behind the last line.</param>
    /// <param name="maxLineBytes">Of a longer line only the beginning is read, which holds the ordinal.</param>
    public static long OrdinalAt(RolloutSource source, long offset, long length, long next, int maxLineBytes)
    {
        var reader = new LogReader(source, offset, length, maxLineBytes, LineMemory.Reused);
        while (reader.TryRead(out var line))
        {
            if (!line.IsBlank && new RolloutItem(line.Bytes, next, line.Length) is { HoldsRecord: true } item)
                return item.CarriedOrdinal ?? (item.Recovered is [var first, ..] ? first.Item.Ordinal : next);
        }
        return next;
    }
}
