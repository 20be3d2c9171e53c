namespace Spool;

/// <summary>What is known of a stored thread without its history. Times come from the records of its log, not from the files that hold
/// them.</summary>
/// <remarks>
/// Every text has a bound, so that a list never carries megabytes: of a longer one the first <see cref="MaxTextLength"/> characters are
/// given, the last of them "…". What was cut is in the history.
/// </remarks>
public sealed record StoredThread
{
    /// <summary>The longest text of any member, in characters (UTF-16 code units).</summary>
    public const int MaxTextLength = 4096;

    /// <summary>Gets the thread's id.</summary>
    public required ThreadId Id { get; init; }

    /// <summary>Gets the name that a user gave the thread, or null.</summary>
    public string? Name { get; init; }

    /// <summary>Gets the text of the first user message, cut at <see cref="MaxTextLength"/>, or an empty string when there is none
    /// yet.</summary>
    public string Preview { get; init; } = "";

    /// <summary>Gets when the thread was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Gets when the thread last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Gets when the last turn began, the order in which a person used the threads.</summary>
    public required DateTimeOffset RecencyAt { get; init; }

    /// <summary>Gets when the thread was archived, or null for an active thread.</summary>
    public DateTimeOffset? ArchivedAt { get; init; }

    /// <summary>Gets the working folder the thread was started in, as recorded.</summary>
    public string Cwd { get; init; } = "";

    /// <summary>Gets where the thread came from.</summary>
    public SessionSource Source { get; init; } = SessionSource.Default;

    /// <summary>Gets the id of the model provider, or null when the log names none.</summary>
    public string? ModelProvider { get; init; }

    /// <summary>Gets the model of the latest turn, or null.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the reasoning effort of the latest turn, or null.</summary>
    public string? ReasoningEffort { get; init; }

    /// <summary>Gets the version of the program that created the thread, or an empty string.</summary>
    public string CliVersion { get; init; } = "";

    /// <summary>Gets the client that created the thread, or null.</summary>
    public string? Originator { get; init; }

    /// <summary>Gets the state of the repository the thread works on, or null.</summary>
    public GitInfo? GitInfo { get; init; }

    /// <summary>Gets the thread this one was forked from, or null.</summary>
    public ThreadId? ForkedFromId { get; init; }

    /// <summary>Gets the thread that started this sub-agent, or null.</summary>
    public ThreadId? ParentThreadId { get; init; }

    /// <summary>Gets how deep below its root a sub-agent is (0 for a thread that no other thread started).</summary>
    public int Depth { get; init; }

    /// <summary>Gets the nickname of a sub-agent, or null.</summary>
    public string? AgentNickname { get; init; }

    /// <summary>Gets the role of a sub-agent, or null.</summary>
    public string? AgentRole { get; init; }

    /// <summary>Gets the path of a sub-agent in its tree of agents, or null.</summary>
    public string? AgentPath { get; init; }

    /// <summary>Gets the kind of initiator that the log names (<c>user</c>, <c>subagent</c>, …), or null.</summary>
    public string? ThreadSource { get; init; }

    /// <summary>Gets how the history is recorded: <c>legacy</c>, <c>paginated</c>, or a word this version does not know.</summary>
    public string HistoryMode { get; init; } = HistoryModes.Legacy;

    /// <summary>Gets whether memories may be made from the thread: <c>enabled</c>, <c>disabled</c> or <c>polluted</c>.</summary>
    public string MemoryMode { get; init; } = "enabled";

    /// <summary>Gets the total of tokens used, or 0 when the log does not say.</summary>
    public long TokensUsed { get; init; }

    /// <summary>Gets a text that is another one after every change of the thread: of its items, its name, what else is known of it,
    /// and whether it is archived. While it is equal nothing of that has changed.</summary>
    /// <value>At most 128 characters, which are to be compared and mean nothing else; an order they have not. Empty where the store does
    /// not say it, such as a server of an earlier version.</value>
    /// <remarks>It is that of one thread in one store, also when the store is opened again; a later version of Spool may give another one
    /// to a thread that has not changed. Of what is inherited from other threads (<see cref="Depth"/>, the items of a parent) it says
    /// nothing. A change that is taken back may bring the former text again. Where other programs change what holds a thread, such as a
    /// rollout that is compressed or a row of Codex's databases, it may be another text although nothing that is shown has
    /// changed.</remarks>
    public string Revision { get; init; } = "";

    /// <summary>Gets whether the stored thread is whole.</summary>
    public ThreadCondition State { get; init; }

    /// <summary>Gets why <see cref="State"/> is not <see cref="ThreadCondition.Ok"/>, in one sentence without paths or payloads, or
    /// null.</summary>
    public string? StateReason { get; init; }
}
