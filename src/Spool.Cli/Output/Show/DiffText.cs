using System.Globalization;

namespace Spool.Cli;

/// <summary>Shows changes of files: what became of which, how many lines came and went, and the diff in colours.</summary>
/// <param name="page">Where to.</param>
/// <param name="detail">Whether long diffs are whole.</param>
sealed class DiffText(TextPage page, ShownDetail detail)
{
    const int MostLines = 40;
    const int LongestPath = 1000;

    public void Write(FileChangeView change)
    {
        var lines = LinesOf(change);
        var (added, removed) = (lines.Count(IsAdded), lines.Count(IsRemoved));
        var count = added + removed == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" (+{added:N0} -{removed:N0})");
        var path = SafeText.OneLine(change.Path, LongestPath);
        if (change.MovedTo is { Length: > 0 } target)
            path += " → " + SafeText.OneLine(target, LongestPath);
        var kind = change.Kind is "add" or "delete" or "update" ? change.Kind : $"change ({change.Kind})";
        page.Title($"{kind} {path}{count}", page.Ink.Bold);
        if (lines.Count > 0)
            new LongText(page, detail).Beginning(string.Join('\n', lines), MostLines, InkOf);
    }

    // Of a file that came or went the log has the text.
    static List<string> LinesOf(FileChangeView change)
    {
        var text = SafeText.Block(change.Diff).TrimEnd('\n');
        if (text.Length == 0)
            return [];
        var lines = text.Split('\n');
        var sign =
            change.Kind == "add" ? "+"
            : change.Kind == "delete" ? "-"
            : "";
        return sign.Length == 0 || IsPlace(lines[0]) || lines[0].StartsWith("--- ", StringComparison.Ordinal)
            ? [.. lines]
            : [.. lines.Select(line => sign + line)];
    }

    Func<string, string> InkOf(string line) =>
        IsAdded(line) ? page.Ink.Green
        : IsRemoved(line) ? page.Ink.Red
        : IsPlace(line) ? page.Ink.Cyan
        : page.Ink.Dim;

    static bool IsAdded(string line) => line.StartsWith('+') && !line.StartsWith("+++ ", StringComparison.Ordinal);

    static bool IsRemoved(string line) => line.StartsWith('-') && !line.StartsWith("--- ", StringComparison.Ordinal);

    static bool IsPlace(string line) => line.StartsWith("@@", StringComparison.Ordinal);
}
