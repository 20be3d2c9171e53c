namespace Spool.Cli;

/// <summary>Words for people, which never mix with data.</summary>
static class Words
{
    /// <summary>Prints one line on the output for words. On a terminal, where a person sees both, it comes after the data printed so far.</summary>
    public static void Say(this CommandContext context, string message)
    {
        if (context.OutputScreen.IsTerminal)
            FlushData(context);
        context.Error.WriteLine("spool: " + SafeText.OneLine(message, int.MaxValue));
    }

    static void FlushData(CommandContext context)
    {
        try
        {
            context.Output.Flush();
        }
        catch (IOException)
        {
            // The terminal is gone; the words are what is left to try.
        }
    }
}
