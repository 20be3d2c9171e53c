namespace Spool;

/// <summary>Asks for a new thread that its program records turn by turn.</summary>
public sealed record StartRequest
{
    /// <summary>Gets the folder that the thread is about, as a full path: lists can be filtered by it, and Codex works in it when it goes
    /// on with the thread.</summary>
    public required string Cwd { get; init; }

    /// <summary>Gets the name of the program that records the thread.</summary>
    public required string Originator { get; init; }

    /// <summary>Gets the version of that program.</summary>
    public string Version { get; init; } = "1.0";

    /// <summary>Gets the id of the thread, or null to make one. With one of its own a caller can repeat the call.</summary>
    public ThreadId? ThreadId { get; init; }

    /// <summary>Gets how the history is recorded, one of <see cref="HistoryModes"/>.</summary>
    /// <value>The default value is <see cref="HistoryModes.Legacy"/>, which every release of Codex reads.</value>
    public string HistoryMode { get; init; } = HistoryModes.Legacy;

    /// <summary>Gets where the thread comes from.</summary>
    /// <value>The default value is <see cref="SessionSource.Default"/>.</value>
    public SessionSource Source { get; init; } = SessionSource.Default;

    /// <summary>Gets the id of the provider of the model, or null.</summary>
    public string? ModelProvider { get; init; }

    /// <summary>Gets the instructions that the model starts with, or null.</summary>
    public string? BaseInstructions { get; init; }

    internal SessionMeta ToSessionMeta(TimeProvider time) =>
        new(ThreadId ?? Spool.ThreadId.New(time), time.GetUtcNow())
        {
            Cwd = Cwd,
            Originator = Originator,
            CliVersion = Version,
            HistoryMode = HistoryMode,
            Source = Source,
            ModelProvider = ModelProvider,
            BaseInstructions = BaseInstructions,
        };
}
