using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spool;

/// <summary>Converts the calls that the model made, and what came of them, where no event does: for the complete view.</summary>
static class DetailCalls
{
    const string McpPrefix = "mcp__";

    /// <summary>Makes the item of a call.</summary>
    public static JsonObject Call(string type, string id, JsonElement payload)
    {
        switch (type)
        {
            case "function_call":
                return Function(id, payload);
            case "custom_tool_call":
                return payload.Text("name") == "apply_patch" && PatchText.Changes(payload.Text("input") ?? "") is { } changes
                    ? FileChange(id, changes)
                    : BareItems.Call(type, id, payload);
            case "local_shell_call":
                var action = payload.Member("action");
                return Patched(id, action) ?? WithOther(BareItems.Call(type, id, payload), action);
            case "web_search_call":
                var search = BareItems.Call(type, id, payload);
                search["status"] = WireNames.CamelOrNull(payload.Text("status"));
                return search;
            case "image_generation_call":
                return ToolItems.ImageGeneration(id, payload);
            default:
                var rest = payload.AsNode() as JsonObject ?? [];
                foreach (var known in (string[])["type", "id", "call_id", "name", "namespace", "status"])
                    rest.Remove(known);
                var tool = payload.Text("name") ?? (type.EndsWith("_call", StringComparison.Ordinal) ? type[..^"_call".Length] : type);
                return BareItems.Tool(id, payload, tool, rest is { Count: 1 } && rest["arguments"] is { } only ? only.DeepClone() : rest);
        }
    }

    /// <summary>Adds to a call what it gave back.</summary>
    /// <param name="call">The item of the call.</param>
    /// <param name="payload">The record with the output.</param>
    /// <param name="result">The output.</param>
    public static void AddResult(JsonObject call, JsonElement payload, CallResult result)
    {
        switch ((string?)call["type"])
        {
            case "commandExecution":
                Join(call, "aggregatedOutput", result.Text);
                call["exitCode"] = result.ExitCode;
                if (result.Session is not null)
                    call["sessionId"] = result.Session;
                break;
            case "commandInput":
                Join(call, "output", result.Text);
                call["exitCode"] = result.ExitCode;
                break;
            case "dynamicToolCall":
                var content = call["contentItems"] as JsonArray ?? [];
                if (result.Text.Length > 0)
                    content.Add((JsonNode)new JsonObject { ["type"] = "inputText", ["text"] = result.Text });
                foreach (var image in result.Images)
                    content.Add((JsonNode)new JsonObject { ["type"] = "inputImage", ["imageUrl"] = image });
                if (call["contentItems"] is null)
                    call["contentItems"] = content;
                call["success"] = result.HasFailed ? false : null;
                break;
            case "mcpToolCall":
                call["result"] = new JsonObject
                {
                    ["content"] = new JsonArray((JsonNode)new JsonObject { ["type"] = "text", ["text"] = result.Text }),
                    ["structuredContent"] = null,
                    ["_meta"] = null,
                };
                break;
            case "fileChange":
                Join(call, "output", result.Text);
                result = result with { HasFailed = result.HasFailed || result.ExitCode is null && PatchText.HasFailed(result.Text) };
                break;
            default:
                Join(call, "output", result.Text);
                break;
        }
        if (result.Images.Count > 0 && (string?)call["type"] != "dynamicToolCall")
            call["images"] = new JsonArray([.. result.Images.Select(image => (JsonNode)image)]);
        if (call.ContainsKey("status") && (string?)call["type"] != "webSearch")
            call["status"] =
                result.Session is not null && result.ExitCode is null ? "inProgress"
                : result.HasFailed ? "failed"
                : "completed";
        if (call.ContainsKey("durationMs"))
            call["durationMs"] = result.DurationMs;
    }

    /// <summary>Reads what a record gives back.</summary>
    /// <param name="payload">The record.</param>
    /// <param name="call">The type of the item that the call is, or null when the call is not known.</param>
    public static CallResult ResultOf(JsonElement payload, string? call)
    {
        if (payload.Member("output").ValueKind != JsonValueKind.Undefined)
            return CallResult.Read(payload.Member("output"), call);
        var tools = payload.Member("tools");
        return new CallResult(
            tools.ValueKind == JsonValueKind.Undefined ? "" : tools.GetRawText(),
            [],
            null,
            null,
            null,
            payload.Text("status") == "failed"
        );
    }

