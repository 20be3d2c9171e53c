using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Spool.Cli;

/// <summary>Puts stored text into Markdown so that it stays what it is.</summary>
static partial class MarkdownText
{
    static readonly SearchValues<char> Signs = SearchValues.Create("\\`*_[]#|~<>&"); // which mean something in a line

    /// <summary>Escapes one line, for headings and table cells.</summary>
    /// <remarks>To many renderers a bare address goes on to the next blank or <c>&lt;</c>, with the backslashes that are in it. So an
    /// address with signs that mean something is given as a link is, in which nothing means anything.</remarks>
    public static string Inline(string text)
    {
        text = SafeText.OneLine(text, int.MaxValue);
        var result = new StringBuilder(text.Length);
        var at = 0;
        foreach (var address in Address().EnumerateMatches(text))
        {
            var value = text.AsSpan(address.Index, address.Length);
            var end = address.Index + address.Length;
            if (!value.ContainsAny(Signs) && (end == text.Length || !Signs.Contains(text[end])))
                continue;
            Escape(text.AsSpan(at, address.Index - at), result);
            result.Append('<').Append(value).Append('>');
            at = end;
        }
        Escape(text.AsSpan(at), result);
        return result.ToString();
    }

    static void Escape(ReadOnlySpan<char> text, StringBuilder result)
    {
        foreach (var c in text)
        {
            if (c is not ('<' or '>' or '&') && Signs.Contains(c))
                result.Append('\\');
            result.Append(
                c switch
                {
                    '<' => "&lt;",
                    '>' => "&gt;",
                    '&' => "&amp;",
                    _ => c.ToString(),
                }
            );
        }
    }

    /// <summary>Encodes one line for a place where a document is HTML, and Markdown too for some renderers.</summary>
    public static string Html(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in SafeText.OneLine(text, int.MaxValue))
        {
            if (c is '<' or '>' or '&' or '"' or '*' or '_' or '`' or '[' or ']' or '\\' or '~' or '|')
                result.Append("&#").Append((int)c).Append(';');
            else
                result.Append(c);
        }
        return result.ToString();
    }

    /// <summary>Quotes a text.</summary>
    public static string Quote(string text) =>
        "> " + text.Replace("\n", "\n> ", StringComparison.Ordinal).Replace("> \n", ">\n", StringComparison.Ordinal);

    /// <summary>Gives one line as code; its marks are longer than any run of backticks inside.</summary>
    public static string Code(string line)
    {
        var mark = new string('`', LongestRun(line) + 1);
        var space = line is ['`' or ' ', ..] or [.., '`' or ' '] ? " " : "";
        return mark + space + line + space + mark;
    }

    /// <summary>Fences a text; the fence is longer than any run of backticks inside.</summary>
    public static string Fence(string text, string language)
    {
        var fence = new string('`', Math.Max(3, LongestRun(text) + 1));
        return $"{fence}{language}\n{text.TrimEnd('\n')}\n{fence}";
    }

    static int LongestRun(string text)
    {
        var (longest, run) = (0, 0);
        foreach (var c in text)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }
        return longest;
    }

    // As renderers find them: what ends a sentence is not part of one, and a bracket only with the other.
    [GeneratedRegex(
        @"\b(?:https?|ftp)://(?:[^\s<>\\`|()\[\]""']|\([^\s<>\\`|()\[\]""']*\))+(?<![.,:;!?*_~])",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Address();
}
