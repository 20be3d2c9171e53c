using System.CommandLine;
using System.Text;

namespace Spool.Cli;

/// <summary><c>spool open</c>: resumes a thread in its folder, with the Codex that is installed.</summary>
sealed class OpenCommand : StoreCommand, IHasRules
{
    readonly GlobalOptions _global;
    readonly Argument<string> _id = IdArgument();
    readonly Option<bool> _print = new("--print") { Description = "Only print the command, on a terminal too" };
    readonly Option<bool> _yes = new("--yes", "-y") { Description = "Run the command without asking, also where there is no terminal" };
    readonly Option<bool> _json = JsonOption();

    public OpenCommand(CommandContext context, GlobalOptions global)
        : base(
            "open",
            "Resume a thread in its folder with the Codex that is installed: print the command, and on a terminal ask and run it",
            context,
            global
        )
    {
        _global = global;
        Arguments.Add(_id);
        foreach (var option in (Option[])[_print, _yes, _json])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public string? Problem(ParseResult line) =>
        line.GetValue(_yes) && (line.GetValue(_print) || line.GetValue(_json))
            ? "--yes runs the command, --print and --json only print it; give one of them."
            : null;

    public override IReadOnlyList<string> Examples { get; } =
    ["spool open last --here", "spool open 01a20428 --yes", "eval \"$(spool open last --print)\""];

    protected override async Task<int> RunAsync(ParseResult line, IThreadStore store, CancellationToken cancellationToken)
    {
        var thread = await FindAsync(store, await NamedAsync(store, line.GetRequiredValue(_id), cancellationToken), cancellationToken);
        await RequireResumableAsync(line, store, thread, cancellationToken);
        var resume = CodexResume.Of(thread, Context.Places, _global.Locate(line, Context).Home);
        RequireFolder(thread, resume);
        var program = Context.Places.FindProgram(CodexResume.Program);
        var isSure = line.GetValue(_yes);
        var output = BeginOutput();
        if (line.GetValue(_json))
            JsonOutput.Write(output, json => resume.Write(json, program));
        else if (!isSure)
            await output.WriteAsync(Encoding.UTF8.GetBytes(resume.ForShell + "\n"), cancellationToken);
        await output.FlushAsync(cancellationToken);
        var isOnlyPrinted = line.GetValue(_print) || line.GetValue(_json) || !Context.OutputScreen.IsTerminal || Context.Answers is null;
        if (!isSure && isOnlyPrinted)
        {
            if (program is null)
                Context.Warn($"There is no program {CodexResume.Program} in PATH here.");
            return ExitCodes.Success;
        }
        if (program is null)
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unavailable,
                $"There is no program {CodexResume.Program} in PATH; install Codex, or add its folder to PATH."
            );
        await RequireNoWriterAsync(store, thread.Id, cancellationToken);
        if (!isSure && !await Context.AskAsync("Run this?", isYesUsual: true, cancellationToken))
        {
            Context.Say("Nothing was started.");
            return ExitCodes.Success;
        }
        await store.DisposeAsync(); // Codex may run for days
        return await resume.RunAsync(program, Context.Paging);
    }

    async Task RequireResumableAsync(ParseResult line, IThreadStore store, StoredThread thread, CancellationToken cancellationToken)
    {
        if (_global.RemoteOf(line, Context) is not null)
            throw Refused(
                ThreadStoreErrorCode.Unsupported,
                $"Thread {thread.Id} is on the machine of the server, and Codex resumes threads of its own machine; run 'spool open {thread.Id}' there."
            );
        await RequireReadableAsync(store, thread, cancellationToken);
        if (thread.State is ThreadCondition.Duplicate or ThreadCondition.Superseded)
            throw Refused(
                ThreadStoreErrorCode.Unsupported,
                $"Codex does not know {thread.Id}: the rollout says that it is another thread. {thread.StateReason}"
            );
        if (thread.State == ThreadCondition.BrokenLineage)
            throw Refused(
                ThreadStoreErrorCode.Corrupt,
                $"Thread {thread.Id} cannot be resumed, because a part of its history is missing. {thread.StateReason}"
            );
        if (thread.ArchivedAt is not null)
            throw Refused(
                ThreadStoreErrorCode.Archived,
                $"Thread {thread.Id} is archived, and Codex resumes active threads only; first: {Context.Hints.Command($"unarchive {thread.Id}")}"
            );
        if (thread.ParentThreadId is { } parent)
            throw Refused(
                ThreadStoreErrorCode.Unsupported,
                $"Thread {thread.Id} is a sub-agent, which goes on with its parent; open that: {Context.Hints.Command($"open {parent}")}"
            );
        if (thread.Source.IsSubAgent)
            throw Refused(
                ThreadStoreErrorCode.Unsupported,
                $"Thread {thread.Id} is a sub-agent, which goes on with its parent, and its log does not say which thread that is."
            );
    }

    static void RequireFolder(StoredThread thread, CodexResume resume)
    {
        // A path of another system would be taken for one below the current folder.
        if (resume.Folder is { } folder && !(Path.IsPathFullyQualified(folder) && Directory.Exists(folder)))
            throw Refused(
                ThreadStoreErrorCode.Unavailable,
                $"The folder of thread {thread.Id}, {folder}, is not there; make it, or resume the thread in another folder: {resume.WithoutFolder}"
            );
    }

    // The check of a deletion is the one that takes the right to write for a moment. What else it finds is in the way of a deletion only.
    static async Task RequireNoWriterAsync(IThreadStore store, ThreadId id, CancellationToken cancellationToken)
    {
        try
        {
            if (store.GetService<IDeletionCheck>() is { } check)
                await check.RequireDeletableAsync(id, cancellationToken);
        }
        catch (ThreadStoreException e) when (e.Code != ThreadStoreErrorCode.HasWriter) { }
    }

    static ThreadStoreException Refused(ThreadStoreErrorCode code, string message) => new(code, message);
}
