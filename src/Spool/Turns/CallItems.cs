using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spool;

/// <summary>Converts calls of MCP servers, of the client's own tools and of other agents.</summary>
static class CallItems
{
    public static JsonObject Mcp(string id, JsonElement source)
    {
        var call = source.Member("invocation") is { ValueKind: JsonValueKind.Object } invocation ? invocation : source;
        var outcome = source.Member("result");
        var result = outcome.Member("Ok") is { ValueKind: JsonValueKind.Object } ok ? ok : outcome;
        var error = outcome.Text("Err") ?? source.Text("error") ?? source.Member("error").Text("message");
        var failed = error is not null || IsTrue(result.Member("isError")) || IsTrue(result.Member("is_error"));
        var item = new JsonObject
        {
            ["type"] = "mcpToolCall",
            ["id"] = id,
            ["server"] = call.Text("server"),
            ["environmentId"] = source.Text("environment_id"),
            ["tool"] = call.Text("tool"),
            ["status"] = WireNames.CamelOrNull(source.Text("status")) ?? (failed ? "failed" : "completed"),
            ["arguments"] = call.Node("arguments"),
        };
        if (source.Text("mcp_app_resource_uri") is { } uri)
            item["mcpAppResourceUri"] = uri;
        item["appContext"] = WireNames.CamelDeep(source.Member("app_context"));
        item["mcpAppUi"] = WireNames.CamelDeep(source.Member("mcp_app_ui"));
        item["pluginId"] = source.Text("plugin_id");
        item["readOnlyHint"] = source.Member("read_only_hint").ValueKind is JsonValueKind.True or JsonValueKind.False
            ? source.Node("read_only_hint")
            : null;
        item["result"] =
            error is not null || result.ValueKind != JsonValueKind.Object
                ? null
                : new JsonObject
                {
                    ["content"] = result.Node("content") ?? new JsonArray(),
                    ["structuredContent"] = result.Node("structuredContent") ?? result.Node("structured_content"),
                    ["_meta"] = result.Node("_meta") ?? result.Node("meta"),
                };
        item["error"] = error is null ? null : new JsonObject { ["message"] = error };
        item["durationMs"] = ToolItems.Milliseconds(source);
        return item;
    }

    public static JsonObject DynamicRequest(string id, JsonElement source) => Dynamic(id, source, "inProgress", null);

    public static JsonObject DynamicResponse(string id, JsonElement source)
    {
        var success = source.Member("success").ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => (bool?)null,
        };
        return Dynamic(id, source, WireNames.CamelOrNull(source.Text("status")) ?? (success == false ? "failed" : "completed"), success);
    }

    /// <summary>Converts the legacy event that ends a call to another agent.</summary>
    public static JsonObject Agent(string id, string payloadType, JsonElement source)
    {
        var receivers = new JsonArray();
        var states = new JsonObject();
        var receiver = source.Text("new_thread_id") ?? source.Text("receiver_thread_id");
        var failed = receiver is null && payloadType == "collab_agent_spawn_end";
        if (receiver is not null)
            failed = AddState(receiver, source.Member("status"), receivers, states);
        foreach (var (name, state) in source.Member("statuses").Members().OrderBy(state => state.Name, StringComparer.Ordinal))
            failed |= AddState(name, state, receivers, states);
        return new JsonObject
        {
            ["type"] = "collabAgentToolCall",
            ["id"] = id,
            ["tool"] = payloadType switch
            {
                "collab_agent_spawn_end" => "spawnAgent",
                "collab_agent_interaction_end" => "sendInput",
                "collab_waiting_end" => "wait",
                "collab_close_end" => "closeAgent",
                _ => "resumeAgent",
            },
            ["status"] = failed ? "failed" : "completed",
            ["senderThreadId"] = source.Text("sender_thread_id"),
            ["receiverThreadIds"] = receivers,
            ["prompt"] = source.Text("prompt"),
            ["model"] = source.Text("model"),
            ["reasoningEffort"] = source.Node("reasoning_effort"),
            ["agentsStates"] = states,
        };
    }

    /// <summary>Converts what another agent did that this one started.</summary>
    public static JsonObject AgentActivity(string id, JsonElement source) =>
        new()
        {
            ["type"] = "subAgentActivity",
            ["model"] = source.Text("model"),
            ["reasoningEffort"] = source.Node("reasoning_effort"),
            ["id"] = id,
            ["kind"] = WireNames.CamelOrNull(source.Text("kind")),
            ["agentThreadId"] = source.Text("agent_thread_id"),
            ["agentPath"] = source.Text("agent_path"),
        };

    static JsonObject Dynamic(string id, JsonElement source, string status, bool? success) =>
        new()
        {
            ["type"] = "dynamicToolCall",
            ["id"] = id,
            ["namespace"] = source.Text("namespace"),
            ["tool"] = source.Text("tool"),
            ["arguments"] = source.Node("arguments"),
            ["status"] = status,
            ["contentItems"] = source.Node("content_items") ?? source.Node("contentItems"),
            ["success"] = success,
            ["durationMs"] = ToolItems.Milliseconds(source),
        };

    // A state is a name, or an object with the name as its member and the agent's last words as the value.
    static bool AddState(string thread, JsonElement state, JsonArray receivers, JsonObject states)
    {
        var (name, value) = state.AsText() is { } plain ? (plain, default) : state.Members().FirstOrDefault();
        receivers.Add((JsonNode?)JsonValue.Create(thread));
        states[thread] = new JsonObject { ["status"] = WireNames.CamelOrNull(name), ["message"] = value.AsText() };
        return name is "errored" or "not_found";
    }

    static bool IsTrue(JsonElement value) => value.ValueKind == JsonValueKind.True;
}
