using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spool;

/// <summary>Converts what tools did. The legacy events and the completed items of a paginated log share the names of their
/// members.</summary>
static class ToolItems
{
    public static JsonObject Command(string id, JsonElement source)
    {
        var cwd = FilePath(source.Text("cwd"));
        return new JsonObject
        {
            ["type"] = "commandExecution",
            ["id"] = id,
            ["pluginId"] = source.Text("plugin_id"),
            ["scriptPath"] = source.Text("script_path"),
            ["command"] = source.Text("command") ?? CommandLine.Join(source.Array("command").Select(word => word.AsText() ?? "")),
            ["cwd"] = cwd,
            ["processId"] = source.Node("process_id"),
            ["source"] = WireNames.CamelOrNull(source.Text("source")) ?? "agent",
            ["status"] = WireNames.CamelOrNull(source.Text("status")),
            ["commandActions"] = new JsonArray([.. source.Array("parsed_cmd").Select(action => Action(action, cwd))]),
            ["aggregatedOutput"] = source.Text("aggregated_output") is { Length: > 0 } output ? output : null,
            ["exitCode"] = source.Node("exit_code"),
            ["durationMs"] = Milliseconds(source),
        };
    }

    public static JsonObject GuardedCommand(string id, JsonElement payload)
    {
        var action = payload.Member("action");
        // The first of the words may be another name than that of the program.
        var words = action.Array("argv").Select(word => word.AsText() ?? "");
        var command =
            action.Text("command") ?? CommandLine.Join(action.Text("program") is { } program ? words.Skip(1).Prepend(program) : words);
        return new JsonObject
        {
            ["type"] = "commandExecution",
            ["id"] = id,
            ["pluginId"] = null,
            ["scriptPath"] = null,
            ["command"] = command,
            ["cwd"] = FilePath(action.Text("cwd")),
            ["processId"] = null,
            ["source"] = "agent",
            ["status"] = payload.Text("status") == "in_progress" ? "inProgress" : "declined",
            ["commandActions"] = new JsonArray((JsonNode)new JsonObject { ["type"] = "unknown", ["command"] = command }),
            ["aggregatedOutput"] = null,
            ["exitCode"] = null,
            ["durationMs"] = null,
        };
    }

    public static JsonObject FileChange(string id, JsonElement source) =>
        new()
        {
            ["type"] = "fileChange",
            ["id"] = id,
            ["changes"] = new JsonArray([
                .. source
                    .Member("changes")
                    .Members()
                    .OrderBy(change => change.Name, StringComparer.Ordinal)
                    .Select(change => Change(change.Name, change.Value)),
            ]),
            ["status"] =
                WireNames.CamelOrNull(source.Text("status"))
                ?? (source.Member("success").ValueKind == JsonValueKind.False ? "failed" : "completed"),
        };

    public static JsonObject ImageView(string id, JsonElement source) =>
        new()
        {
            ["type"] = "imageView",
            ["id"] = id,
            ["path"] = FilePath(source.Text("path")),
        };

    public static JsonObject ImageGeneration(string id, JsonElement source)
    {
        var item = new JsonObject
        {
            ["type"] = "imageGeneration",
            ["id"] = id,
            ["status"] = source.Text("status") ?? "",
            ["revisedPrompt"] = source.Text("revised_prompt"),
            ["result"] = source.Text("result") ?? "",
            ["transparentBackground"] = source.Node("transparent_background"),
            ["failure"] = WireNames.CamelDeep(source.Member("failure")),
            ["generationId"] = source.Text("generation_id"),
        };
        if (source.Text("saved_path") is { } path)
            item["savedPath"] = FilePath(path);
        return item;
    }

    public static JsonObject WebSearch(string id, JsonElement source) =>
        new()
        {
            ["type"] = "webSearch",
            ["id"] = id,
            ["query"] = source.Text("query") ?? "",
            ["action"] = source.Member("action").ValueKind == JsonValueKind.Object ? WebAction(source.Member("action")) : null,
            ["results"] = source.Node("results"),
        };

    /// <summary>Gives the duration of a tool in milliseconds, or null.</summary>
    public static JsonNode? Milliseconds(JsonElement source)
    {
        var duration = source.Member("duration");
        return duration.Number("secs") is { } seconds and >= 0 and < long.MaxValue / 2000
            ? JsonValue.Create(seconds * 1000 + (duration.Number("nanos") ?? 0) / 1_000_000)
            : source.Node("duration_ms");
    }

    /// <summary>Gives the path of a <c>file:</c> address, or the text itself when it is none.</summary>
    public static string? FilePath(string? text) =>
        text?.StartsWith("file:///", StringComparison.Ordinal) == true ? Uri.UnescapeDataString(text["file://".Length..]) : text;

    static JsonObject WebAction(JsonElement action) =>
        action.Text("type") switch
        {
            "search" => new()
            {
                ["type"] = "search",
                ["query"] = action.Text("query"),
                ["queries"] = action.Node("queries"),
            },
            "open_page" => new() { ["type"] = "openPage", ["url"] = action.Text("url") },
            "find_in_page" => new()
            {
                ["type"] = "findInPage",
                ["url"] = action.Text("url"),
                ["pattern"] = action.Text("pattern"),
            },
            _ => new() { ["type"] = "other" },
        };

    static JsonObject Action(JsonElement action, string? cwd)
    {
        var type = action.Text("type") ?? "unknown";
        var copy = new JsonObject { ["type"] = WireNames.Camel(type), ["command"] = action.Text("cmd") ?? action.Text("command") };
        foreach (var (name, value) in action.Members().Where(member => member.Name is not ("type" or "cmd" or "command")))
            copy[WireNames.Camel(name)] = value.AsNode();
        // A file that was read is named by its full path; what was listed or searched stays as it was typed.
        if (type == "read" && action.Text("path") is { } path && !path.StartsWith('/') && cwd is not null)
            copy["path"] = $"{cwd.TrimEnd('/')}/{path}";
        return copy;
    }

    static JsonObject Change(string path, JsonElement change)
    {
        var type = change.Text("type") ?? "update";
        var kind = new JsonObject { ["type"] = type };
        var diff = change.Text("content") ?? "";
        if (type == "update")
        {
            var target = change.Text("move_path");
            kind["move_path"] = target;
            diff = (change.Text("unified_diff") ?? "") + (target is null ? "" : $"\n\nMoved to: {target}");
        }
        return new JsonObject
        {
            ["path"] = path,
            ["kind"] = kind,
            ["diff"] = diff,
        };
    }
}
