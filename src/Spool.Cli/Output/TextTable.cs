using System.Text;

namespace Spool.Cli;

/// <summary>A table without lines. On a terminal columns are two cells apart; for a program the cells of a row are separated by a tab, and
/// nothing is padded.</summary>
/// <remarks>It cuts nothing; columns are fitted before. The time is linear in the length of the text.</remarks>
/// <param name="screen">What it is shown on.</param>
sealed class TextTable(Screen screen)
{
    const string Gap = "  ";

    readonly List<TextColumn> _columns = [];

    /// <summary>Gets whether the first line has the titles.</summary>
    public bool HasTitles { get; init; } = true;

    /// <summary>Adds a column.</summary>
    public void Add(TextColumn column) => _columns.Add(column);

    /// <summary>Prints the table.</summary>
    public void Write(Stream output)
    {
        var ink = new Ink(screen.Colour);
        if (HasTitles)
            Write(output, [.. _columns.Select(column => (column.Title, ink.Bold(column.Title)))]);
        for (var row = 0; row < _columns[0].Cells.Count; row++)
            Write(output, [.. _columns.Select(column => (column.Cells[row], column.Ink(ink, column.Cells[row])))]);
    }

    void Write(Stream output, List<(string Plain, string Shown)> cells)
    {
        var line = new StringBuilder();
        if (screen.IsTerminal)
        {
            // Nothing is padded behind the last cell that shows something.
            var last = cells.FindLastIndex(cell => cell.Plain.Length > 0);
            for (var i = 0; i <= last; i++)
            {
                var padding = Math.Max(0, _columns[i].Width - CellText.Width(cells[i].Plain));
                if (_columns[i].IsNumber)
                    line.Append(' ', padding).Append(cells[i].Shown);
                else
                    line.Append(cells[i].Shown).Append(' ', i < last ? padding : 0);
                if (i < last)
                    line.Append(Gap);
            }
        }
        else
            line.AppendJoin('\t', cells.Select(cell => cell.Shown));
        output.Write(Encoding.UTF8.GetBytes(line.Append('\n').ToString()));
    }
}
