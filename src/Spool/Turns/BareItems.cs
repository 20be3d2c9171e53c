using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spool;

/// <summary>Converts the response items of a log without envelopes to items of a turn.</summary>
static class BareItems
{
    /// <summary>Adds an item to a turn, or adds to one that is there.</summary>
    public static void Apply(TurnDraft turn, RolloutItem item, JsonElement payload, in LegacyEvent e, in LegacyStep step)
    {
        var type = item.PayloadType!;
        if (e.Kind == LegacyEventKind.Reasoning)
        {
            if (step.IsNew)
                turn.Append(WithoutTimes(MessageItems.Reasoning($"item-{step.Number}", null, null)));
            Extend(turn.Last, "summary", payload);
            Extend(turn.Last, "content", payload);
        }
        else if (e.Kind == LegacyEventKind.CurrentItem)
            turn.Upsert(e.Item, type.EndsWith("_output", StringComparison.Ordinal) && turn.Find(e.Item) is { } call ? WithOutput(call, payload) : WithoutTimes(Call(type, IdOf(payload)!, payload)));
        else if (BareMessage.Read(item) is { } message)
            turn.Append(WithoutTimes(Message($"item-{step.Number}", message, payload)));
        else
            turn.Append(WithoutTimes(Call(type, $"item-{step.Number}", payload)));
    }

    /// <summary>Gives the id that a call and its output share.</summary>
    public static string? IdOf(JsonElement payload) => payload.Text("call_id") is { Length: > 0 } call ? call : payload.Text("id") is { Length: > 0 } id ? id : null;

    /// <summary>Says whether a reasoning item can be read by people. Of most only the encrypted form was kept.</summary>
    public static bool HasText(JsonElement reasoning) => Texts(reasoning, "summary").Concat(Texts(reasoning, "content")).Any();

    /// <summary>Gives the texts of a reasoning item.</summary>
    /// <param name="reasoning">The item.</param>
    /// <param name="member"><c>summary</c> or <c>content</c>.</param>
    public static IEnumerable<string> Texts(JsonElement reasoning, string member) => reasoning.Array(member).Select(part => part.Text("text")).OfType<string>().Where(text => text.Length > 0);

    static void Extend(JsonObject reasoning, string member, JsonElement payload)
    {
        foreach (var text in Texts(payload, member))
            ((JsonArray)reasoning[member]!).Add((JsonNode?)JsonValue.Create(text));
    }

    static JsonObject Message(string id, BareMessage message, JsonElement payload)
    {
        if (!message.IsFromUser)
            return MessageItems.Agent(id, message.Text, payload);
        var content = new JsonArray();
        if (!string.IsNullOrWhiteSpace(message.Text))
            content.Add((JsonNode)new JsonObject { ["type"] = "text", ["text"] = message.Text, ["text_elements"] = new JsonArray() });
        foreach (var image in message.Images)
            content.Add((JsonNode)new JsonObject { ["type"] = "image", ["url"] = image, ["detail"] = null });
        return new JsonObject { ["type"] = "userMessage", ["id"] = id, ["clientId"] = null, ["content"] = content };
    }

    static JsonObject Call(string type, string id, JsonElement payload)
    {
        switch (type)
        {
            case "local_shell_call":
                var action = payload.Member("action");
                return Command(id, action, action.Text("working_directory"), payload.Text("status"));
            case "function_call" when payload.Text("name") is "shell" or "container.exec" or "local_shell" or "shell_command" or "exec_command" && Arguments(payload) is JsonObject:
                using (var arguments = JsonDocument.Parse(payload.Text("arguments")!))
                    return Command(id, arguments.RootElement, arguments.RootElement.Text("workdir"), null);
            case "web_search_call":
                var search = ToolItems.WebSearch(id, payload);
                search["query"] = payload.Member("action").Text("query") ?? "";
                return search;
            case "function_call" or "custom_tool_call":
                return new JsonObject
                {
                    ["type"] = "dynamicToolCall",
                    ["id"] = id,
                    ["namespace"] = payload.Text("namespace"),
                    ["tool"] = payload.Text("name"),
                    ["arguments"] = type == "function_call" ? Arguments(payload) : payload.Node("input"),
                    ["status"] = "inProgress",
                    ["contentItems"] = null,
                    ["success"] = null,
                    ["durationMs"] = null,
                };
            default:
                return GenericItem.Convert(WireNames.Camel(type), id, payload); // an output whose call is not in this turn
        }
    }

