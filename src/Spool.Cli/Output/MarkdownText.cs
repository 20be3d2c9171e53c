using System.Text;

namespace Spool.Cli;

/// <summary>Puts stored text into Markdown so that it stays what it is.</summary>
static class MarkdownText
{
    /// <summary>Escapes one line, for headings and table cells.</summary>
    public static string Inline(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in SafeText.OneLine(text, int.MaxValue))
        {
            if (c is '\\' or '`' or '*' or '_' or '[' or ']' or '#' or '|' or '~')
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
        return result.ToString();
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
}