    static JsonObject Function(string id, JsonElement payload)
    {
        var arguments = BareItems.Arguments(payload);
        switch (payload.Text("name"))
        {
            case "write_stdin" when arguments.Member("session_id").ValueKind != JsonValueKind.Undefined:
                return new JsonObject
                {
                    ["type"] = "commandInput",
                    ["id"] = id,
                    ["sessionId"] = arguments.Text("session_id") ?? arguments.Member("session_id").GetRawText(),
                    ["input"] = arguments.Text("chars") ?? "",
                    ["output"] = null,
                    ["exitCode"] = null,
                    ["status"] = "inProgress",
                    ["durationMs"] = null,
                };
            case "apply_patch" when PatchText.Changes(arguments.Text("input") ?? arguments.AsText() ?? "") is { } changes:
                return FileChange(id, changes);
            case "update_plan" when Steps(arguments) is { } steps:
                return Checklist(id, arguments.Text("explanation"), steps);
            case "view_image" when arguments.Text("path") is { } path:
                return new JsonObject
                {
                    ["type"] = "imageView",
                    ["id"] = id,
                    ["path"] = path,
                };
            case { } name when McpName(name, payload.Text("namespace")) is { } mcp:
                return Mcp(id, mcp.Server, mcp.Tool, arguments);
            default:
                return Patched(id, arguments) ?? WithOther(BareItems.Call("function_call", id, payload), arguments);
        }
    }

    // What a command was asked for besides: why, with which rights, how long it may take.
    static JsonObject WithOther(JsonObject item, JsonElement arguments)
    {
        if ((string?)item["type"] != "commandExecution")
            return item;
        var shown = arguments.Member("command").ValueKind != JsonValueKind.Undefined ? "command" : "cmd";
        JsonObject? other = null;
        foreach (var member in arguments.EnumerateObject())
        {
            if (
                (member.Name != shown || CommandLine.HasNul(member.Value))
                && member.Name is not ("type" or "workdir" or "working_directory")
                && member.Value.ValueKind != JsonValueKind.Null
            )
                (other ??= [])[member.Name] = member.Value.AsNode();
        }
        if (other is not null)
            item["other"] = other;
        return item;
    }

    /// <summary>Makes the item of a plan with steps.</summary>
    public static JsonObject Checklist(string id, string? explanation, JsonArray steps) =>
        new()
        {
            ["type"] = "checklist",
            ["id"] = id,
            ["explanation"] = explanation,
            ["steps"] = steps,
            ["output"] = null,
        };

    /// <summary>Gives the steps of a plan, or null when there are none.</summary>
    public static JsonArray? Steps(JsonElement arguments) =>
        arguments.Member("plan") is { ValueKind: JsonValueKind.Array } plan
        && plan.EnumerateArray().All(step => step.Text("step") is not null)
            ? new JsonArray([
                .. plan.EnumerateArray()
                    .Select(step => (JsonNode)new JsonObject { ["step"] = step.Text("step"), ["status"] = step.Text("status") }),
            ])
            : null;

    static JsonObject FileChange(string id, JsonArray changes) =>
        new()
        {
            ["type"] = "fileChange",
            ["id"] = id,
            ["changes"] = changes,
            ["status"] = "inProgress",
            ["output"] = null,
        };

    // A shell that is given a patch to apply changes files: ["apply_patch", "*** Begin Patch…"].
    static JsonObject? Patched(string id, JsonElement call)
    {
        var words = call.Array("command").Select(word => word.AsText()).ToList();
        return words is ["apply_patch" or "applypatch", { } patch] && PatchText.Changes(patch) is { } changes
            ? FileChange(id, changes)
            : null;
    }

    static (string Server, string Tool)? McpName(string name, string? ns)
    {
        if (ns?.StartsWith(McpPrefix, StringComparison.Ordinal) == true)
            return (ns[McpPrefix.Length..].TrimEnd('_'), name);
        if (!name.StartsWith(McpPrefix, StringComparison.Ordinal))
            return null;
        var rest = name[McpPrefix.Length..];
        return rest.IndexOf("__", StringComparison.Ordinal) is > 0 and var cut ? (rest[..cut], rest[(cut + 2)..]) : null;
    }

    static JsonObject Mcp(string id, string server, string tool, JsonElement arguments) =>
        new()
        {
            ["type"] = "mcpToolCall",
            ["id"] = id,
            ["server"] = server,
            ["tool"] = tool,
            ["status"] = "inProgress",
            ["arguments"] = arguments.AsNode(),
            ["result"] = null,
            ["error"] = null,
            ["durationMs"] = null,
        };

    static void Join(JsonObject call, string member, string text)
    {
        if (text.Length == 0)
            return;
        var before = call[member] is JsonValue value && value.TryGetValue<string>(out var said) ? said : "";
        call[member] = before + text;
    }
}
