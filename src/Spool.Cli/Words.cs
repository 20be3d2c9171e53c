namespace Spool.Cli;

/// <summary>Words for people, which never mix with data.</summary>
static class Words
{
    const string Below = "  ";

    /// <summary>Prints one line on the output for words: what was done, or is there besides. It comes after the data printed so far, also
    /// where both outputs are one terminal or one file. A person who wants quiet does not get it, unless it stands for data that found no
    /// place.</summary>
    public static void Say(this CommandContext context, string message)
    {
        if (!context.IsQuiet || context.LostOutput.ExitCode is not null)
            context.SayAs("spool", message);
    }

    /// <summary>Prints one line that says what a person may do next, unless they want quiet.</summary>
    public static void Hint(this CommandContext context, string message)
    {
        if (!context.IsQuiet)
            context.SayAs("hint", message);
    }

    /// <summary>Prints one line that says how to see what an output leaves out, unless it would come over the screen of the program that
    /// shows the output: standard output is a pipe, and words go to the terminal.</summary>
    public static void HintOfRest(this CommandContext context, string message)
    {
        if (!context.IsOutputPipe || !context.ErrorScreen.IsTerminal)
            context.Hint(message);
    }

    /// <summary>Prints one line that says what may be wrong or missing.</summary>
    public static void Warn(this CommandContext context, string message) => context.SayAs("warning", message);

    /// <summary>Prints one line that says what went wrong.</summary>
    public static void SayError(this CommandContext context, string message) => context.SayAs("error", message);

    /// <summary>Prints one line on the output for words, from any thread: the data, which another one may be printing, is left
    /// alone.</summary>
    public static void Notice(this CommandContext context, string message) => context.Error.WriteLine(Line(context, "spool", message));

    static void SayAs(this CommandContext context, string kind, string message)
    {
        context.FlushData();
        context.Error.WriteLine(Line(context, kind, message));
    }

    // One line; on a terminal as many rows as it needs.
    static string Line(CommandContext context, string kind, string message) =>
        string.Join('\n', context.RowsOf($"{kind}: {SafeText.OneLine(message, int.MaxValue)}"));

    /// <summary>Prints one of the things that the line before is about, below it.</summary>
    public static void SayBelow(this CommandContext context, string text) =>
        context.Error.WriteLine(
            string.Join('\n', context.RowsOf(SafeText.OneLine(text, int.MaxValue), Below.Length).Select(row => Below + row))
        );

    /// <summary>Gives the rows of a line on the output for words: on a terminal as many as it needs.</summary>
    /// <param name="context">The outside world.</param>
    /// <param name="line">The line.</param>
    /// <param name="indent">The cells that each row leaves free.</param>
    public static IEnumerable<string> RowsOf(this CommandContext context, string line, int indent = 0) =>
        context.ErrorScreen.IsTerminal ? WordRows.Of(line, context.ErrorScreen.Width - 1 - indent) : [line];

    /// <summary>Prints the data that waits. Where it finds no place, the end of the command says so: words are what is left to
    /// try.</summary>
    public static void FlushData(this CommandContext context)
    {
        try
        {
            context.Output.Flush();
        }
        catch (IOException) { }
    }
}
