using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;

namespace Spool.Cli;

/// <summary>Runs one command line: parse, run, and turn whatever goes wrong into one line of words and an exit code.</summary>
/// <param name="context">The outside world.</param>
sealed class CommandRunner(CommandContext context)
{
    // Filters compare texts, and the empty one is a text like another: it names no place that could be taken for the default.
    static readonly string[] MayBeEmpty = ["--search", "--source", "--provider"];

    /// <summary>Gets how words are read: one that begins with @ is a word, and not a file with more of them.</summary>
    public static ParserConfiguration Parsing { get; } = new() { ResponseFileTokenReplacer = null };

    /// <summary>Runs a command line.</summary>
    /// <param name="args">The words after the program's name.</param>
    /// <param name="cancellationToken">Interrupts it.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        try
        {
            return await InvokeAsync(args, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (ThreadStoreException e)
        {
            return context.Fail(e, FormatOf(args));
        }
        catch (IOException) when (context.LostOutput.ExitCode is not null)
        {
            return context.LostOutput.ExitCode.Value; // that, and what is done, was said
        }
        catch (IOException e) when (OutputErrors.IsReaderGone(e))
        {
            // The reader has what it wanted (`spool list | head`); there is nothing to say.
            return ExitCodes.BrokenPipe;
        }
        catch (Exception e) when (DiskErrors.IsTooLarge(e))
        {
            return Fail(
                args,
                ThreadStoreErrorCode.ResourceExhausted,
                "A file would be larger than the process (ulimit -f) or its file system lets it be."
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The framework says it of a file, which is one that Spool writes first and then renames.
            return Fail(args, OutputErrors.CodeOf(e), OutputErrors.IsFull(e) ? OutputErrors.Full : e.Message);
        }
        catch (Exception e) when (IsOutOfThreads(e))
        {
            return Fail(
                args,
                ThreadStoreErrorCode.ResourceExhausted,
                "The process may start no more threads, or has no more memory; raise the limits (ulimit -u, ulimit -n, ulimit -v, or those of its container) and try again."
            );
        }
        catch (Exception e)
        {
            return Fail(args, ThreadStoreErrorCode.Internal, $"This is a bug in spool; please report it: {e}");
        }
    }

    // The runtime has one error for a thread that the system refuses and for memory that it refuses.
    static bool IsOutOfThreads(Exception e) => e is OutOfMemoryException || e.InnerException is { } inner && IsOutOfThreads(inner);

    async Task<int> InvokeAsync(string[] args, CancellationToken cancellationToken)
    {
        if (context.ArgumentNotText is { } number)
            return Fail(args, ThreadStoreErrorCode.InvalidRequest, $"Argument {number} is not UTF-8 text, and would be taken for another.");
        var root = new SpoolRoot(context);
        if (args.Length == 0)
            args = ["--help"];
        var line = root.Parse(args, Parsing);
        context.IsQuiet = root.Global.IsQuiet(line);
        context.Hints.Repeat(line, root.Global, context);
        if (line.Action is not HelpWithExamples && UsageErrors.Find(line) is { } error)
        {
            var command = string.Join(' ', Path(line).Reverse());
            var code = Fail(args, ThreadStoreErrorCode.InvalidRequest, error);
            if (FormatOf(args) == OutputFormat.Json)
                return code;
            if (UsageErrors.Hint(line, context.Hints) is { } hint)
                context.Hint(hint);
            context.Hint($"'{command} --help' says what there is.");
            return code;
        }
        if (line.Action is not HelpWithExamples && EmptyOption(line) is { } empty)
            return Fail(
                args,
                ThreadStoreErrorCode.InvalidRequest,
                $"{empty} is empty, as with a shell variable that is not set; give it a value, or leave it away."
            );
        await using var text = new StreamWriter(context.Output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        // Signals are the program's business, and errors are handled above.
        var configuration = new InvocationConfiguration
        {
            Output = text,
            Error = context.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        var ended = await line.InvokeAsync(configuration, cancellationToken);
        // A command that ended although it was stopped, as a server does, ended well.
        var flushing = cancellationToken.IsCancellationRequested ? CancellationToken.None : cancellationToken;
        await text.FlushAsync(flushing);
        await context.Output.FlushAsync(flushing);
        return ended;
    }

    // An option that was given and is empty is no option that was not given: --home "$OLD" never means the usual home.
    static string? EmptyOption(ParseResult line)
    {
        for (var result = (SymbolResult?)line.CommandResult; result is CommandResult command; result = result.Parent)
        {
            if (
                command
                    .Children.OfType<OptionResult>()
                    .FirstOrDefault(option =>
                        !MayBeEmpty.Contains(option.Option.Name) && option.Tokens.Any(token => token.Value.Length == 0)
                    ) is
                { } empty
            )
                return empty.Option.Name;
        }
        return null;
    }

    int Fail(string[] args, ThreadStoreErrorCode code, string message) => context.Fail(code, message, FormatOf(args));

    static OutputFormat FormatOf(string[] args) => args.Contains("--json") ? OutputFormat.Json : OutputFormat.Text;

    static IEnumerable<string> Path(ParseResult line)
    {
        for (var result = (SymbolResult?)line.CommandResult; result is CommandResult command; result = result.Parent)
            yield return command.Command.Name;
    }
}
