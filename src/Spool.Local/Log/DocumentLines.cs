using System.Buffers;

namespace Spool;

/// <summary>Makes the lines of a log of a rollout that is one JSON document: the session, and then each item, without the white space
/// between their tokens.</summary>
/// <remarks>
/// <para>Feed it the document in parts of any size. It looks only for where values begin and end and changes no byte of any token, so
/// whatever an item holds is checked where lines are. What is no such document comes out as it is. Takes the same small memory for any
/// document.</para>
/// <para>Another member of the document becomes a line <c>{"record_type":NAME,"value":VALUE}</c>, so that nothing is lost. A document that
/// is an array is its items.</para>
/// </remarks>
sealed class DocumentLines
{
    const int LongestKey = 4096; // no document has one; without a limit a damaged one would fill the memory

    static readonly SearchValues<byte> StringMarks = SearchValues.Create("\"\\"u8);

    readonly ArrayBufferWriter<byte> _key = new();
    Place _place;
    int _depth;
    bool _isEscaped,
        _inString,
        _isArray,
        _isElement,
        _isOther;

    enum Place
    {
        Start,
        Members,
        Key,
        Colon,
        Value,
        Elements,
        Line,
        End,
        Text,
    }

    /// <summary>Gets whether the document has begun and is not closed yet.</summary>
    public bool IsOpen => _place is not (Place.Start or Place.End or Place.Text);

    /// <summary>Takes the next part of the document.</summary>
    /// <param name="part">The part.</param>
    /// <param name="lines">Takes what of the lines it makes.</param>
    public void Take(ReadOnlySpan<byte> part, IBufferWriter<byte> lines)
    {
        while (!part.IsEmpty)
        {
            var taken = _place switch
            {
                Place.Line when _inString => TakeString(part, lines),
                Place.Key => TakeKey(part[0], lines),
                Place.Text => Copy(part, lines),
                _ when part[0] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' => 1,
                Place.Line => TakeValue(part[0], lines),
                _ => TakeBetween(part[0], lines),
            };
            part = part[taken..];
        }
    }

    // Gives how many bytes were taken: none when the byte begins something else.
    int TakeBetween(byte next, IBufferWriter<byte> lines)
    {
        switch (_place, next)
        {
            case (Place.Start, 0xEF or 0xBB or 0xBF):
                return 1; // a byte order mark
            case (Place.Start, (byte)'{'):
                return Go(Place.Members);
            case (Place.Start, (byte)'['):
                _isArray = true;
                return Go(Place.Elements);
            case (Place.Members or Place.Elements, (byte)','):
                return 1;
            case (Place.Members, (byte)'"'):
                _key.ResetWrittenCount();
                return Go(Place.Key);
            case (Place.Members, (byte)'}'):
                return Go(Place.End);
            case (Place.Colon, (byte)':'):
                return Go(Place.Value);
            case (Place.Value, (byte)'[') when _key.WrittenSpan.SequenceEqual("items"u8):
                return Go(Place.Elements);
            case (Place.Elements, (byte)']'):
                return Go(_isArray ? Place.End : Place.Members);
            case (Place.Value or Place.Elements, (byte)'}' or (byte)']' or (byte)',' or (byte)':'):
                return Go(Place.Text, 0); // no value begins so
            case (Place.Value, _):
                BeginMember(lines);
                return 0;
            case (Place.Elements, _):
                _isElement = true;
                _isOther = false;
                return Go(Place.Line, 0);
            default:
                return Go(Place.Text, 0);
        }
    }

    int Go(Place place, int taken = 1)
    {
        _place = place;
        return taken;
    }

    void BeginMember(IBufferWriter<byte> lines)
    {
        _isElement = false;
        _isOther = !_key.WrittenSpan.SequenceEqual("session"u8);
        _place = Place.Line;
        if (!_isOther)
            return;
        lines.Write("{\"record_type\":\""u8);
        lines.Write(_key.WrittenSpan);
        lines.Write("\",\"value\":"u8);
    }

    int TakeValue(byte next, IBufferWriter<byte> lines)
    {
        var isClosing = next is (byte)'}' or (byte)']';
        if (_depth == 0 && (isClosing || next == ','))
        {
            EndLine(lines); // behind a number or a word
            return 0;
        }
        Put(next, lines);
        if (next == '"')
            _inString = true;
        else if (next is (byte)'{' or (byte)'[')
            _depth++;
        else if (isClosing && --_depth == 0)
            EndLine(lines);
        return 1;
    }

    int TakeString(ReadOnlySpan<byte> part, IBufferWriter<byte> lines)
    {
        if (_isEscaped)
        {
            _isEscaped = false;
            Put(part[0], lines);
            return 1;
        }
        var mark = part.IndexOfAny(StringMarks);
        if (mark < 0)
            return Copy(part, lines);
        lines.Write(part[..(mark + 1)]);
        _isEscaped = part[mark] == '\\';
        _inString = _isEscaped;
        if (!_inString && _depth == 0)
            EndLine(lines);
        return mark + 1;
    }

    int TakeKey(byte next, IBufferWriter<byte> lines)
    {
        if (next == '"' && !_isEscaped)
            return Go(Place.Colon);
        if (_key.WrittenCount == LongestKey)
        {
            lines.Write("\""u8);
            lines.Write(_key.WrittenSpan);
            _isEscaped = false;
            return Go(Place.Text, 0);
        }
        _isEscaped = next == '\\' && !_isEscaped;
        Put(next, _key);
        return 1;
    }

    void EndLine(IBufferWriter<byte> lines)
    {
        lines.Write(_isOther ? "}\n"u8 : "\n"u8);
        _place = _isElement ? Place.Elements : Place.Members;
    }

    static int Copy(ReadOnlySpan<byte> part, IBufferWriter<byte> lines)
    {
        lines.Write(part);
        return part.Length;
    }

    static void Put(byte next, IBufferWriter<byte> lines)
    {
        lines.GetSpan(1)[0] = next;
        lines.Advance(1);
    }
}
