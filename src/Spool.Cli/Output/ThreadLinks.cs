using System.Globalization;
using System.Text.Json.Nodes;

namespace Spool.Cli;

/// <summary>A thread among others: the names of those that it came from, of its sub-agents and of those that its turns refer to, and the
/// commands that show them.</summary>
/// <param name="thread">The thread.</param>
/// <param name="hints">The commands that may be named.</param>
/// <remarks>Without a call of a store it knows ids only. A name that a store cannot give is no reason not to show the thread.</remarks>
sealed class ThreadLinks(StoredThread thread, Hints hints)
{
    const int MostAgents = 10;
    const int MostLookedUp = 50;
    const int LongestName = 80;

    readonly Dictionary<string, StoredThread?> _found = new(StringComparer.Ordinal);

    /// <summary>Gets the thread.</summary>
    public StoredThread Thread => thread;

    /// <summary>Gets the thread whose history this one has before its own, or null.</summary>
    public ThreadId? Source => thread.ForkedFromId ?? thread.ParentThreadId;

    /// <summary>Gets the first sub-agents, oldest first.</summary>
    public IReadOnlyList<StoredThread> Agents { get; private set; } = [];

    /// <summary>Gets whether there are more sub-agents than these.</summary>
    public bool HasMoreAgents { get; private set; }

    /// <summary>Finds the threads that this one came from. It costs a call of the store for each.</summary>
    public async Task FindSourcesAsync(IThreadStore store, CancellationToken cancellationToken)
    {
        foreach (var id in (ThreadId?[])[thread.ForkedFromId, thread.ParentThreadId])
            await FindAsync(store, id?.ToString(), cancellationToken);
    }

    /// <summary>Finds the sub-agents. It costs one list.</summary>
    public async Task FindAgentsAsync(IThreadStore store, CancellationToken cancellationToken)
    {
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
            (Agents, HasMoreAgents) = ([.. agents.Take(MostAgents)], agents.Count > MostAgents);
            foreach (var agent in Agents)
                _found[agent.Id.ToString()] = agent;
        }
        catch (ThreadStoreException)
        {
            // they are not named then
        }
    }

    /// <summary>Finds the threads that some turns refer to. It costs a call of the store for each that is not known yet, and of a thread
    /// with many of them the first are found.</summary>
    public async Task FindAsync(IThreadStore store, IReadOnlyList<Turn> turns, CancellationToken cancellationToken)
    {
        if (Source is { } source && turns.Any(turn => turn.InheritedFrom(thread) is not null || turn.Items.Any(IsInherited)))
            await FindAsync(store, source.ToString(), cancellationToken);
        foreach (var id in turns.SelectMany(turn => turn.Items).SelectMany(Of))
            await FindAsync(store, id, cancellationToken);
    }

    async Task FindAsync(IThreadStore store, string? id, CancellationToken cancellationToken)
    {
        if (id is null || _found.ContainsKey(id) || _found.Count >= MostLookedUp || !ThreadId.TryParse(id, out var threadId))
            return;
        try
        {
            _found[id] = await store.FindAsync(threadId, cancellationToken);
        }
        catch (ThreadStoreException)
        {
            _found[id] = null;
        }
    }

    /// <summary>Gives what a person calls a thread: of a sub-agent what it is called there, else the title.</summary>
    public static string NameOf(StoredThread thread) =>
        SafeText.OneLine(
            AgentName(thread.AgentNickname, thread.AgentRole) is { Length: > 0 } agent ? agent : ThreadTable.TitleOf(thread),
            LongestName
        );

    /// <summary>Gives what a sub-agent is called: <c>Euler · explorer</c>; empty when it has no name.</summary>
    public static string AgentName(params string?[] parts) => string.Join(" · ", parts.Where(part => !string.IsNullOrWhiteSpace(part)));

    /// <summary>Gives the name of a thread, or null where it is not known.</summary>
    public string? NameOf(string id) => _found.GetValueOrDefault(id) is { } found ? NameOf(found) : null;

    /// <summary>Gives the command that shows a thread, or null when a text is no id of one.</summary>
    public string? Command(string id) => ThreadId.TryParse(id, out var threadId) ? Command(threadId) : null;

    /// <summary>Gives the command that shows a thread.</summary>
    public string Command(ThreadId id) => hints.Command($"show {id}");

    /// <summary>Gives the fields of <see cref="ThreadFields"/> and the sub-agents, of other threads their names and the commands that show
    /// them.</summary>
    /// <param name="fields">The fields.</param>
    public IEnumerable<(string Label, string Text, string? Command)> Fields(IEnumerable<(string Label, string Text)> fields)
    {
        foreach (var (label, text) in fields)
        {
            yield return label is "Forked from" or "Parent" && NameOf(text) is { } name
                ? (label, name, Command(text))
                : (label, text, null);
        }
        foreach (var (index, agent) in Agents.Index())
            yield return (index == 0 ? "Sub-agents" : "", NameOf(agent), Command(agent.Id));
        if (HasMoreAgents)
            yield return ("", "and more", null);
    }

    static bool IsInherited(ThreadItem item) => item.Type == "inherited";

    // The threads that an item refers to: the sub-agents that it is about, or the thread that history comes from.
    static IEnumerable<string> Of(ThreadItem item) =>
        item.Type switch
        {
            "collabAgentToolCall" => (item.Json["receiverThreadIds"] as JsonArray ?? [])
                .Select(ItemView.Text)
                .OfType<string>()
                .Concat((item.Json["agentsStates"] as JsonObject ?? []).Select(state => state.Key)),
            "subAgentActivity" => Single(ItemView.Text(item, "agentThreadId")),
            "inherited" => Single(ItemView.Text(item, "fromThreadId")),
            _ => [],
        };

    /// <summary>Says how many there are of something.</summary>
    public static string Count(long number, string one, string many) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {(number == 1 ? one : many)}");

    static IEnumerable<string> Single(string? id) => string.IsNullOrEmpty(id) ? [] : [id];
}
