namespace Spool.Cli;

/// <summary>Words for people, which never mix with data.</summary>
static class Words
{
    /// <summary>Prints one line on the output for words. It comes after the data printed so far, also where both outputs are one terminal
    /// or one file.</summary>
    public static void Say(this CommandContext context, string message)
    {
        context.FlushData();
        context.Notice(message);
    }

    /// <summary>Prints one line on the output for words, from any thread: the data, which another one may be printing, is left
    /// alone.</summary>
    public static void Notice(this CommandContext context, string message) =>
        context.Error.WriteLine("spool: " + SafeText.OneLine(message, int.MaxValue));

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
