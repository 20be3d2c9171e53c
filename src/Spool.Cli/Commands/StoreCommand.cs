using System.CommandLine;

namespace Spool.Cli;

/// <summary>A command that works on a store: it opens the store, runs, and closes it.</summary>
abstract class StoreCommand : Command, IHasExamples
{
    /// <summary>The name of the argument that is a thread.</summary>
    public const string ThreadArgument = "ID";

    readonly GlobalOptions _global;
    ProgressLine? _opening;
    bool _isHere;

    protected StoreCommand(string name, string description, CommandContext context, GlobalOptions global)
        : base(name, description)
    {
        Context = context;
        _global = global;
        SetAction(OpenAndRunAsync);
    }

    /// <inheritdoc/>
    public abstract IReadOnlyList<string> Examples { get; }

    /// <summary>Gets the outside world.</summary>
    protected CommandContext Context { get; }

    /// <summary>Runs the command on an open store.</summary>
    /// <returns>The exit code.</returns>
    protected abstract Task<int> RunAsync(ParseResult line, IThreadStore store, CancellationToken cancellationToken);

    /// <summary>Gives the output for data, with nothing else left on the terminal.</summary>
    protected Stream BeginOutput()
    {
        _opening?.Dispose();
        return Context.Output;
    }

    /// <summary>Makes the option that switches to JSON.</summary>
    protected static Option<bool> JsonOption() => new("--json") { Description = "Print JSON for programs; its shape is stable" };

    /// <summary>Makes the argument that names a thread.</summary>
    protected static Argument<string> IdArgument()
    {
        var argument = new Argument<string>(ThreadArgument) { Description = $"The thread: {ThreadNames.Ways}" };
        argument.Validators.Add(CheckIds);
        return argument;
    }

    /// <summary>Makes the argument that names one or more threads.</summary>
    protected static Argument<string[]> IdsArgument()
    {
        var argument = new Argument<string[]>(ThreadArgument)
        {
            Description = $"The threads, each by {ThreadNames.Ways}",
            Arity = ArgumentArity.OneOrMore,
        };
        argument.Validators.Add(CheckIds);
        return argument;
    }

    static void CheckIds(System.CommandLine.Parsing.ArgumentResult result)
    {
        if (result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value)))
            result.AddError($"The name of a thread is empty; a thread is named by {ThreadNames.Ways}.");
    }

    /// <summary>Finds the thread that a person means.</summary>
    protected ValueTask<ThreadId> NamedAsync(IThreadStore store, string text, CancellationToken cancellationToken) =>
        new ThreadNames(store, Context.Hints, Context.Time) { Folder = _isHere ? Context.Resolve(".") : null }.FindAsync(
            text,
            cancellationToken
        );

    /// <summary>Finds the thread or refuses, in the words of the store, which may know more of it than that it is not there.</summary>
    protected static async Task<StoredThread> FindAsync(IThreadStore store, ThreadId id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is { } thread)
            return thread;
        await store.ListItemsAsync(new ListItemsRequest(id) { Limit = 1 }, cancellationToken);
        return await store.FindAsync(id, cancellationToken) ?? throw ThreadStoreException.NotFound(id);
    }

    /// <summary>Refuses to show a thread of which no record can be read: a page without anything would be taken for the thread.</summary>
    protected async Task RequireReadableAsync(IThreadStore store, StoredThread thread, CancellationToken cancellationToken)
    {
        if (thread.State != ThreadCondition.Unreadable)
            return;
        // where the rollout cannot be opened the store knows why
        await store.ListItemsAsync(new ListItemsRequest(thread.Id) { Limit = 1 }, cancellationToken);
        throw new ThreadStoreException(
            ThreadStoreErrorCode.Corrupt,
            $"Thread {thread.Id} cannot be read: {thread.StateReason} What bytes it has, if any, '{new LeftOut(thread.Id, Context.Hints).LogCommand}' gives; '{Context.Hints.Command($"delete {thread.Id}")}' removes it."
        );
    }

    /// <summary>Finds the files of threads, where the store has files.</summary>
    protected static async Task<IReadOnlyDictionary<ThreadId, string>> LocateAsync(
        IThreadStore store,
        IReadOnlyList<StoredThread> threads,
        CancellationToken cancellationToken
    ) =>
        threads.Count > 0 && store.GetService<IRolloutPaths>() is { } paths
            ? await paths.LocateAsync([.. threads.Select(thread => thread.Id)], cancellationToken)
            : new Dictionary<ThreadId, string>();

    /// <summary>Finds the other rollouts that say they are a thread, where the store has an index that knows them.</summary>
    protected static async Task<OtherRollouts> OthersAsync(IThreadStore store, ThreadId threadId, CancellationToken cancellationToken) =>
        new(store.GetService<IIndexMaintenance>() is { } index ? await index.FindSparesAsync(threadId, cancellationToken) : []);

    /// <summary>Says in words that the home does not look like one, or nothing when it does, or when a server has it.</summary>
    protected IEnumerable<string> DoubtHome(ParseResult line)
    {
        if (
            _global.RemoteOf(line, Context) is not null
            || _global.Locate(line, Context).Home is var home
                && (
                    !Directory.Exists(home)
                    || Directory.Exists(Path.Join(home, HomeLayout.Sessions))
                    || Directory.Exists(Path.Join(home, HomeLayout.Archived))
                )
        )
            return [];
        return [$"There is no folder sessions in {home}, so it may not be a Codex home; name another one with --home or CODEX_HOME."];
    }

    /// <summary>Gives the store's index, or refuses.</summary>
    protected static IIndexMaintenance IndexOf(IThreadStore store) =>
        store.GetService<IIndexMaintenance>()
        ?? throw new ThreadStoreException(ThreadStoreErrorCode.Unsupported, "This store has no index to look after.");

    async Task<int> OpenAndRunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        if (this is IWorksOnHome)
            _global.RefuseRemote(line);
        _isHere = line.GetResult(_global.Here) is not null && line.GetValue(_global.Here);
        using var progress = new ProgressLine(Context.Error, Context.ProgressScreen, Context.Time, "Indexing");
        _opening = progress;
        await using var store = await _global.OpenAsync(line, Context, progress, cancellationToken);
        return await RunAsync(line, store, cancellationToken);
    }
}
