using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace Spool;

/// <summary>Mends what the strings of a JSON text may not hold, so that one odd character does not cost a whole payload: raw control
/// characters become escapes; halves of surrogate pairs and bytes that are not UTF-8 become replacement characters.</summary>
static class JsonRepair
{
    static readonly SearchValues<byte> Plain = SearchValues.Create([
        .. Enumerable.Range(0x20, 0x5F).Select(value => (byte)value).Where(value => value != '\\'),
    ]);

    /// <summary>Gives the text as it is, or a mended copy.</summary>
    public static ReadOnlyMemory<byte> Mend(ReadOnlyMemory<byte> json) => IsSound(json.Span) ? json : Copy(json.Span);

    /// <summary>Says whether nothing is to mend.</summary>
    public static bool IsSound(ReadOnlySpan<byte> json)
    {
        // What most lines are is found out first: plain letters, then plain letters with escapes.
        if (json.IndexOfAnyExcept(Plain) is not (>= 0 and var odd))
            return true;
        var rest = json[odd..];
        if (rest.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7F) < 0)
            return !HasLoneSurrogate(rest);
        return Utf8.IsValid(rest)
            && !HasLoneSurrogate(rest)
            && (rest.IndexOfAnyInRange((byte)0, (byte)0x1F) < 0 || !HasControlInString(json));
    }

    static bool HasControlInString(ReadOnlySpan<byte> json)
    {
        for (var at = 0; json[at..].IndexOf((byte)'"') is >= 0 and var quote; )
        {
            var start = at + quote + 1;
            at = EndOfString(json, start);
            if (json[start..at].IndexOfAnyInRange((byte)0, (byte)0x1F) >= 0)
                return true;
            at = Math.Min(at + 1, json.Length);
        }
        return false;
    }

    // Where the closing quote is, or the end of the text.
    static int EndOfString(ReadOnlySpan<byte> json, int start)
    {
        for (var at = start; ; )
        {
            var found = json[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (found < 0)
                return json.Length;
            at += found;
            if (json[at] == '"')
                return at;
            at = Math.Min(at + 2, json.Length);
        }
    }

    static bool HasLoneSurrogate(ReadOnlySpan<byte> json)
    {
        for (var at = 0; json[at..].IndexOf("\\u"u8) is >= 0 and var found; )
        {
            at += found;
            var isEscaped = (at - (json[..at].LastIndexOfAnyExcept((byte)'\\') + 1)) % 2 != 0;
            if (isEscaped || Unit(json, at) is not { } unit || !char.IsSurrogate(unit))
            {
                at += 2;
                continue;
            }
            if (!char.IsHighSurrogate(unit) || Unit(json, at + 6) is not { } low || !char.IsLowSurrogate(low))
                return true;
            at += 12;
        }
        return false;
    }

    // The unit that an escape at a place names, or null when there is none.
    static char? Unit(ReadOnlySpan<byte> json, int at) =>
        at + 6 <= json.Length
        && json[at] == '\\'
        && json[at + 1] == 'u'
        && Utf8Parser.TryParse(json.Slice(at + 2, 4), out ushort unit, out var digits, 'x')
        && digits == 4
            ? (char)unit
            : null;

    static byte[] Copy(ReadOnlySpan<byte> json)
    {
        var copy = new ArrayBufferWriter<byte>(json.Length + 64);
        var isInString = false;
        for (var at = 0; at < json.Length; )
        {
            var b = json[at];
            if (b >= 0x80)
            {
                if (Rune.DecodeFromUtf8(json[at..], out _, out var used) == OperationStatus.Done)
                    copy.Write(json.Slice(at, used));
                else
                    copy.Write("\uFFFD"u8);
                at += used;
                continue;
            }
            if (isInString && b == '\\')
            {
                var length = Math.Min(2, json.Length - at);
                if (Unit(json, at) is { } unit)
                {
                    var isPair = char.IsHighSurrogate(unit) && Unit(json, at + 6) is { } low && char.IsLowSurrogate(low);
                    length = isPair ? 12 : 6;
                    if (char.IsSurrogate(unit) && !isPair)
                    {
                        copy.Write("\\ufffd"u8);
                        at += length;
                        continue;
                    }
                }
                copy.Write(json.Slice(at, length));
                at += length;
                continue;
            }
            if (b == '"')
                isInString = !isInString;
            if (isInString && b < 0x20)
                copy.Write(Encoding.ASCII.GetBytes($"\\u{(int)b:x4}"));
            else
                copy.Write(json.Slice(at, 1));
            at++;
        }
        return copy.WrittenSpan.ToArray();
    }
}
