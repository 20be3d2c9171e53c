namespace Spool;

/// <summary>What the items of one log say about their thread. A fact that no item stated is null; no text is longer than
/// <see cref="StoredThread.MaxTextLength"/>.</summary>
public sealed record ThreadFacts
{
    /// <summary>Gets the id in the first <c>session_meta</c>.</summary>
    public ThreadId? Id { get; init; }

    /// <summary>Gets when the thread was created.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Gets the latest time of any item.</summary>
    public DateTimeOffset? LastItemAt { get; init; }

    /// <summary>Gets when the last turn began.</summary>
    public DateTimeOffset? LastTurnAt { get; init; }

    /// <summary>Gets the working folder.</summary>
    public string? Cwd { get; init; }

    /// <summary>Gets the source as JSON.</summary>
    public string? Source { get; init; }

    /// <summary>Gets the kind of initiator.</summary>
    public string? ThreadSource { get; init; }

    /// <summary>Gets the model provider.</summary>
    public string? ModelProvider { get; init; }

    /// <summary>Gets the model of the latest turn.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the reasoning effort of the latest turn.</summary>
    public string? ReasoningEffort { get; init; }

    /// <summary>Gets the version of the program.</summary>
    public string? CliVersion { get; init; }

    /// <summary>Gets the client.</summary>
    public string? Originator { get; init; }

    /// <summary>Gets the repository state of the latest <c>session_meta</c> that has one.</summary>
    public GitInfo? GitInfo { get; init; }

    /// <summary>Gets the memory mode of the latest <c>session_meta</c> that names one.</summary>
    public string? MemoryMode { get; init; }

    /// <summary>Gets the history mode of the first <c>session_meta</c>.</summary>
    public string? HistoryMode { get; init; }

    /// <summary>Gets whether the log is one of early Codex, whose records have no envelope. No release reads it any more, so nothing is
    /// appended to it.</summary>
    public bool IsBare { get; init; }

    /// <summary>Gets the rollout that the history continues.</summary>
    public HistoryBase? HistoryBase { get; init; }

    /// <summary>Gets the thread it was forked from.</summary>
    public ThreadId? ForkedFromId { get; init; }

    /// <summary>Gets the thread that started it.</summary>
    public ThreadId? ParentThreadId { get; init; }

    /// <summary>Gets the nickname of a sub-agent.</summary>
    public string? AgentNickname { get; init; }

    /// <summary>Gets the role of a sub-agent.</summary>
    public string? AgentRole { get; init; }

    /// <summary>Gets the path of a sub-agent.</summary>
    public string? AgentPath { get; init; }

    /// <summary>Gets the text of the first user message, or of the goal while there is none.</summary>
    public string? Preview { get; init; }

    /// <summary>Gets the text of the first user message.</summary>
    public string? FirstUserMessage { get; init; }

    /// <summary>Gets the name that the latest naming event gave; an empty string when it cleared the name.</summary>
    public string? Name { get; init; }

    /// <summary>Gets the total of tokens used.</summary>
    public long TokensUsed { get; init; }

    // Cuts every text at its bound. What is short enough is left as it is, and nothing is made anew then.
    internal ThreadFacts Bounded() =>
        HasLongText()
            ? this with
            {
                Cwd = BoundedText.Of(Cwd),
                Source = Source is { Length: > StoredThread.MaxTextLength } ? "\"unknown\"" : Source, // a cut one would not be JSON
                ThreadSource = BoundedText.Of(ThreadSource),
                ModelProvider = BoundedText.Of(ModelProvider),
                Model = BoundedText.Of(Model),
                ReasoningEffort = BoundedText.Of(ReasoningEffort),
                CliVersion = BoundedText.Of(CliVersion),
                Originator = BoundedText.Of(Originator),
                GitInfo = GitInfo?.Bounded(),
                MemoryMode = BoundedText.Of(MemoryMode),
                HistoryMode = BoundedText.Of(HistoryMode),
                AgentNickname = BoundedText.Of(AgentNickname),
                AgentRole = BoundedText.Of(AgentRole),
                AgentPath = BoundedText.Of(AgentPath),
                Preview = BoundedText.Of(Preview),
                FirstUserMessage = BoundedText.Of(FirstUserMessage),
                Name = BoundedText.Of(Name),
            }
            : this;

    bool HasLongText() =>
        BoundedText.IsLong(Cwd)
        || BoundedText.IsLong(Source)
        || BoundedText.IsLong(ThreadSource)
        || BoundedText.IsLong(ModelProvider)
        || BoundedText.IsLong(Model)
        || BoundedText.IsLong(ReasoningEffort)
        || BoundedText.IsLong(CliVersion)
        || BoundedText.IsLong(Originator)
        || BoundedText.IsLong(GitInfo?.CommitHash)
        || BoundedText.IsLong(GitInfo?.Branch)
        || BoundedText.IsLong(GitInfo?.RepositoryUrl)
        || BoundedText.IsLong(MemoryMode)
        || BoundedText.IsLong(HistoryMode)
        || BoundedText.IsLong(AgentNickname)
        || BoundedText.IsLong(AgentRole)
        || BoundedText.IsLong(AgentPath)
        || BoundedText.IsLong(Preview)
        || BoundedText.IsLong(FirstUserMessage)
        || BoundedText.IsLong(Name);

    /// <summary>Gives the facts of a stored thread, to go on observing from there.</summary>
    /// <param name="thread">The thread.</param>
    public static ThreadFacts From(StoredThread thread)
    {
        ArgumentNullException.ThrowIfNull(thread);
        return new ThreadFacts
        {
            Id = thread.Id,
            CreatedAt = thread.CreatedAt,
            LastItemAt = thread.UpdatedAt,
            LastTurnAt = thread.RecencyAt,
            Cwd = thread.Cwd,
            Source = thread.Source.Json,
            ThreadSource = thread.ThreadSource,
            ModelProvider = thread.ModelProvider,
            Model = thread.Model,
            ReasoningEffort = thread.ReasoningEffort,
            CliVersion = thread.CliVersion,
            Originator = thread.Originator,
            GitInfo = thread.GitInfo,
            MemoryMode = thread.MemoryMode,
            HistoryMode = thread.HistoryMode,
            ForkedFromId = thread.ForkedFromId,
            ParentThreadId = thread.ParentThreadId,
            AgentNickname = thread.AgentNickname,
            AgentRole = thread.AgentRole,
            AgentPath = thread.AgentPath,
            Preview = thread.Preview.Length > 0 ? thread.Preview : null,
            FirstUserMessage = thread.Preview.Length > 0 ? thread.Preview : null,
            Name = thread.Name,
            TokensUsed = thread.TokensUsed,
        };
    }
}
