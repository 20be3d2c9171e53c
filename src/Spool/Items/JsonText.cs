using System.Buffers;

namespace Spool;

/// <summary>Finds where JSON values end, without exceptions and without recursion.</summary>
/// <remarks>The grammar is JSON's, but for what strings hold: raw control characters and bytes that are not UTF-8 pass, as a program that
/// reads the strings mends them.</remarks>
static class JsonText
{
    /// <summary>How deep values may be nested; Codex refuses more.</summary>
    public const int MaxDepth = 127;

    static readonly SearchValues<byte> StringEnds = SearchValues.Create("\"\\"u8);
    static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);

    /// <summary>Finds the end of the value that begins at a place, behind spaces.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">The place.</param>
    /// <param name="maxDepth">How deep it may be nested, up to <see cref="MaxDepth"/>.</param>
    /// <returns>Where it ends; or, when there is no whole value, the complement of the place at which that is known.</returns>
    public static int EndOfValue(ReadOnlySpan<byte> text, int start, int maxDepth = MaxDepth)
    {
        var objects = UInt128.Zero; // one bit for each container around the place: whether it is an object
        var depth = 0;
        var at = start;
        var isName = false;
        while (true)
        {
            at = SkipSpace(text, at);
            if (at >= text.Length)
                return ~at;
            if (isName)
            {
                at = StartOfMemberValue(text, at);
                if (at < 0)
                    return at;
                isName = false;
                continue;
            }
            if (text[at] is (byte)'{' or (byte)'[')
            {
                if (depth == maxDepth)
                    return ~at;
                depth++;
                isName = text[at] == '{';
                objects = objects << 1 | (isName ? UInt128.One : UInt128.Zero);
                var inside = SkipSpace(text, at + 1);
                at++;
                if (inside >= text.Length || text[inside] != (isName ? '}' : ']'))
                    continue;
                at = inside;
            }
            else
            {
                at = EndOfScalar(text, at);
                if (at < 0 || depth == 0)
                    return at;
            }
            // Behind a value, or on the end of an empty container: ends of containers, then the next member or element.
            while (true)
            {
                at = SkipSpace(text, at);
                var isObject = (objects & 1) != 0;
                if (at >= text.Length)
                    return ~at;
                if (text[at] == (isObject ? '}' : ']'))
                {
                    at++;
                    objects >>= 1;
                    if (--depth == 0)
                        return at;
                    continue;
                }
                if (text[at] != ',')
                    return ~at;
                at++;
                isName = isObject;
                break;
            }
        }
    }

    /// <summary>Says whether one value begins at a place, and nothing but spaces comes behind it.</summary>
    public static bool IsOneValue(ReadOnlySpan<byte> text, int start, int maxDepth = MaxDepth) =>
        EndOfValue(text, start, maxDepth) is >= 0 and var end && SkipSpace(text, end) == text.Length;

    /// <summary>Finds the value of the member whose name begins at a place.</summary>
    /// <returns>The place behind the colon, or the complement of the place at which it is known that there is no member.</returns>
    public static int StartOfMemberValue(ReadOnlySpan<byte> text, int name)
    {
        if (name >= text.Length || text[name] != '"')
            return ~name;
        var end = EndOfString(text, name);
        if (end < 0)
            return end;
        end = SkipSpace(text, end);
        return end < text.Length && text[end] == ':' ? end + 1 : ~end;
    }

    /// <summary>Finds the end of the string whose opening quote is at a place.</summary>
    /// <returns>The place behind the closing quote, or a complement.</returns>
    public static int EndOfString(ReadOnlySpan<byte> text, int start)
    {
        for (var at = start + 1; ; )
        {
            var found = text[at..].IndexOfAny(StringEnds);
            if (found < 0)
                return ~text.Length;
            at += found;
            if (text[at] == '"')
                return at + 1;
            if (at + 1 >= text.Length)
                return ~text.Length;
            if ("\"\\/bfnrtu"u8.IndexOf(text[at + 1]) < 0)
                return ~at;
            if (text[at + 1] != 'u')
            {
                at += 2;
                continue;
            }
            for (var digit = at + 2; digit < at + 6; digit++)
            {
                if (digit >= text.Length || !char.IsAsciiHexDigit((char)text[digit]))
                    return ~Math.Min(digit, text.Length);
            }
            at += 6;
        }
    }

    /// <summary>Passes over spaces, tabs and line ends.</summary>
    public static int SkipSpace(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            at++;
        return at;
    }

    static int EndOfScalar(ReadOnlySpan<byte> text, int at) =>
        text[at] switch
        {
            (byte)'"' => EndOfString(text, at),
            (byte)'t' => EndOfWord(text, at, "true"u8),
            (byte)'f' => EndOfWord(text, at, "false"u8),
            (byte)'n' => EndOfWord(text, at, "null"u8),
            _ => EndOfNumber(text, at),
        };

    static int EndOfWord(ReadOnlySpan<byte> text, int at, ReadOnlySpan<byte> word) => text[at..].StartsWith(word) ? at + word.Length : ~at;

    static int EndOfNumber(ReadOnlySpan<byte> text, int start)
    {
        var at = start;
        if (text[at] == '-')
            at++;
        if (at < text.Length && text[at] == '0')
            at++;
        else if (!SkipDigits(text, ref at))
            return ~at;
        if (at < text.Length && text[at] == '.')
        {
            at++;
            if (!SkipDigits(text, ref at))
                return ~at;
        }
        if (at < text.Length && text[at] is (byte)'e' or (byte)'E')
        {
            at++;
            if (at < text.Length && text[at] is (byte)'+' or (byte)'-')
                at++;
            if (!SkipDigits(text, ref at))
                return ~at;
        }
        return at;
    }

    static bool SkipDigits(ReadOnlySpan<byte> text, ref int at)
    {
        var count = text[at..].IndexOfAnyExcept(Digits);
        if (count < 0)
            count = text.Length - at;
        at += count;
        return count > 0;
    }
}
