using System.Text.RegularExpressions;

namespace Spool.Cli;

/// <summary>Reads the words of a person for pages: of a long text the beginning, and blocks of code between fences. Nothing else in it is
/// taken for Markdown.</summary>
static partial class MessageText
{
    const int ShownLines = 20;
    const int ShownText = 2000; // UTF-16 units

    /// <summary>Gives where the beginning of a text ends that is too long to be open: at the end of a line, and not within code where that
    /// can be; the length of any other text.</summary>
    public static int FoldAt(string text)
    {
        if (!TextSize.IsLong(text))
            return text.Length;
        var (at, lines) = (0, 0);
        while (lines < ShownLines && at < ShownText && text.IndexOf('\n', at) is >= 0 and var end)
            (at, lines) = (end + 1, lines + 1);
        if (lines < ShownLines && at < ShownText || at > 2 * ShownText)
            at = text.LastIndexOf(' ', ShownText) is > ShownText / 2 and var space ? space + 1 : CellText.CutAt(text, ShownText);
        var fence = Fences(text).FirstOrDefault(fence => fence.Start < at && at < fence.End);
        return fence.End == 0 ? at
            : fence.Start > 0 ? fence.Start
            : fence.End;
    }

    /// <summary>Gives the parts of a text in their order: code with its language, or what stands behind the fence, and other words with
    /// null.</summary>
    public static IEnumerable<(string Text, string? Language)> Parts(string text)
    {
        var at = 0;
        foreach (var (start, end, code, language) in Fences(text))
        {
            if (start > at)
                yield return (text[at..start], null);
            yield return (code, language);
            at = end;
        }
        if (at < text.Length)
            yield return (text[at..], null);
    }

    // A fence that is left open is none.
    static IEnumerable<(int Start, int End, string Code, string Language)> Fences(string text)
    {
        (int Start, int CodeStart, string Marks, string Language)? open = null;
        for (var at = 0; at < text.Length; )
        {
            var next = text.IndexOf('\n', at) is >= 0 and var found ? found + 1 : text.Length;
            if (Fence().Match(text[at..next].TrimEnd('\n', '\r')) is { Success: true } fence)
            {
                var (marks, behind) = (fence.Groups[1].Value, fence.Groups[2].Value.Trim());
                if (open is null && (marks[0] == '~' || !behind.Contains('`', StringComparison.Ordinal)))
                    open = (at, next, marks, behind);
                else if (open is { } begun && behind.Length == 0 && marks[0] == begun.Marks[0] && marks.Length >= begun.Marks.Length)
                {
                    yield return (begun.Start, next, text[begun.CodeStart..at], begun.Language);
                    open = null;
                }
            }
            at = next;
        }
    }

    [GeneratedRegex("^ {0,3}(`{3,}|~{3,})(.*)$")]
    private static partial Regex Fence();
}
