namespace Spool.Cli;

/// <summary>Shows what is known of one thread.</summary>
/// <param name="page">Where to.</param>
/// <param name="screen">What it can show.</param>
/// <param name="clock">The clock.</param>
sealed class ThreadSummary(TextPage page, Screen screen, TimeProvider clock)
{
    const int LabelWidth = 13;

    /// <summary>Shows a thread.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="path">Its file, or null.</param>
    /// <param name="links">The threads that it came from and those that it started.</param>
    public void Write(StoredThread thread, string? path, ThreadLinks links)
    {
        var title = ThreadTable.HeadingOf(thread);
        page.Title(screen.IsTerminal ? CellText.FitWords(title, Math.Max(8, screen.Width - 3)) : title, page.Ink.Bold);
        page.Gap();
        foreach (var (label, text, command) in links.Fields(ThreadFields.Of(thread, path, clock, TimeForm.WithAge)))
        {
            Field(label, text, label == "State" ? page.Ink.Yellow : null);
            if (command is not null)
                Field("", command, page.Ink.Dim);
        }
        page.Gap();
    }

    void Field(string label, string text, Func<string, string>? ink)
    {
        var first = $"  {page.Ink.Dim(label.PadRight(LabelWidth))}";
        // A narrow terminal has the text below its label.
        if (screen.IsTerminal && screen.Width < 2 * LabelWidth + 10)
        {
            if (label.Length > 0)
                page.Text(label, Margin.Indent, page.Ink.Dim);
            page.Text(text, new Margin("    ", "    ", 4), ink);
        }
        else
            page.Text(text, new Margin(first, new string(' ', LabelWidth + 2), LabelWidth + 2), ink);
    }
}
