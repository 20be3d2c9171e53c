namespace Spool.Cli;

/// <summary>The threads that a thread came from, and the sub-agents that it started, with the commands that show them.</summary>
sealed class ThreadFamily
{
    const int MostAgents = 10;

    readonly Hints _hints;
    readonly ThreadSources _sources;

    ThreadFamily(Hints hints, ThreadSources sources) => (_hints, _sources) = (hints, sources);

    /// <summary>Gets the first sub-agents, oldest first.</summary>
    public IReadOnlyList<StoredThread> Agents { get; private set; } = [];

    /// <summary>Gets whether there are more sub-agents than these.</summary>
    public bool MoreAgents { get; private set; }

    /// <summary>Asks a store. It costs a call for each thread that this one came from, and on a terminal one list.</summary>
    public static async Task<ThreadFamily> FindAsync(
        IThreadStore store,
        StoredThread thread,
        Hints hints,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        var family = new ThreadFamily(hints, await ThreadSources.FindAsync(store, thread, cancellationToken));
        if (!screen.IsTerminal)
            return family;
        var query = new ThreadQuery
        {
            Parent = thread.Id,
            Visibility = ThreadVisibility.All,
            Archive = ArchiveFilter.Any,
            Direction = SortDirection.Ascending,
            Limit = MostAgents + 1,
        };
        try
        {
            // a server that does not know the filter gives others too
            var agents = (await store.ListAsync(query, cancellationToken)).Items.Where(agent => agent.ParentThreadId == thread.Id).ToList();
            (family.Agents, family.MoreAgents) = ([.. agents.Take(MostAgents)], agents.Count > MostAgents);
        }
        catch (ThreadStoreException)
        {
            // The thread was found and is shown; a list of others that fails is no reason not to.
        }
        return family;
    }

    /// <summary>Gives the text of a field, with the name of the thread that it names.</summary>
    public string Named(string label, string text) => _sources.Named(label, text);

    /// <summary>Gives the command that shows the thread that a field names, or null.</summary>
    public string? Command(string label, string text) => _sources.Of(label, text) is { } source ? CommandOf(source) : null;

    /// <summary>Gives the command that shows a thread.</summary>
    public string CommandOf(StoredThread thread) => _hints.Command($"show {thread.Id}");

    /// <summary>Gives a sub-agent on one line.</summary>
    public static string Line(StoredThread agent) => $"{agent.Id} ({ThreadLinks.NameOf(agent)})";
}
