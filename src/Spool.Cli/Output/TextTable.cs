using System.Text;
using Spectre.Console;

namespace Spool.Cli;

/// <summary>A table without lines: columns two cells apart. It cuts nothing; columns are fitted before.</summary>
/// <param name="screen">Says whether to colour.</param>
sealed class TextTable(Screen screen)
{
    readonly List<TextColumn> _columns = [];

    /// <summary>Adds a column.</summary>
    public void Add(TextColumn column) => _columns.Add(column);

    /// <summary>Prints the table.</summary>
    public void Write(Stream output)
    {
        var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = screen.Colour == ColourUse.None ? AnsiSupport.No : AnsiSupport.Yes,
            ColorSystem = screen.Colour == ColourUse.None ? ColorSystemSupport.NoColors : ColorSystemSupport.Standard,
            Interactive = InteractionSupport.No,
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = _columns.Sum(column => column.Width + 2) + 1;
        console.Profile.Encoding = Encoding.UTF8;
        console.Write(Build());
        foreach (var line in text.ToString().AsSpan().TrimEnd('\n').EnumerateLines())
        {
            output.Write(Encoding.UTF8.GetBytes(line.TrimEnd(' ').ToString()));
            output.WriteByte((byte)'\n');
        }
    }

    Table Build()
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var column in _columns)
            table.AddColumn(new TableColumn(new Text(column.Title, new Style(decoration: Decoration.Bold))).NoWrap().PadLeft(0).PadRight(2));
        for (var row = 0; row < _columns[0].Cells.Count; row++)
            table.AddRow(_columns.Select(column => new Text(column.Cells[row], column.Style)));
        return table;
    }
}
