using System.Buffers;
using System.Globalization;
using System.Text;

namespace Spool.Cli;

/// <summary>Makes stored text safe to show: it may come from anywhere, and a terminal obeys what it is sent.</summary>
/// <remarks>Control sequences are removed whole; any other control character, and any that changes the direction of text, becomes
/// U+FFFD.</remarks>
static class SafeText
{
    const int LongestCharacter = 64; // of those that people write; a longer one is left out at a cut

    const char Replacement = '\uFFFD';

    // What stays as it is: printable ASCII, tabs and ends of lines.
    static readonly SearchValues<char> Plain = SearchValues.Create([
        .. "\t\n",
        .. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code),
    ]);

    /// <summary>Gives a text on one line, with runs of white space as one space.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxLength">The most UTF-16 units to give; longer text is cut between two characters and ends in <c>…</c>. What is far
    /// beyond is not looked at.</param>
    public static string OneLine(string text, int maxLength)
    {
        var result = new StringBuilder(Math.Min(text.Length, Math.Min(maxLength, 4096)));
        var gap = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                gap = result.Length > 0;
                continue;
            }
            if (SequenceLength(text, i) is var sequence and > 0)
            {
                i += sequence - 1;
                continue;
            }
            if (result.Length - maxLength > LongestCharacter)
                break;
            if (gap)
                result.Append(' ');
            gap = false;
            AppendSafe(result, text, ref i);
        }
        if (result.Length <= maxLength)
            return result.ToString();
        var whole = result.ToString();
        return string.Concat(whole.AsSpan(0, CellText.CutAt(whole, maxLength)).TrimEnd(' '), "…");
    }

    /// <summary>Gives a text of several lines: line ends become <c>\n</c>, tabs stay.</summary>
    public static string Block(string text)
    {
        var at = text.AsSpan().IndexOfAnyExcept(Plain);
        if (at < 0)
            return text;
        var result = new StringBuilder(text.Length).Append(text, 0, at);
        while (at < text.Length)
        {
            if (text[at] == '\r')
            {
                if (at + 1 >= text.Length || text[at + 1] != '\n')
                    result.Append('\n');
            }
            else if (SequenceLength(text, at) is var sequence and > 0)
                at += sequence - 1;
            else
                AppendSafe(result, text, ref at);
            var rest = text.AsSpan(++at);
            var plain = rest.IndexOfAnyExcept(Plain) is >= 0 and var length ? length : rest.Length;
            result.Append(rest[..plain]);
            at += plain;
        }
        return result.ToString();
    }

    static void AppendSafe(StringBuilder result, string text, ref int i)
    {
        if (!Rune.TryGetRuneAt(text, i, out var rune))
        {
            result.Append(Replacement);
            return;
        }
        if (IsHostile(rune))
            result.Append(Replacement);
        else
            result.Append(text, i, rune.Utf16SequenceLength);
        i += rune.Utf16SequenceLength - 1;
    }

    // Direction overrides and isolates can make a line read as something else; joiners and variation selectors are parts of emoji and
    // scripts. What is no character is none in HTML either.
    static bool IsHostile(Rune rune) =>
        (rune.Value & 0xFFFE) == 0xFFFE
        || rune.Value is >= 0xFDD0 and <= 0xFDEF
        || Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
            UnicodeCategory.Format => rune.Value is not (0x200C or 0x200D or 0x00AD or >= 0xE0020 and <= 0xE007F),
            _ => false,
        };

    // The length of the control sequence that begins here (ECMA-48), or 0.
    static int SequenceLength(string text, int start)
    {
        var c = text[start];
        var introducer =
            c == '\u001b' && start + 1 < text.Length ? text[start + 1]
            : c is >= '\u0080' and <= '\u009f' ? (char)(c - 0x40)
            : '\0';
        var body = c == '\u001b' ? start + 2 : start + 1;
        switch (introducer)
        {
            case '[':
                while (body < text.Length && text[body] is >= ' ' and <= '?')
                    body++;
                return (body < text.Length && text[body] is >= '@' and <= '~' ? body + 1 : body) - start;
            case ']' or 'P' or 'X' or '^' or '_':
                for (; body < text.Length; body++)
                {
                    if (text[body] is '\a' or '\u009c')
                        return body + 1 - start;
                    if (text[body] == '\u001b')
                        return (body + 1 < text.Length && text[body + 1] == '\\' ? body + 2 : body) - start;
                    if (text[body] == '\n')
                        break;
                }
                return body - start;
            case >= ' ' and <= '~' when c == '\u001b':
                return 2;
            default:
                return 0;
        }
    }
}
