using System.Text.Encodings.Web;
using System.Text.Json;

namespace Spool;

/// <summary>What the first item of a log says of its thread. Members that are null are left out.</summary>
/// <param name="Id">The thread.</param>
/// <param name="CreatedAt">When it was created.</param>
public sealed record SessionMeta(ThreadId Id, DateTimeOffset CreatedAt)
{
    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Gets the working folder.</summary>
    public required string Cwd { get; init; }

    /// <summary>Gets the name of the client that creates the thread.</summary>
    public required string Originator { get; init; }

    /// <summary>Gets the version of the program that creates the thread.</summary>
    public required string CliVersion { get; init; }

    /// <summary>Gets where the thread comes from.</summary>
    public SessionSource Source { get; init; } = SessionSource.Default;

    /// <summary>Gets the kind of initiator (<c>user</c>, <c>subagent</c>, …).</summary>
    public string? ThreadSource { get; init; }

    /// <summary>Gets the id of the model provider.</summary>
    public string? ModelProvider { get; init; }

    /// <summary>Gets the instructions the model starts with.</summary>
    public string? BaseInstructions { get; init; }

    /// <summary>Gets the tools that the client adds, each as one JSON object.</summary>
    public IReadOnlyList<string> DynamicToolsJson { get; init; } = [];

    /// <summary>Gets how the history is recorded, one of <see cref="HistoryModes"/>.</summary>
    /// <value>The default value is <see cref="HistoryModes.Legacy"/>, which every release of Codex reads.</value>
    public string HistoryMode { get; init; } = HistoryModes.Legacy;

    /// <summary>Gets the memory mode, <c>enabled</c> or <c>disabled</c>.</summary>
    public string? MemoryMode { get; init; }

    /// <summary>Gets the state of the repository.</summary>
    public GitInfo? Git { get; init; }

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

    /// <summary>Gets the point in another rollout where the history begins.</summary>
    public HistoryBase? HistoryBase { get; init; }

    /// <summary>Makes the item.</summary>
    public NewItem ToItem()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options))
            Write(json);
        return new NewItem("session_meta", bytes.ToArray());
    }

    void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (HistoryMode != HistoryModes.Legacy)
            json.WriteString("session_id"u8, Id.ToString());
        json.WriteString("id"u8, Id.ToString());
        WriteUnlessNull(json, "forked_from_id", ForkedFromId?.ToString());
        WriteUnlessNull(json, "parent_thread_id", ParentThreadId?.ToString());
        json.WriteString(
            "timestamp"u8,
            CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture)
        );
        json.WriteString("cwd"u8, Cwd);
        json.WriteString("originator"u8, Originator);
        json.WriteString("cli_version"u8, CliVersion);
        json.WritePropertyName("source"u8);
        WriteRaw(json, Source?.Json, "The source of the thread");
        WriteUnlessNull(json, "thread_source", ThreadSource);
        WriteUnlessNull(json, "agent_nickname", AgentNickname);
        WriteUnlessNull(json, "agent_role", AgentRole);
        WriteUnlessNull(json, "agent_path", AgentPath);
        json.WriteString("model_provider"u8, ModelProvider); // null is written: readers expect these two members
        if (BaseInstructions is null)
            json.WriteNull("base_instructions"u8);
        else
        {
            json.WriteStartObject("base_instructions"u8);
            json.WriteString("text"u8, BaseInstructions);
            json.WriteEndObject();
        }
        if (DynamicToolsJson.Count > 0)
        {
            json.WriteStartArray("dynamic_tools"u8);
            foreach (var tool in DynamicToolsJson)
                WriteRaw(json, tool, "A tool of the client");
            json.WriteEndArray();
        }
        WriteUnlessNull(json, "memory_mode", MemoryMode);
        if (HistoryMode != HistoryModes.Legacy)
            json.WriteString("history_mode"u8, HistoryMode);
        if (HistoryBase is { } start)
        {
            json.WriteStartObject("history_base"u8);
            json.WriteString("thread_id"u8, start.RolloutId.ToString());
            json.WriteNumber("end_ordinal_exclusive"u8, start.EndOrdinal);
            json.WriteNumber("end_byte_offset"u8, start.EndByteOffset);
            json.WriteEndObject();
        }
        if (Git is { } git)
        {
            json.WriteStartObject("git"u8);
            WriteUnlessNull(json, "commit_hash", git.CommitHash);
            WriteUnlessNull(json, "branch", git.Branch);
            WriteUnlessNull(json, "repository_url", git.RepositoryUrl);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    // The writer's own check takes no more than 64 levels.
    static void WriteRaw(Utf8JsonWriter json, string? value, string what)
    {
        try
        {
            using var document = JsonDocument.Parse(value ?? "", PayloadJson.Options);
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"{what} has to be JSON, such as {SessionSource.Default.Json}.", e);
        }
        json.WriteRawValue(value!, skipInputValidation: true);
    }

    static void WriteUnlessNull(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }
}
