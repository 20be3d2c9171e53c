namespace Spool.Cli;

/// <summary>Words for people, which never mix with data.</summary>
static class Words
{
    /// <summary>Prints one line on the output for words.</summary>
    public static void Say(this CommandContext context, string message) => context.Error.WriteLine("spool: " + SafeText.OneLine(message, int.MaxValue));
}
