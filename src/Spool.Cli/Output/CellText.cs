using System.Globalization;
using System.Text;
using Spectre.Console.Rendering;

namespace Spool.Cli;

/// <summary>Measures text in terminal cells, in which a Chinese character is two wide.</summary>
static class CellText
{
    /// <summary>Gives the width of a text on one line.</summary>
    public static int Width(string text) => Ascii.IsValid(text) ? text.Length : new Segment(text).CellCount();

    /// <summary>Cuts a text to a width; a text that was cut ends in <c>…</c>.</summary>
    public static string Fit(string text, int width)
    {
        if (Width(text) <= width)
            return text;
        var result = new StringBuilder();
        var used = 0;
        var characters = StringInfo.GetTextElementEnumerator(text);
        while (characters.MoveNext())
        {
            var character = characters.GetTextElement();
            used += Width(character);
            if (used > width - 1)
                break;
            result.Append(character);
        }
        return result.Append('…').ToString();
    }

    /// <summary>Cuts a path to a width, keeping its end, which tells more.</summary>
    public static string FitPath(string path, int width)
    {
        if (Width(path) <= width)
            return path;
        var cut = path;
        while (cut.Length > 0 && Width(cut) > width - 1)
            cut = cut[(char.IsHighSurrogate(cut[0]) && cut.Length > 1 ? 2 : 1)..];
        return "…" + cut;
    }
}
