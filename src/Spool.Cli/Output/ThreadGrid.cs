namespace Spool.Cli;

/// <summary>A table of the values of threads that a person chose. On a terminal it fits the width: the widest columns give way first, and
/// those at the end are left out where that is not enough; ids and times are never cut.</summary>
/// <param name="screen">What it is shown on.</param>
/// <param name="cells">The values.</param>
sealed class ThreadGrid(Screen screen, ThreadCells cells)
{
    const int Gap = 2;
    const int Least = 8;

    /// <summary>Prints it: with titles on a terminal, elsewhere one line a thread with tabs.</summary>
    public void Write(Stream output, IReadOnlyList<ShownThread> threads, IReadOnlyList<string> names)
    {
        if (threads.Count == 0)
            return;
        var columns = names
            .Select(name =>
                (
                    Name: name,
                    Column: new TextColumn(
                        name.ToUpperInvariant(),
                        [.. threads.Select(shown => cells.Of(name, shown))],
                        name is "id" or "title" ? CellInks.Plain : CellInks.Dim
                    )
                )
            )
            .ToList();
        if (screen.IsTerminal)
            Fit(columns);
        var table = new TextTable(screen) { HasTitles = screen.IsTerminal };
        foreach (var (_, column) in columns)
            table.Add(column);
        table.Write(output);
    }

    void Fit(List<(string Name, TextColumn Column)> columns)
    {
        // One cell stays free: a line that fills the last one makes some terminals add an empty line.
        while (Width() > screen.Width - 1)
        {
            var over = Width() - (screen.Width - 1);
            var widest = Enumerable
                .Range(0, columns.Count)
                .Where(at => !ThreadCells.IsWhole(columns[at].Name) && columns[at].Column.Width > Least)
                .Select(at => (int?)at)
                .MaxBy(at => columns[at!.Value].Column.Width);
            if (widest is { } cut)
            {
                var (name, column) = columns[cut];
                // no more at once than to the width of the next widest, so that two long ones share what there is
                var next = columns.Where((_, at) => at != cut).Select(other => other.Column.Width).Where(w => w < column.Width);
                var width = Math.Max(Math.Max(Least, column.Width - over), next.DefaultIfEmpty(0).Max() - 1);
                columns[cut] = (
                    name,
                    column.Fit(Math.Min(width, column.Width - 1), name is "folder" or "file" ? CellText.FitPath : CellText.Fit) with
                    {
                        Title = CellText.Fit(column.Title, Math.Min(width, column.Width - 1)),
                    }
                );
            }
            else if (columns.Count > 1)
                columns.RemoveAt(columns.Count - 1);
            else
                return;
        }

        int Width() => columns.Sum(column => column.Column.Width + Gap) - Gap;
    }
}
