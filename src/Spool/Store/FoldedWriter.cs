using System.Buffers;
using System.Text;

namespace Spool;

/// <summary>Folds one text that is not ASCII.</summary>
ref struct FoldedWriter
{
    const int DotAbove = 0x0307;
    const byte Above = 230;
    const int SubscriptIota = 0x0345;

    char[] _buffer;
    int _length;
    char _before; // the last character that is no mark
    List<(byte Class, int Point)>? _marks; // those behind it, whose order is not known before the next one that is none

    /// <summary>Folds a text.</summary>
    public FoldedWriter(string text)
    {
        _buffer = ArrayPool<char>.Shared.Rent(text.Length);
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            var ascii = rest.IndexOfAnyExceptInRange('\0', '\u007F');
            AppendAscii(ascii < 0 ? rest : rest[..ascii]);
            if (ascii < 0)
                break;
            rest = rest[ascii..];
            var same = FoldingTable.SameLength(rest);
            if (same > 0)
            {
                AppendSame(rest[..same]);
                rest = rest[same..];
                continue;
            }
            var (point, length) = ((int)rest[0], 1);
            if (char.IsSurrogate(rest[0]))
            {
                _ = Rune.DecodeFromUtf16(rest, out var rune, out length); // U+FFFD for half a character
                point = rune.Value;
            }
            rest = rest[length..];
            if (FoldingTable.FoldedOf(point) is not { } folded)
                Append(point);
            else if (folded.Length == 1)
                Append(folded[0]);
            else
            {
                foreach (var part in folded.EnumerateRunes())
                    Append(part.Value);
            }
        }
        AppendMarks();
    }

    /// <summary>Gets the folded text, until the writer is disposed.</summary>
    public readonly ReadOnlySpan<char> Written => _buffer.AsSpan(0, _length);

    /// <summary>Gives the memory back.</summary>
    public readonly void Dispose() => ArrayPool<char>.Shared.Return(_buffer);

    void AppendAscii(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return;
        AppendMarks();
        Ascii.ToLower(text, Room(text.Length), out _);
        _length += text.Length;
        _before = _buffer[_length - 1];
    }

    void AppendSame(ReadOnlySpan<char> text)
    {
        AppendMarks();
        text.CopyTo(Room(text.Length));
        _length += text.Length;
        _before = text[^1];
    }

    void Append(int point)
    {
        if (FoldingTable.ClassOf(point) is > 0 and var mark)
        {
            (_marks ??= []).Add((mark, point));
            return;
        }
        AppendMarks();
        Write(point);
    }

    void AppendMarks()
    {
        if (_marks is not { Count: > 0 })
            return;
        InOrder(_marks);
        // An i has its dot, whether it is stored or not; a dot behind another mark above is one more.
        var mayDrop = _before == 'i';
        foreach (var (mark, point) in _marks)
        {
            if (mayDrop && point == DotAbove)
                continue;
            mayDrop &= mark != Above;
            Write(point == SubscriptIota ? 'ι' : point);
        }
        _marks.Clear();
    }

    // Those of one class stay as they are to each other. Nearly always there are one or two of them, but a text may be made of them.
    static void InOrder(List<(byte Class, int Point)> marks)
    {
        for (var i = 1; i < marks.Count; i++)
        {
            if (marks[i].Class >= marks[i - 1].Class)
                continue;
            var sorted = marks.OrderBy(mark => mark.Class).ToArray();
            marks.Clear();
            marks.AddRange(sorted);
            return;
        }
    }

    void Write(int point)
    {
        var room = Room(2);
        if (point <= char.MaxValue)
        {
            room[0] = (char)point;
            _length++;
        }
        else
            _length += new Rune(point).EncodeToUtf16(room);
        _before = _buffer[_length - 1];
    }

    Span<char> Room(int length)
    {
        if (_buffer.Length - _length < length)
        {
            var larger = ArrayPool<char>.Shared.Rent(Math.Max(_length + length, checked(_length * 2)));
            Written.CopyTo(larger);
            ArrayPool<char>.Shared.Return(_buffer);
            _buffer = larger;
        }
        return _buffer.AsSpan(_length);
    }
}
