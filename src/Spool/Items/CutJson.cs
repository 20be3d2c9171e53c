namespace Spool;

/// <summary>Makes a whole JSON object of the beginning of one: what a line above the size limit of its reader says can be read as far as it
/// is there.</summary>
/// <remarks>The string in which the text ends gets "…" and a quote, and every container that is open its end. A member or an element that
/// has only begun, and is no string, is left out; so is everything behind the first place that is not JSON. Costs one pass.</remarks>
static class CutJson
{
    enum Expected
    {
        Value,
        First, // a member, an element or the end
        Name,
        Next, // a comma or the end
    }

    static ReadOnlySpan<byte> CutString => "…\""u8;

    /// <summary>Gives the object, or the text as it is when the object ends in it.</summary>
    /// <param name="text">The text, which begins with a brace.</param>
    public static ReadOnlyMemory<byte> Close(ReadOnlyMemory<byte> text)
    {
        var json = text.Span;
        var open = new Stack<byte>(); // the ends that are missing
        var (good, depth) = (0, 0); // up to where, and inside of how many containers, nothing but ends is missing
        var expected = Expected.Value;
        for (var at = 0; (at = JsonText.SkipSpace(json, at)) < json.Length; )
        {
            if (expected is Expected.Next or Expected.First && json[at] == open.Peek())
            {
                open.Pop();
                at++;
                if (open.Count == 0)
                    return text[..at];
                (good, depth, expected) = (at, open.Count, Expected.Next);
            }
            else if (expected == Expected.Next)
            {
                if (json[at++] != ',')
                    break;
                expected = open.Peek() == '}' ? Expected.Name : Expected.Value;
            }
            else if (expected == Expected.Name || expected == Expected.First && open.Peek() == '}')
            {
                at = JsonText.StartOfMemberValue(json, at);
                if (at < 0)
                    break;
                expected = Expected.Value;
            }
            else if (json[at] is (byte)'{' or (byte)'[')
            {
                if (open.Count == JsonText.MaxDepth)
                    break;
                open.Push(json[at++] == '{' ? (byte)'}' : (byte)']');
                (good, depth, expected) = (at, open.Count, Expected.First);
            }
            else
            {
                if (open.Count == 0)
                    return text;
                var isString = json[at] == '"';
                var end = JsonText.EndOfValue(json, at);
                if (isString && end == ~json.Length)
                    return Ended(json[..EndOfText(json, at)], CutString, open);
                if (end < 0 || end == json.Length && !isString)
                    break; // a number may go on
                (at, good, depth, expected) = (end, end, open.Count, Expected.Next);
            }
        }
        while (open.Count > depth)
            open.Pop();
        return Ended(json[..good], [], open);
    }

    static byte[] Ended(ReadOnlySpan<byte> text, ReadOnlySpan<byte> end, Stack<byte> open) => [.. text, .. end, .. open];

    // Up to where the string that begins at a place, and does not end, has whole escapes and characters.
    static int EndOfText(ReadOnlySpan<byte> json, int start)
    {
        var at = start + 1;
        while (json[at..].IndexOf((byte)'\\') is >= 0 and var found)
        {
            at += found;
            var length = at + 1 < json.Length && json[at + 1] == 'u' ? 6 : 2;
            // The first half of a character that is escaped in two is nothing without the second.
            var isHalf =
                length == 6
                && at + 4 <= json.Length
                && json[at + 2] is (byte)'d' or (byte)'D'
                && json[at + 3] is (byte)'8' or (byte)'9' or (byte)'a' or (byte)'b' or (byte)'A' or (byte)'B';
            if (at + (isHalf ? 2 * length : length) > json.Length)
                return at;
            at += length;
        }
        var last = json[at..].LastIndexOfAnyInRange((byte)0xC0, (byte)0xFF);
        var isWhole =
            last < 0
            || json.Length - at - last
                >= (
                    json[at + last] switch
                    {
                        < 0xE0 => 2,
                        < 0xF0 => 3,
                        _ => 4,
                    }
                );
        return isWhole ? json.Length : at + last;
    }
}
