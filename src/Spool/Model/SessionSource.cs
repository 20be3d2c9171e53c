using System.Text.Encodings.Web;
using System.Text.Json;

namespace Spool;

/// <summary>Where a thread came from: a person at a terminal, an editor, another program, or another thread.</summary>
/// <param name="Json">The value as the rollout carries it: a JSON string such as <c>"cli"</c> or an object such as
/// <c>{"subagent":"review"}</c>.</param>
public sealed record SessionSource(string Json)
{
    const string CustomPrefix = "custom:";

    /// <summary>The source of a rollout that names none.</summary>
    public static SessionSource Default { get; } = new("\"vscode\"");

    /// <summary>The source of a thread of which nothing can be read, so that no filter for a known one takes it in.</summary>
    public static SessionSource Unknown { get; } = new("\"unknown\"");

    /// <summary>The source of a thread that a person began at a terminal.</summary>
    public static SessionSource Cli { get; } = new("\"cli\"");

    /// <summary>The source of a thread that a program began, without a person at it.</summary>
    public static SessionSource Exec { get; } = new("\"exec\"");

    /// <summary>Makes the source of the threads of a program of its own.</summary>
    /// <param name="name">Its name, such as <c>my-agent</c>; lists filter by it (<see cref="ThreadQuery.Sources"/>).</param>
    public static SessionSource Custom(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return new SessionSource($$"""{"custom":"{{JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}}"}""");
    }

    /// <summary>Gives <see cref="Json"/>.</summary>
    public override string ToString() => Json;

    /// <summary>Gets the kind that a query filters by: <c>cli</c>, <c>vscode</c>, <c>exec</c>, <c>appServer</c>, <c>subAgentReview</c>,
    /// <c>subAgentCompact</c>, <c>subAgentThreadSpawn</c>, <c>subAgentOther</c>, <c>unknown</c>, or the name of a custom source (see
    /// <see cref="KindOfCustom"/>).</summary>
    public string Kind { get; } = KindOf(Json);

    /// <summary>Gets the kind of a custom source: its name, or <c>custom:</c> and its name where the name alone would be another
    /// kind.</summary>
    /// <param name="name">The name.</param>
    public static string KindOfCustom(string name) =>
        IsOfCodex(name) || name.StartsWith(CustomPrefix, StringComparison.Ordinal) ? CustomPrefix + name : name;

    /// <summary>Gets the name of a custom source, or null for any other.</summary>
    public string? CustomName =>
        IsOfCodex(Kind) ? null
        : Kind.StartsWith(CustomPrefix, StringComparison.Ordinal) ? Kind[CustomPrefix.Length..]
        : Kind;

    /// <summary>Gets the parent that a spawned sub-agent names, or null.</summary>
    public ThreadId? ParentThread => ThreadId.TryParse(Spawn("parent_thread_id"), out var id) ? id : null;

    /// <summary>Gets how deep below its root a spawned sub-agent says it is (1 for a direct child), or null.</summary>
    public int? Depth => int.TryParse(Spawn("depth"), out var depth) ? depth : null;

    /// <summary>Gets the nickname that a spawned sub-agent was given, or null.</summary>
    public string? AgentNickname => Spawn("agent_nickname");

    /// <summary>Gets the role that a spawned sub-agent was given, or null.</summary>
    public string? AgentRole => Spawn("agent_role");

    /// <summary>Gets the path of a spawned sub-agent in its tree of agents, or null.</summary>
    public string? AgentPath => Spawn("agent_path");

    /// <summary>Gets whether this is the guardian, which reviews what another thread asks to be approved.</summary>
    public bool IsGuardian
    {
        get
        {
            if (Kind != "subAgentOther")
                return false;
            using var document = JsonDocument.Parse(Json, PayloadJson.Options);
            return document.RootElement.GetProperty("subagent").Text("other") == "guardian";
        }
    }

    /// <summary>Gets whether another thread started this one.</summary>
    public bool IsSubAgent => Kind.StartsWith("subAgent", StringComparison.Ordinal);

    static bool IsOfCodex(string kind) =>
        kind is "cli" or "vscode" or "exec" or "appServer" or "unknown" || kind.StartsWith("subAgent", StringComparison.Ordinal);

    string? Spawn(string member)
    {
        if (Kind != "subAgentThreadSpawn")
            return null;
        using var document = JsonDocument.Parse(Json, PayloadJson.Options);
        if (!document.RootElement.GetProperty("subagent").GetProperty("thread_spawn").TryGetProperty(member, out var value))
            return null;
        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetRawText(),
            _ => null,
        };
    }

    static string KindOf(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, PayloadJson.Options);
            return KindOf(document.RootElement);
        }
        catch (JsonException)
        {
            return "unknown";
        }
    }

    static string KindOf(JsonElement source)
    {
        if (source.ValueKind == JsonValueKind.String)
        {
            return source.GetString() switch
            {
                "mcp" or "appServer" => "appServer",
                "cli" => "cli",
                "vscode" => "vscode",
                "exec" => "exec",
                _ => "unknown",
            };
        }
        if (source.ValueKind != JsonValueKind.Object)
            return "unknown";
        if (source.TryGetProperty("custom", out var custom) && custom.ValueKind == JsonValueKind.String)
            return KindOfCustom(custom.GetString()!);
        if (!source.TryGetProperty("subagent", out var agent))
            return "unknown";
        if (agent.ValueKind == JsonValueKind.String)
            return agent.GetString() switch
            {
                "review" => "subAgentReview",
                "compact" => "subAgentCompact",
                _ => "subAgentOther",
            };
        return
            agent.ValueKind == JsonValueKind.Object
            && agent.TryGetProperty("thread_spawn", out var spawn)
            && spawn.ValueKind == JsonValueKind.Object
            ? "subAgentThreadSpawn"
            : "subAgentOther";
    }
}
