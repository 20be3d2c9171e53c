using System.Globalization;
using System.Text.Json.Nodes;

namespace Spool.Cli;

/// <summary>Names the threads that turns refer to, and the commands that show them.</summary>
/// <param name="hints">The commands that may be named.</param>
sealed class ThreadLinks(Hints hints)
{
    const int MostLookedUp = 50;
    const int LongestName = 80;

    readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>Gets the thread that inherited history is of where it does not say so itself, or null.</summary>
    public string? Source { get; private set; }

    /// <summary>Finds the names of the threads that some turns refer to. It costs one call of the store for each.</summary>
    public async Task FindAsync(IThreadStore store, StoredThread thread, IReadOnlyList<Turn> turns, CancellationToken cancellationToken)
    {
        Source = (thread.ForkedFromId ?? thread.ParentThreadId)?.ToString();
        var sources = Source is not null && turns.Any(turn => HasOfSource(thread, turn)) ? (string[])[Source] : [];
        var others = turns.SelectMany(turn => turn.Items).SelectMany(Of);
        foreach (var id in sources.Concat(others).Distinct(StringComparer.Ordinal).Take(MostLookedUp))
        {
            if (ThreadId.TryParse(id, out var threadId) && await store.FindAsync(threadId, cancellationToken) is { } found)
                Add(found);
        }
    }

    static bool HasOfSource(StoredThread thread, Turn turn) =>
        turn.InheritedFrom(thread) is not null || turn.Items.Any(item => item.Type == "inherited");

    /// <summary>Takes the name of a thread.</summary>
    public void Add(StoredThread thread) => _names[thread.Id.ToString()] = NameOf(thread);

    /// <summary>Gives what a person calls a thread: of a sub-agent what it is called there, else the title.</summary>
    public static string NameOf(StoredThread thread)
    {
        var agent = string.Join(
            " · ",
            ((string?[])[thread.AgentNickname, thread.AgentRole]).Where(part => !string.IsNullOrWhiteSpace(part))
        );
        return SafeText.OneLine(agent.Length > 0 ? agent : ThreadTable.TitleOf(thread), LongestName);
    }

    /// <summary>Gives a thread's id, and its name where it is known.</summary>
    public string Name(string id) =>
        _names.TryGetValue(id, out var name) ? $"{SafeText.OneLine(id, 100)} ({name})" : SafeText.OneLine(id, 100);

    /// <summary>Gives the command that shows a thread, or null when a text is no id of one.</summary>
    public string? Command(string id) => ThreadId.TryParse(id, out var threadId) ? hints.Command($"show {threadId}") : null;

    /// <summary>Gives the threads that an item refers to: the sub-agents that it is about, or the thread that history comes from.</summary>
    public static IEnumerable<string> Of(ThreadItem item) =>
        item.Type switch
        {
            "collabAgentToolCall" => ItemView
                .Texts(item, "receiverThreadIds")
                .Concat((item.Json["agentsStates"] as JsonObject ?? []).Select(state => state.Key))
                .Distinct(StringComparer.Ordinal),
            "subAgentActivity" => Single(ItemView.Text(item, "agentThreadId")),
            "inherited" => Single(ItemView.Text(item, "fromThreadId")),
            _ => [],
        };

    /// <summary>Says how many there are of something.</summary>
    public static string Count(long number, string one, string many) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {(number == 1 ? one : many)}");

    static IEnumerable<string> Single(string? id) => string.IsNullOrEmpty(id) ? [] : [id];
}
