namespace Spool.Cli;

/// <summary>Prints what a command has done. When the output has no place for it, the thing is done all the same, and is said where words
/// go.</summary>
static class DoneOutput
{
    /// <summary>Prints data about what is done, at once: of each thing it has to be known whether it was printed.</summary>
    /// <param name="context">The outside world.</param>
    /// <param name="data">Writes the data.</param>
    /// <param name="format">How an error is said.</param>
    /// <returns>Whether it was printed; if not, that was said, and the caller says in words what is done.</returns>
    public static bool TryPrintDone(this CommandContext context, Action<Stream> data, OutputFormat format)
    {
        if (context.LostOutput.ExitCode is not null)
            return false;
        try
        {
            data(context.Output);
            context.Output.Flush();
            return true;
        }
        catch (IOException e)
        {
            context.LostOutput.ExitCode = Say(context, e, format);
            return false;
        }
    }

    static int Say(CommandContext context, IOException e, OutputFormat format)
    {
        if (OutputErrors.IsReaderGone(e))
        {
            context.SayError("The output is no longer read. What is done is done, and is said here:");
            return ExitCodes.BrokenPipe;
        }
        var why = OutputErrors.IsFull(e) ? OutputErrors.Full : $"The output cannot be written ({e.Message.TrimEnd('.')}).";
        return context.Fail(OutputErrors.CodeOf(e), $"{why} What is done is done, and is said here:", format);
    }
}

/// <summary>What became of an output that could not hold what a command has done.</summary>
sealed class LostOutput
{
    /// <summary>Gets or sets the exit code of the command; null while nothing is lost.</summary>
    public int? ExitCode { get; set; }
}
