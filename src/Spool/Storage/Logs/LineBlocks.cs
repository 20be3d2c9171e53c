namespace Spool.Storage;

/// <summary>Writes the lines of one log into blocks of memory, so that a long log is a few large objects and not one for each line: the
/// garbage collector moves large objects nowhere.</summary>
sealed class LineBlocks
{
    const int SmallestBlock = 2 * 1024; // most threads are short
    const int LargestBlock = 128 * 1024;

    Memory<byte> _rest;
    int _blockSize;

    /// <summary>Writes an item as a line.</summary>
    /// <param name="item">The item, checked.</param>
    /// <param name="time">The time to record when the item names none.</param>
    /// <param name="ordinal">The ordinal to record, or null in a history mode that has none.</param>
    public ReadOnlyMemory<byte> Write(NewItem item, DateTimeOffset time, long? ordinal)
    {
        var needed = checked((int)RolloutLine.MaxLength(item));
        if (needed > LargestBlock)
            return RolloutLine.ToArray(item, time, ordinal);
        if (_rest.Length < needed)
        {
            _blockSize = Math.Clamp(_blockSize * 2, SmallestBlock, LargestBlock);
            _rest = GC.AllocateUninitializedArray<byte>(Math.Max(_blockSize, needed));
        }
        var line = _rest[..RolloutLine.Write(item, item.Timestamp ?? time, ordinal, _rest.Span)];
        _rest = _rest[line.Length..];
        return line;
    }
}
