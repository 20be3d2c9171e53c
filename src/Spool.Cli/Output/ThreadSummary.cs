namespace Spool.Cli;

/// <summary>Shows what is known of one thread.</summary>
/// <param name="output">Where to.</param>
/// <param name="screen">What it can show.</param>
/// <param name="clock">The clock.</param>
sealed class ThreadSummary(TextWriter output, Screen screen, TimeProvider clock)
{
    const int MaxTitle = 200;

    public void Write(StoredThread thread, string? path)
    {
        var ink = new Ink(screen.Colour);
        var title = ThreadTable.TitleOf(thread);
        output.WriteLine(ink.Bold(CellText.Fit(title, screen.IsTerminal ? Math.Max(8, screen.Width - 1) : MaxTitle)));
        output.WriteLine();
        foreach (var (label, text) in ThreadFields.Of(thread, path, clock, TimeForm.WithAge))
            output.WriteLine("  " + ink.Dim(label.PadRight(13)) + (label == "State" ? ink.Yellow(text) : text));
        output.WriteLine();
    }
}
