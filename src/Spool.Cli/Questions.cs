namespace Spool.Cli;

/// <summary>Questions to the person at the terminal.</summary>
static class Questions
{
    /// <summary>Asks a question that is answered with yes or no, where there is a terminal (<see cref="CommandContext.Answers"/>).</summary>
    /// <param name="context">The outside world.</param>
    /// <param name="question">The question, on one line.</param>
    /// <param name="isYesUsual">What an empty answer means. The end of the input means no.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public static async Task<bool> AskAsync(
        this CommandContext context,
        string question,
        bool isYesUsual,
        CancellationToken cancellationToken
    )
    {
        context.FlushData();
        await context.Error.WriteAsync(string.Join('\n', context.RowsOf($"{question} {(isYesUsual ? "[Y/n]" : "[y/N]")}")) + " ");
        await context.Error.FlushAsync(cancellationToken);
        var answer = await Task.Run(context.Answers!.ReadLine, cancellationToken).WaitAsync(cancellationToken);
        if (answer is null)
            await context.Error.WriteLineAsync(); // the end of the input, Ctrl-D say, ends no line
        return answer?.Trim().ToUpperInvariant() is { } said && (said is "Y" or "YES" || said.Length == 0 && isYesUsual);
    }
}
