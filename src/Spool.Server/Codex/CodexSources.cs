using System.Text.Json;
using System.Text.Json.Nodes;
using Wire = Spool.Contracts.CodexV1;
using WireKind = Spool.Contracts.CodexV1.SessionSourceKind;

namespace Spool.Server;

/// <summary>Maps where threads come from to Codex's wire and back.</summary>
static class CodexSources
{
    /// <summary>Maps a source from the wire. Absent, or of a kind that is not in the contract: unknown.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: a spawned sub-agent has no valid
    /// parent.</exception>
    public static SessionSource ToStore(Wire.SessionSource? wire) =>
        new(
            (
                wire?.Kind switch
                {
                    WireKind.Cli => JsonValue.Create("cli"),
                    WireKind.Vscode => JsonValue.Create("vscode"),
                    WireKind.Exec => JsonValue.Create("exec"),
                    WireKind.AppServer => JsonValue.Create("mcp"),
                    WireKind.Custom => new JsonObject { ["custom"] = wire.Custom },
                    WireKind.SubAgentReview => SubAgent(JsonValue.Create("review")),
                    WireKind.SubAgentCompact => SubAgent(JsonValue.Create("compact")),
                    WireKind.SubAgentMemoryConsolidation => SubAgent(JsonValue.Create("memory_consolidation")),
                    WireKind.SubAgentOther => SubAgent(new JsonObject { ["other"] = wire.SubAgentOther }),
                    WireKind.SubAgentThreadSpawn => SubAgent(new JsonObject { ["thread_spawn"] = Spawn(wire) }),
                    _ => (JsonNode)JsonValue.Create("unknown"),
                }
            ).ToJsonString()
        );

    /// <summary>Maps a source to the wire.</summary>
    public static Wire.SessionSource ToWire(SessionSource source)
    {
        switch (source.Kind)
        {
            case "cli":
                return new Wire.SessionSource { Kind = WireKind.Cli };
            case "vscode":
                return new Wire.SessionSource { Kind = WireKind.Vscode };
            case "exec":
                return new Wire.SessionSource { Kind = WireKind.Exec };
            case "appServer":
                return new Wire.SessionSource { Kind = WireKind.AppServer };
            case "subAgentReview":
                return new Wire.SessionSource { Kind = WireKind.SubAgentReview };
            case "subAgentCompact":
                return new Wire.SessionSource { Kind = WireKind.SubAgentCompact };
            case "subAgentThreadSpawn":
                return Spawn(source);
            case "subAgentOther":
                return Other(source);
            case "unknown":
                return new Wire.SessionSource { Kind = WireKind.Unknown };
            default:
                return new Wire.SessionSource { Kind = WireKind.Custom, Custom = source.CustomName ?? "" };
        }
    }

    /// <summary>Gives the kind that a query filters by.</summary>
    public static string KindOf(Wire.SessionSource wire) =>
        wire.Kind == WireKind.Custom
            ? SessionSource.KindOfCustom(wire.Custom)
            : wire.Kind switch
            {
                WireKind.Cli => "cli",
                WireKind.Vscode => "vscode",
                WireKind.Exec => "exec",
                WireKind.AppServer => "appServer",
                WireKind.SubAgentReview => "subAgentReview",
                WireKind.SubAgentCompact => "subAgentCompact",
                WireKind.SubAgentThreadSpawn => "subAgentThreadSpawn",
                WireKind.SubAgentOther or WireKind.SubAgentMemoryConsolidation => "subAgentOther",
                _ => "unknown",
            };

    static JsonObject SubAgent(JsonNode agent) => new() { ["subagent"] = agent };

    static JsonObject Spawn(Wire.SessionSource wire) =>
        new()
        {
            ["parent_thread_id"] = ThreadIds.Read(wire.SubAgentParentThreadId).ToString(),
            ["depth"] = wire.SubAgentDepth,
            ["agent_path"] = wire.HasSubAgentPath ? wire.SubAgentPath : null,
            ["agent_nickname"] = wire.HasSubAgentNickname ? wire.SubAgentNickname : null,
            ["agent_role"] = wire.HasSubAgentRole ? wire.SubAgentRole : null,
        };

    static Wire.SessionSource Spawn(SessionSource source)
    {
        // A client refuses a whole list for one spawned agent without a parent.
        if (source.ParentThread is not { } parent)
            return new Wire.SessionSource { Kind = WireKind.Unknown };
        var wire = new Wire.SessionSource
        {
            Kind = WireKind.SubAgentThreadSpawn,
            SubAgentParentThreadId = parent.ToString(),
            SubAgentDepth = source.Depth ?? 0,
        };
        if (AgentPaths.Valid(source.AgentPath) is { } path)
            wire.SubAgentPath = path;
        if (source.AgentNickname is { } nickname)
            wire.SubAgentNickname = nickname;
        if (source.AgentRole is { } role)
            wire.SubAgentRole = role;
        return wire;
    }

    static Wire.SessionSource Other(SessionSource source)
    {
        using var document = JsonDocument.Parse(source.Json, new JsonDocumentOptions { MaxDepth = RolloutLine.MaxDepth });
        var agent = document.RootElement.GetProperty("subagent");
        if (agent.ValueKind == JsonValueKind.String && agent.ValueEquals("memory_consolidation"))
            return new Wire.SessionSource { Kind = WireKind.SubAgentMemoryConsolidation };
        var wire = new Wire.SessionSource { Kind = WireKind.SubAgentOther, SubAgentOther = "" };
        if (
            agent.ValueKind == JsonValueKind.Object
            && agent.TryGetProperty("other", out var other)
            && other.ValueKind == JsonValueKind.String
        )
            wire.SubAgentOther = other.GetString();
        return wire;
    }
}
