namespace Spool.Cli;

/// <summary>Shows changes of files: what became of which, how many lines came and went, and the diff in colours.</summary>
/// <param name="page">Where to.</param>
/// <param name="detail">Whether long diffs are whole.</param>
sealed class DiffText(TextPage page, ShownDetail detail)
{
    const int MostLines = 40;

    public void Write(FileChangeView change)
    {
        var lines = DiffLines.Of(change with { Diff = SafeText.Block(change.Diff) });
        var count = DiffLines.Count(change) is { Length: > 0 } some ? $" ({some})" : "";
        var path = SafeText.OneLine(change.Places, int.MaxValue);
        var kind = change.Kind is "add" or "delete" or "update" ? change.Kind : $"change ({change.Kind})";
        page.Title($"{kind} {path}{count}", page.Ink.Bold);
        if (lines.Count > 0)
            new LongText(page, detail).Beginning(
                string.Join('\n', lines.Select(line => line.Text)),
                MostLines,
                line => InkOf(lines[line].Kind)
            );
    }

    Func<string, string> InkOf(DiffLine kind) =>
        kind switch
        {
            DiffLine.Added => page.Ink.Green,
            DiffLine.Removed => page.Ink.Red,
            DiffLine.Place => page.Ink.Cyan,
            _ => page.Ink.Dim,
        };
}
