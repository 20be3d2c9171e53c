using System.Runtime.InteropServices;
using System.Text;

namespace Spool.Cli;

/// <summary>The composition root: the only place that looks at the environment and the console.</summary>
static class Program
{
    static Task<int> Main(string[] args)
    {
        FileSizeSignal.Ignore();
        Descriptors.TakeClosedPlaces();
        return Descriptors.AreEnough() ? RunAsync(args) : Task.FromResult(SayTooFewDescriptors(asJson: Array.IndexOf(args, "--json") >= 0));
    }

    static int SayTooFewDescriptors(bool asJson)
    {
        const string Words = "The process may open too few files; raise the limit (ulimit -n) to 256 or more and try again.";
        using var error = StandardOutput.OpenForWords();
        error.Write(Encoding.UTF8.GetBytes($"error: {Words}\n"));
        if (asJson)
            error.Write(Encoding.UTF8.GetBytes($$$"""{"error":{"code":"resourceExhausted","message":"{{{Words}}}"}}""" + "\n"));
        return ExitCodes.Of(ThreadStoreErrorCode.ResourceExhausted);
    }

    static async Task<int> RunAsync(string[] args)
    {
        using var cancellation = new CancellationTokenSource();
        var signalled = 0;
        var paging = new Paging();
        void Cancel(PosixSignalContext signal, int exitCode)
        {
            // A pager or Codex has the terminal, and Ctrl-C is a key of it.
            if (paging.IsUnderWay && exitCode == ExitCodes.Interrupted)
            {
                signal.Cancel = true;
                return;
            }
            // The first signal ends the command in order; a second one finds the default behaviour and kills. That a terminal was closed
            // both the shell and the system say.
            if (Interlocked.CompareExchange(ref signalled, exitCode, 0) is not 0 and var first)
            {
                signal.Cancel = exitCode == ExitCodes.HungUp && first == exitCode;
                return;
            }
            signal.Cancel = true;
            cancellation.Cancel();
        }
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Cancel(signal, ExitCodes.Interrupted));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Cancel(signal, ExitCodes.Terminated));
        using var hangUp = IgnoredSignals.Contains(IgnoredSignals.HangUp)
            ? null
            : PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => Cancel(signal, ExitCodes.HungUp));
        using var quit = IgnoredSignals.Contains(IgnoredSignals.Quit)
            ? null
            : PosixSignalRegistration.Create(PosixSignal.SIGQUIT, signal => Cancel(signal, ExitCodes.Quit));

        // Every command flushes it; disposing it would try once more to reach a reader that has gone.
        var output = StandardOutput.Open();
        await using var error = WordWriter.Over(StandardOutput.OpenForWords());
        var code = await new CommandRunner(ContextOf(args, output, error, paging)).RunAsync(args, cancellation.Token);
        return code == ExitCodes.Interrupted && signalled != 0 ? signalled : code;
    }

    static CommandContext ContextOf(string[] args, Stream output, TextWriter error, Paging paging)
    {
        CommandContext? context = null;
        var telemetry = TelemetryVariables();
        void Notice(string message) => context?.Notice(message);
        return context = new CommandContext
        {
            OpenStore = (location, progress) => LocalStores.Open(location, TimeProvider.System, progress, Notice),
            OpenServedStore = (location, loggers) => LocalStores.OpenServed(location, TimeProvider.System, loggers, Notice),
            Tokens = Environment.GetEnvironmentVariable(CommandContext.TokensVariable), // empty is not absent, which lets every caller in
            RemoteToken = Variable(CommandContext.RemoteTokenVariable)?.Trim() is { Length: > 0 } token ? token : null,
            Remote = Variable(CommandContext.RemoteVariable)?.Trim() is { Length: > 0 } remote ? remote : null,
            TelemetryVariables = telemetry,
            SettingsNotText = NotText([
                CommandContext.TokensVariable,
                CommandContext.RemoteTokenVariable,
                CommandContext.RemoteVariable,
                .. telemetry.Keys,
            ]),
            Owner = new WriterOwner(Environment.MachineName, Environment.ProcessId, "spool", null),
            Output = output,
            Error = error,
            OutputScreen = ScreenOf(Console.IsOutputRedirected, 1),
            IsOutputPipe = Console.IsOutputRedirected && Descriptors.IsPipe(1),
            ErrorScreen = ScreenOf(Console.IsErrorRedirected, 2),
            Pager = PagerSettings.Of(Environment.GetEnvironmentVariable),
            Paging = paging,
            // A question is shown on the output for words.
            Answers = Console.IsInputRedirected || Console.IsErrorRedirected ? null : Terminal.Answers(),
            Time = PosixZone.Of(TimeProvider.System, Variable("TZ")),
            ArgumentNotText = OriginalBytes.FirstArgumentNotText(args),
            Places = Places(),
        };
    }

    static UserPlaces Places()
    {
        var folder = WorkingDirectory();
        return new UserPlaces
        {
            UserFolder = UserFolder(),
            WorkingDirectory = folder,
            CodexHome = Variable(UserPlaces.CodexHomeVariable),
            CacheHome = Variable(UserPlaces.CacheHomeVariable),
            ProgramFolders = Variable(UserPlaces.ProgramFoldersVariable),
            CodexSqliteHome = Variable(UserPlaces.CodexSqliteHomeVariable),
            VariablesNotText = NotText(UserPlaces.Variables),
            IsWorkingDirectoryText = folder is null || OriginalBytes.IsCurrentFolderText(folder),
        };
    }

    static string[] NotText(IEnumerable<string> variables) =>
        [.. variables.Where(name => Variable(name) is { } value && !OriginalBytes.IsVariableText(name, value))];

    static Screen ScreenOf(bool redirected, int descriptor)
    {
        if (redirected)
            return Screen.Piped;
        var dumb = Variable("TERM") == "dumb";
        return new Screen(
            dumb ? ScreenKind.Dumb : ScreenKind.Terminal,
            Terminal.Width(descriptor, Variable("COLUMNS")),
            dumb || Variable("NO_COLOR") is not null ? ColourUse.None : ColourUse.Basic
        );
    }

    static Dictionary<string, string> TelemetryVariables()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable is { Key: string name, Value: string { Length: > 0 } value } && name.StartsWith("OTEL_", StringComparison.Ordinal))
                variables.Add(name, value);
        }
        return variables;
    }

    // HOME, whether the folder is there or not, else what the system's list of users says. The framework's answer for a user that has
    // neither is the root folder.
    static string? UserFolder()
    {
        var folder = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        return Path.IsPathFullyQualified(folder) && (folder != "/" || Variable("HOME") is not null) ? folder : null;
    }

    // It may have been deleted, or be in a folder that this user may not search.
    static string? WorkingDirectory()
    {
        try
        {
            return Environment.CurrentDirectory;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
