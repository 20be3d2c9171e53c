namespace Spool.Cli;

/// <summary>What stands before the rows of a block: it says where the block begins and ends, whatever its text is.</summary>
/// <param name="First">Before the first row, already coloured.</param>
/// <param name="Next">Before every other row.</param>
/// <param name="Width">The cells that both take.</param>
readonly record struct Margin(string First, string Next, int Width)
{
    /// <summary>That of a title: what does not fit into its first row is not taken for another one.</summary>
    public static Margin Title { get; } = new("", "  ", 2);

    /// <summary>That of what belongs to the title above.</summary>
    public static Margin Indent { get; } = new("  ", "  ", 2);
}

/// <summary>Writes text in rows that a terminal does not break: at words, inside of its width. Elsewhere lines stay as long as they
/// are.</summary>
/// <param name="output">Where to.</param>
/// <param name="screen">What it can show.</param>
sealed class TextPage(TextWriter output, Screen screen)
{
    const int LeastText = 8;

    readonly Stack<Margin> _margins = [];

    /// <summary>Gets the colours of the screen.</summary>
    public Ink Ink { get; } = new(screen.Colour);

    /// <summary>Puts a margin before everything that is written until it is taken away.</summary>
    public void Push(Margin margin) => _margins.Push(margin);

    /// <summary>Takes the last margin away.</summary>
    public void Pop() => _margins.Pop();

    /// <summary>Writes an empty line.</summary>
    public void Gap() => output.WriteLine(string.Concat(_margins.Reverse().Select(margin => margin.Next)).TrimEnd(' '));

    /// <summary>Writes the title of a block.</summary>
    /// <param name="text">The title, on one line.</param>
    /// <param name="ink">Colours a row, or null.</param>
    public void Title(string text, Func<string, string>? ink = null) => Text(text, Margin.Title, ink);

    /// <summary>Writes a text, line by line.</summary>
    /// <param name="text">The text. It is stored data made safe, or words of Spool.</param>
    /// <param name="margin">What stands before it. Only titles, which are Spool's words, stand at the edge.</param>
    /// <param name="ink">Colours a row, or null.</param>
    public void Text(string text, Margin margin, Func<string, string>? ink = null)
    {
        var room = screen.IsTerminal
            // One cell stays free: a line that fills the last one makes some terminals add an empty line.
            ? Math.Max(LeastText, screen.Width - 1 - margin.Width - _margins.Sum(outer => outer.Width))
            : int.MaxValue;
        var before = margin.First;
        foreach (var line in text.Split('\n'))
        {
            var rows = screen.IsTerminal ? WordWrap.Rows(WordWrap.ExpandTabs(line), room) : [line];
            foreach (var row in rows)
            {
                WriteRow(before, ink is null || row.Length == 0 ? row : ink(row));
                before = margin.Next;
            }
        }
    }

    void WriteRow(string before, string row)
    {
        foreach (var margin in _margins.Reverse())
            output.Write(margin.Next);
        output.Write(row.Length == 0 ? before.TrimEnd(' ') : before);
        output.WriteLine(row);
    }
}
