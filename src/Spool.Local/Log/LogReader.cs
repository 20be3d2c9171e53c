namespace Spool;

/// <summary>Whether the memory of a line may be used again for later ones.</summary>
enum LineMemory
{
    /// <summary>A line is valid until the next one is read.</summary>
    Reused,

    /// <summary>A line is valid for ever.</summary>
    Kept,
}

/// <summary>Reads lines forward through a fixed amount of memory, whatever their number and length.</summary>
/// <param name="source">The bytes. The reader does not dispose it.</param>
/// <param name="start">Where to begin: the start of a line.</param>
/// <param name="end">Where to stop.</param>
/// <param name="maxLineBytes">Of a longer line only the beginning is given.</param>
/// <param name="memory">Whether lines stay valid.</param>
/// <param name="room">Where room for long lines is asked for, or null when no other reader needs it.</param>
/// <param name="readingRoom">Where <see cref="ReadAsync"/> asks for room for long lines, or null when the reader has enough.</param>
sealed class LogReader(
    RolloutSource source,
    long start,
    long end,
    int maxLineBytes,
    LineMemory memory,
    LongLines.Room? room = null,
    IReadingRoom? readingRoom = null
)
{
    const int KeptChunk = 64 * 1024; // below the size at which the garbage collector treats arrays as large
    const int ReusedChunk = 256 * 1024;
    const int LeastChunk = 4 * 1024;
    const int LongestCut = 64 * 1024;
    const int LargestGrown = 8 * 1024 * 1024;

    byte[] _buffer = [];
    int _lineStart; // where the current line begins in the buffer
    int _scanned; // up to where it has no line end
    int _filled;
    long _offset = start; // of the byte at _filled
    bool _isGiven; // whether a line that stays valid lies in the buffer
    byte[]? _cut; // the beginning of a line above the limit
    long _cutStart;

    /// <summary>Gives how many bytes of a line are held: all up to the limit, and of a longer one its beginning.</summary>
    public static int Held(long length, int maxLineBytes) => length > maxLineBytes ? Math.Min(LongestCut, maxLineBytes) : (int)length;

    /// <summary>Reads the next line.</summary>
    /// <returns>Whether there was one.</returns>
    public bool TryRead(out LogLine line)
    {
        while (!TryTake(out line))
        {
            PrepareBuffer();
            var room = Room();
            var read = room == 0 ? 0 : source.Read(_buffer.AsSpan(_filled, room), _offset);
            if (read == 0)
                return TryTakeRest(out line);
            _filled += read;
            _offset += read;
        }
        return true;
    }

    /// <summary>Reads the next line, and waits where there is no room for it.</summary>
    /// <returns>The line, or null at the end.</returns>
    public ValueTask<LogLine?> ReadAsync(CancellationToken cancellationToken) =>
        TryTake(out var line) ? new ValueTask<LogLine?>(line) : ReadMoreAsync(cancellationToken);

    async ValueTask<LogLine?> ReadMoreAsync(CancellationToken cancellationToken)
    {
        LogLine line;
        while (!TryTake(out line))
        {
            if (readingRoom is not null && _cut is null && _lineStart == 0 && _filled == _buffer.Length && _filled > 0)
                await GrowForLineAsync(readingRoom, cancellationToken).ConfigureAwait(false);
            PrepareBuffer();
            var room = Room();
            var read =
                room == 0 ? 0 : await source.ReadAsync(_buffer.AsMemory(_filled, room), _offset, cancellationToken).ConfigureAwait(false);
            if (read == 0)
                return TryTakeRest(out line) ? line : null;
            _filled += read;
            _offset += read;
        }
        return line;
    }

    bool TryTake(out LogLine line)
    {
        var found = _buffer.AsSpan(_scanned, _filled - _scanned).IndexOf((byte)'\n');
        if (found < 0)
        {
            _scanned = _filled;
            line = default;
            return false;
        }
        line = Take(_scanned + found, isTerminated: true);
        return true;
    }

    // What is left after the last line end.
    bool TryTakeRest(out LogLine line)
    {
        line = default;
        if (_filled == _lineStart && _cut is null)
            return false;
        line = Take(_filled, isTerminated: false);
        return true;
    }

    LogLine Take(int lineEnd, bool isTerminated)
    {
        var bufferStart = _offset - _filled;
        LogLine line;
        if (_cut is { } cut)
        {
            line = new LogLine(cut, _cutStart, bufferStart + lineEnd - _cutStart, isTerminated);
            _cut = null;
        }
        else
        {
            var length = lineEnd - _lineStart;
            line = new LogLine(_buffer.AsMemory(_lineStart, Held(length, maxLineBytes)), bufferStart + _lineStart, length, isTerminated);
            _isGiven = memory == LineMemory.Kept;
        }
        _lineStart = _scanned = isTerminated ? lineEnd + 1 : lineEnd;
        return line;
    }

    // The line has filled a whole buffer: what it takes is found out before it is taken. It is looked through once more for that, where
    // that is cheap; else it may be as long as any.
    async ValueTask GrowForLineAsync(IReadingRoom roomOfReader, CancellationToken cancellationToken)
    {
        var most = (long)maxLineBytes + KeptChunk;
        var rest = source.FindLineEnd(_offset, most - _filled) is { } lineEnd ? Math.Min(lineEnd, end) - _offset : most - _filled;
        var size = (int)Math.Min(most, _filled + rest + 1);
        if (size <= _buffer.Length)
            return;
        if (size > roomOfReader.PageBytes)
            await roomOfReader.TakeAsync(size, cancellationToken).ConfigureAwait(false);
        var next = GC.AllocateUninitializedArray<byte>(size);
        _buffer.AsSpan(0, _filled).CopyTo(next);
        _buffer = next;
    }

    int Room() => (int)Math.Min(_buffer.Length - _filled, Math.Max(0, end - _offset));

    // Makes room behind what is there: drops the lines that were taken, and grows for a long line up to the limit.
    void PrepareBuffer()
    {
        if (_filled < _buffer.Length)
            return;
        var pending = _buffer.AsSpan(_lineStart, _filled - _lineStart);
        if (_cut is not null || pending.Length > maxLineBytes)
        {
            if (_cut is null)
            {
                _cutStart = _offset - pending.Length;
                _cut = pending[..Held(pending.Length, maxLineBytes)].ToArray();
            }
            pending = default;
        }
        // A part of a log takes no more than it has.
        var left = Math.Min(ReusedChunk, Math.Max(0, end - _offset)) + pending.Length + 1;
        var chunk = memory == LineMemory.Kept ? KeptChunk : (int)Math.Clamp(left, LeastChunk, ReusedChunk);
        var most = maxLineBytes + (long)chunk;
        // A buffer for every line at once, so that those it grew through do not lie about beside it; what is not read into is not there.
        var grown = memory == LineMemory.Reused && pending.Length >= LargestGrown ? most : Math.Min(pending.Length * 2L, most);
        var size = Math.Max(chunk, pending.Length > chunk / 2 ? (int)grown : 0);
        if (_isGiven || size > _buffer.Length)
        {
            _isGiven = false;
            var next = room is null ? LongLines.Allocate(size) : room.Take(size);
            pending.CopyTo(next);
            _buffer = next;
        }
        else
            pending.CopyTo(_buffer);
        _filled = pending.Length;
        _scanned = pending.Length;
        _lineStart = 0;
    }
}