    static JsonObject Command(string id, JsonElement call, string? cwd, string? status)
    {
        var command = call.Text("command") ?? call.Text("cmd") ?? CommandLine.Join(call.Array("command").Select(word => word.AsText() ?? ""));
        return new JsonObject
        {
            ["type"] = "commandExecution",
            ["id"] = id,
            ["pluginId"] = null,
            ["scriptPath"] = null,
            ["command"] = command,
            ["cwd"] = cwd,
            ["processId"] = null,
            ["source"] = "agent",
            ["status"] = WireNames.CamelOrNull(status) ?? "inProgress",
            ["commandActions"] = new JsonArray((JsonNode)new JsonObject { ["type"] = "unknown", ["command"] = command }),
            ["aggregatedOutput"] = null,
            ["exitCode"] = null,
            ["durationMs"] = null,
        };
    }

    static JsonObject WithOutput(JsonObject call, JsonElement payload)
    {
        var output = CallOutput.Read(payload.Member("output"));
        if ((string?)call["type"] == "commandExecution")
        {
            call["aggregatedOutput"] = output.Text.Length > 0 ? output.Text : null;
            call["exitCode"] = output.ExitCode;
        }
        else if ((string?)call["type"] == "dynamicToolCall")
        {
            call["contentItems"] = new JsonArray((JsonNode)new JsonObject { ["type"] = "inputText", ["text"] = output.Text });
            call["success"] = output.HasFailed ? false : null;
        }
        else
            return call;
        call["status"] = output.HasFailed ? "failed" : "completed";
        call["durationMs"] = output.DurationMs;
        return call;
    }

    // A function's arguments are JSON in a string; what is not stays the string.
    static JsonNode? Arguments(JsonElement payload)
    {
        try
        {
            using var arguments = JsonDocument.Parse(payload.Text("arguments") ?? "null");
            return arguments.RootElement.AsNode();
        }
        catch (JsonException)
        {
            return payload.Node("arguments");
        }
    }

    static JsonObject WithoutTimes(JsonObject item)
    {
        LegacyItems.WithoutTimes(item);
        return item;
    }
}

/// <summary>What a call gave back. A shell's output is JSON in a string, with the exit code and the time it took; that of other tools is text.</summary>
/// <param name="Text">The output.</param>
/// <param name="ExitCode">The exit code, or null.</param>
/// <param name="DurationMs">The time it took in milliseconds, or null.</param>
/// <param name="HasFailed">Whether it failed.</param>
readonly record struct CallOutput(string Text, long? ExitCode, long? DurationMs, bool HasFailed)
{
    public static CallOutput Read(JsonElement output)
    {
        if (output.AsText() is not { } text)
            return new CallOutput(output.Text("content") ?? "", null, null, output.Member("success").ValueKind == JsonValueKind.False);
        try
        {
            using var document = JsonDocument.Parse(text);
            var result = document.RootElement;
            if (result.Text("output") is not { } inner)
                return new CallOutput(text, null, null, false);
            var metadata = result.Member("metadata");
            var seconds = metadata.Member("duration_seconds") is { ValueKind: JsonValueKind.Number } time && time.TryGetDouble(out var value) && value is >= 0 and < 1e12 ? value : (double?)null;
            return new CallOutput(inner, metadata.Number("exit_code"), seconds is { } s ? (long)Math.Round(s * 1000) : null, metadata.Number("exit_code") is not (null or 0));
        }
        catch (JsonException)
        {
            return new CallOutput(text, null, null, false);
        }
    }
}
