namespace Spool.Cli;

/// <summary>A table of the values of threads that a person chose. On a terminal it fits the width: a column gives way where that cuts the
/// fewest cells, the widest first, and those at the end are left out where that is not enough; ids, times and numbers are never
/// cut.</summary>
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
                        [.. threads.Select(shown => screen.IsTerminal ? cells.OfPeople(name, shown) : cells.Of(name, shown))],
                        name is "id" or "title" ? CellInks.Plain : CellInks.Dim
                    )
                    {
                        IsNumber = ThreadCells.IsNumber(name),
                    }
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
        var room = screen.Width - 1;
        while (columns.Count > 1 && columns.Sum(column => Narrowest(column) + Gap) - Gap > room)
            columns.RemoveAt(columns.Count - 1);
        var widths = columns.Select(column => column.Column.Width).ToArray();
        var needs = columns.Select(column => column.Column.Cells.Select(CellText.Width).Order().ToArray()).ToArray();
        while (widths.Sum() + Gap * (widths.Length - 1) > room)
        {
            var cut = Enumerable
                .Range(0, columns.Count)
                .Where(at => widths[at] > Narrowest(columns[at]))
                .OrderBy(at => Longer(needs[at], widths[at] - 1))
                .ThenByDescending(at => widths[at])
                .Select(at => (int?)at)
                .FirstOrDefault();
            if (cut is null)
                return; // the only one is an id
            widths[cut.Value]--;
        }
        for (var at = 0; at < columns.Count; at++)
        {
            var (name, column) = columns[at];
            if (widths[at] < column.Width)
                columns[at] = (
                    name,
                    new(
                        CellText.Fit(column.Title, widths[at]),
                        column.Fit(widths[at], name is "folder" or "file" ? CellText.FitPath : CellText.Fit).Cells,
                        column.Ink
                    )
                );
        }
    }

    static int Narrowest((string Name, TextColumn Column) column) =>
        ThreadCells.IsWhole(column.Name) ? column.Column.Width : Math.Min(column.Column.Width, Least);

    // How many cells are longer than a width.
    static int Longer(int[] sorted, int width)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] > width)
                high = middle;
            else
                low = middle + 1;
        }
        return sorted.Length - low;
    }
}
