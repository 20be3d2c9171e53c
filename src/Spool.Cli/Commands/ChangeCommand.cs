using System.CommandLine;

namespace Spool.Cli;

/// <summary>A command that changes threads, one after the other. What fails for one is said, and the others are still done.</summary>
abstract class ChangeCommand : StoreCommand
{
    readonly Option<bool> _json = JsonOption();

    protected ChangeCommand(string name, string description, CommandContext context, GlobalOptions global)
        : base(name, description, context, global) { }

    /// <summary>Adds the option for JSON, which comes last.</summary>
    protected void AddJson() => Options.Add(_json);

    /// <summary>Says how the result is printed.</summary>
    protected OutputFormat FormatOf(ParseResult line) => line.GetValue(_json) ? OutputFormat.Json : OutputFormat.Text;

    /// <summary>Changes each of some threads.</summary>
    /// <returns>The exit code: that of the first failure.</returns>
    protected async Task<int> ForEachAsync(
        ParseResult line,
        IThreadStore store,
        IReadOnlyList<string> names,
        Func<ThreadId, Task> change,
        CancellationToken cancellationToken
    )
    {
        var code = ExitCodes.Success;
        // All are found before one is changed, and none is changed when a name may be a slip: 'last' and a name may mean another thread
        // after a change.
        var threads = new List<ThreadId>();
        foreach (var name in names)
            await TryAsync(async () => threads.Add(await NamedAsync(store, name, cancellationToken)));
        if (code != ExitCodes.Success)
            return code;
        foreach (var threadId in threads.Distinct())
            await TryAsync(() => change(threadId));
        if (Context.LostOutput.ExitCode is { } lost)
            Context.LostOutput.ExitCode = code = code == ExitCodes.Success ? lost : code;
        return code;

        async Task TryAsync(Func<Task> step)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await step();
            }
            catch (ThreadStoreException e)
            {
                var failure = Context.Fail(e, FormatOf(line));
                code = code == ExitCodes.Success ? failure : code;
            }
        }
    }

    /// <summary>Prints a thread after its change: as JSON with the warnings, or in words what was done. Warnings are words in either
    /// case.</summary>
    protected async Task ShowAsync(ParseResult line, IThreadStore store, ChangedThread changed, string done)
    {
        BeginOutput();
        var isPrinted = false;
        if (FormatOf(line) == OutputFormat.Json)
        {
            // The change is done: nothing that comes after it is cancelled.
            var path = (await LocateAsync(store, [changed.Thread], CancellationToken.None)).GetValueOrDefault(changed.Thread.Id);
            isPrinted = Context.TryPrintDone(
                output => JsonOutput.Write(output, new ThreadDetailJson(changed.Thread, path) { Warnings = changed.Warnings }.Write),
                OutputFormat.Json
            );
        }
        if (!isPrinted)
            Context.Say(done);
        foreach (var warning in changed.Warnings)
            Context.Warn(warning);
    }

    /// <summary>Gives what a person would call the thread, in quotes and not too long.</summary>
    protected static string Quote(StoredThread thread) => $"\"{CellText.Fit(ThreadTable.TitleOf(thread), 60)}\"";
}
