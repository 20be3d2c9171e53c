using System.Globalization;

namespace Spool.Cli;

/// <summary>The lines of a diff by what they are, for pages and terminals that colour them.</summary>
static class DiffLines
{
    /// <summary>Gives runs of lines of the same kind, in order. The lines of a run are separated by <c>\n</c>, and so are runs.</summary>
    /// <param name="text">A unified diff, or hunks of a patch.</param>
    public static IEnumerable<(DiffLine Kind, string Lines)> Runs(string text)
    {
        text = text.EndsWith('\n') ? text[..^1] : text;
        var (start, at) = (0, 0);
        DiffLine? kind = null;
        var isInHunk = false;
        while (at <= text.Length)
        {
            var end = text.IndexOf('\n', at) is >= 0 and var found ? found : text.Length;
            var next = KindOf(text.AsSpan(at, end - at), ref isInHunk);
            if (kind is { } run && run != next)
            {
                yield return (run, text[start..(at - 1)]);
                start = at;
            }
            (kind, at) = (next, end + 1);
        }
        yield return (kind!.Value, text[start..]);
    }

    /// <summary>Says how many lines changes add and remove, such as <c>+12 −3</c>; empty when they do neither.</summary>
    public static string Count(params IEnumerable<FileChangeView> changes)
    {
        var (added, removed) = (0, 0);
        foreach (var (more, less) in changes.Select(Lines))
            (added, removed) = (added + more, removed + less);
        return (added, removed) switch
        {
            (0, 0) => "",
            (_, 0) => string.Create(CultureInfo.InvariantCulture, $"+{added:N0}"),
            (0, _) => string.Create(CultureInfo.InvariantCulture, $"−{removed:N0}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"+{added:N0} −{removed:N0}"),
        };
    }

    /// <summary>Gives the lines of a change, each with what it is. Of a file that came or went the log has the text, whose lines get the
    /// sign that a diff has.</summary>
    public static IReadOnlyList<(DiffLine Kind, string Text)> Of(FileChangeView change)
    {
        var text = change.Diff.Trim('\n');
        if (IsWhole(change))
        {
            var (kind, sign) = change.Kind == "add" ? (DiffLine.Added, '+') : (DiffLine.Removed, '-');
            text = change.Diff.TrimEnd('\n');
            return text.Length == 0 ? [] : [.. text.Split('\n').Select(line => (kind, sign + line))];
        }
        var lines = new List<(DiffLine, string)>();
        var isInHunk = false;
        foreach (var line in text.Length == 0 ? [] : text.Split('\n'))
            lines.Add((KindOf(line, ref isInHunk), line));
        return lines;
    }

    static (int Added, int Removed) Lines(FileChangeView change)
    {
        var (added, removed) = (0, 0);
        if (IsWhole(change))
        {
            var lines = change.Diff.Length == 0 ? 0 : change.Diff.AsSpan().TrimEnd('\n').Count('\n') + 1;
            return change.Kind == "add" ? (lines, 0) : (0, lines);
        }
        var isInHunk = false;
        foreach (var line in change.Diff.AsSpan().EnumerateLines())
        {
            var kind = KindOf(line, ref isInHunk);
            added += kind == DiffLine.Added ? 1 : 0;
            removed += kind == DiffLine.Removed ? 1 : 0;
        }
        return (added, removed);
    }

    static bool IsWhole(FileChangeView change) =>
        change.Kind is "add" or "delete"
        && !change.Diff.StartsWith("@@", StringComparison.Ordinal)
        && !change.Diff.StartsWith("--- ", StringComparison.Ordinal);

    // Before the first hunk stand the names of the files; in a hunk a line that begins so was removed, such as a comment of SQL.
    static DiffLine KindOf(ReadOnlySpan<char> line, ref bool isInHunk)
    {
        isInHunk |= line.StartsWith("@@");
        return line is ['+', ..] && (isInHunk || !line.StartsWith("+++ ")) ? DiffLine.Added
            : line is ['-', ..] && (isInHunk || !line.StartsWith("--- ")) ? DiffLine.Removed
            : line.StartsWith("@@") ? DiffLine.Place
            : DiffLine.Same;
    }
}

/// <summary>What a line of a diff is.</summary>
enum DiffLine
{
    /// <summary>A line that is in both, or that says something about the file.</summary>
    Same,

    /// <summary>A line that was added.</summary>
    Added,

    /// <summary>A line that was removed.</summary>
    Removed,

    /// <summary>The place where a hunk belongs.</summary>
    Place,
}
