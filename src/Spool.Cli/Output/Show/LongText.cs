using System.Globalization;

namespace Spool.Cli;

/// <summary>Shows what may be long below the item that it belongs to, and says how much of it is not shown.</summary>
/// <param name="page">Where to.</param>
/// <param name="detail">Whether anything is left out.</param>
sealed class LongText(TextPage page, ShownDetail detail)
{
    const int MostLines = 8;
    const int LongestLine = 400;

    /// <summary>Shows the end of an output: it says how a command went.</summary>
    public void End(string text)
    {
        var lines = Lines(text);
        var before = detail == ShownDetail.Full ? 0 : Math.Max(0, lines.Length - MostLines);
        if (before > 0)
            Note($"… {before:N0} {(before == 1 ? "line" : "lines")} above {(before == 1 ? "is" : "are")} not shown; --full shows all");
        foreach (var line in lines.Skip(before))
            Line(line, page.Ink.Dim);
    }

    /// <summary>Gives the first lines of a text, and says how many more there are, or null.</summary>
    public (string Shown, string? Note) Cut(string text, int most)
    {
        var lines = text.Split('\n');
        return detail == ShownDetail.Full || lines.Length <= most
            ? (text, null)
            : (string.Join('\n', lines.Take(most)), More(lines.Length - most));
    }

    /// <summary>Shows the beginning of a text.</summary>
    /// <param name="text">The text, not yet made safe.</param>
    /// <param name="most">The most lines.</param>
    /// <param name="ink">Gives the colour of a line by its number, from 0; null for the colour of outputs.</param>
    public void Beginning(string text, int most = MostLines, Func<int, Func<string, string>>? ink = null)
    {
        var lines = Lines(text);
        var shown = detail == ShownDetail.Full ? lines.Length : Math.Min(lines.Length, most);
        for (var line = 0; line < shown; line++)
            Line(lines[line], ink is null ? page.Ink.Dim : ink(line));
        if (shown < lines.Length)
            page.Text(More(lines.Length - shown), Margin.Indent, page.Ink.Yellow);
    }

    static string More(int lines) =>
        string.Create(CultureInfo.InvariantCulture, $"… {lines:N0} more {(lines == 1 ? "line" : "lines")}; --full shows all");

    static string[] Lines(string text) => SafeText.Block(text).Trim('\n') is { Length: > 0 } safe ? safe.Split('\n') : [];

    void Line(string line, Func<string, string> ink)
    {
        var (shown, rest) = detail == ShownDetail.Full ? (line, null) : LeftOut.Cut(line, LongestLine);
        page.Text(rest is null ? shown : $"{shown} {rest}", Margin.Indent, ink);
    }

    void Note(FormattableString words) => page.Text(words.ToString(CultureInfo.InvariantCulture), Margin.Indent, page.Ink.Yellow);
}
