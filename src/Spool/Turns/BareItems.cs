using System.Text;
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
        else if (
            e.Kind == LegacyEventKind.CurrentItem
            && type.EndsWith("_output", StringComparison.Ordinal)
            && turn.Find(e.Item) is { } call
        )
            turn.Replace(e.Item, WithOutput(call, payload));
        else if (e.Kind == LegacyEventKind.CurrentItem)
            turn.Upsert(e.Item, WithoutTimes(Call(type, IdOf(payload)!, payload)));
        else if (BareMessage.Read(item) is { } message)
            turn.Append(WithoutTimes(Message($"item-{step.Number}", message, payload)));
        else
            turn.Append(WithoutTimes(Call(type, $"item-{step.Number}", payload)));
    }

    /// <summary>Gives the id that a call and its output share.</summary>
    public static string? IdOf(JsonElement payload) =>
        payload.Text("call_id") is { Length: > 0 } call ? call
        : payload.Text("id") is { Length: > 0 } id ? id
        : null;

    /// <summary>Says whether a reasoning item can be read by people. Of most only the encrypted form was kept.</summary>
    public static bool HasText(JsonElement reasoning) => Texts(reasoning, "summary").Concat(Texts(reasoning, "content")).Any();

    /// <summary>Gives the texts of a reasoning item.</summary>
    /// <param name="reasoning">The item.</param>
    /// <param name="member"><c>summary</c> or <c>content</c>.</param>
    public static IEnumerable<string> Texts(JsonElement reasoning, string member) =>
        reasoning.Array(member).Select(part => part.Text("text")).OfType<string>().Where(text => text.Length > 0);

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
            content.Add(
                (JsonNode)
                    new JsonObject
                    {
                        ["type"] = "text",
                        ["text"] = message.Text,
                        ["text_elements"] = new JsonArray(),
                    }
            );
        foreach (var image in message.Images)
            content.Add(
                (JsonNode)
                    new JsonObject
                    {
                        ["type"] = "image",
                        ["url"] = image,
                        ["detail"] = null,
                    }
            );
        return new JsonObject
        {
            ["type"] = "userMessage",
            ["id"] = id,
            ["clientId"] = null,
            ["content"] = content,
        };
    }

    /// <summary>Makes the item of a call.</summary>
    public static JsonObject Call(string type, string id, JsonElement payload)
    {
        switch (type)
        {
            case "local_shell_call":
                var action = payload.Member("action");
                return CommandOf(action) is { } run
                    ? Command(id, run, action.Text("working_directory"), payload.Text("status"))
                    : Tool(id, payload, "local_shell", action.AsNode());
            case "function_call":
                var arguments = Arguments(payload);
                return
                    payload.Text("name") is "shell" or "container.exec" or "local_shell" or "shell_command" or "exec_command"
                    && CommandOf(arguments) is { } line
                    ? Command(id, line, arguments.Text("workdir"), null)
                    : Tool(id, payload, payload.Text("name"), arguments.AsNode());
            case "web_search_call":
                var search = ToolItems.WebSearch(id, payload);
                search["query"] = payload.Member("action").Text("query") ?? "";
                return search;
            case "custom_tool_call":
                return Tool(id, payload, payload.Text("name"), payload.Node("input"));
            default:
                return GenericItem.Convert(WireNames.Camel(type), id, payload); // an output whose call is not in this turn
        }
    }

    /// <summary>Makes the item of a call of any tool.</summary>
    public static JsonObject Tool(string id, JsonElement payload, string? tool, JsonNode? arguments) =>
        new()
        {
            ["type"] = "dynamicToolCall",
            ["id"] = id,
            ["namespace"] = payload.Text("namespace"),
            ["tool"] = tool,
            ["arguments"] = arguments,
            ["status"] = "inProgress",
            ["contentItems"] = null,
            ["success"] = null,
            ["durationMs"] = null,
        };

    static JsonObject Command(string id, string command, string? cwd, string? status) =>
        new()
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

    // The command of a shell, by either name, as a text or as words; null for anything else, which is shown as it is instead.
    static string? CommandOf(JsonElement call) => LineOf(call.Member("command")) ?? LineOf(call.Member("cmd"));

    static string? LineOf(JsonElement command)
    {
        if (command.AsText() is { } line)
            return string.IsNullOrWhiteSpace(line) ? null : line;
        if (command.ValueKind != JsonValueKind.Array)
            return null;
        var words = command.EnumerateArray().Select(word => word.AsText()).ToList();
        return words.Contains(null) || words.All(string.IsNullOrWhiteSpace) ? null : CommandLine.Join(words.OfType<string>());
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
        {
            call["output"] ??= payload.Node("output"); // a search, or an output that came before
            return call;
        }
        call["status"] = output.HasFailed ? "failed" : "completed";
        call["durationMs"] = output.DurationMs;
        return call;
    }

    // A function's arguments are JSON in a string; what is not stays what it is.
    public static JsonElement Arguments(JsonElement payload) =>
        payload.Text("arguments") is { } text && NestedJson.Read(text) is { } arguments ? arguments : payload.Member("arguments");

    static JsonObject WithoutTimes(JsonObject item)
    {
        LegacyItems.WithoutTimes(item);
        return item;
    }
}

/// <summary>What a call gave back. A shell's output is JSON in a string, with the exit code and the time it took; that of other tools is
/// text.</summary>
/// <param name="Text">The output.</param>
/// <param name="ExitCode">The exit code, or null.</param>
/// <param name="DurationMs">The time it took in milliseconds, or null.</param>
/// <param name="HasFailed">Whether it failed.</param>
readonly record struct CallOutput(string Text, long? ExitCode, long? DurationMs, bool HasFailed)
{
    public static CallOutput Read(JsonElement output)
    {
        return output.AsText() is { } text
            ? OfText(text)
            : new CallOutput(TextOf(output), null, null, output.Member("success").ValueKind == JsonValueKind.False);
    }

    /// <summary>Reads an output that is text, or JSON in a text.</summary>
    public static CallOutput OfText(string text)
    {
        if (!text.StartsWith('{'))
            return new CallOutput(text, null, null, false);
        if (NestedJson.Read(text) is not { } result || result.Text("output") is not { } inner)
            return new CallOutput(text, null, null, false);
        var metadata = result.Member("metadata");
        var seconds =
            metadata.Member("duration_seconds") is { ValueKind: JsonValueKind.Number } time
            && time.TryGetDouble(out var value)
            && value is >= 0 and < 1e12
                ? value
                : (double?)null;
        return new CallOutput(
            inner,
            metadata.Number("exit_code"),
            seconds is { } s ? (long)Math.Round(s * 1000) : null,
            metadata.Number("exit_code") is not (null or 0)
        );
    }

    // A text, or parts that are texts; anything else is given as it is.
    static string TextOf(JsonElement output)
    {
        if (output.Text("content") is { } content)
            return content;
        if (output.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            return "";
        var parts = output.ValueKind == JsonValueKind.Array ? output.EnumerateArray().Select(part => part.Text("text")).ToList() : [null];
        return parts.Contains(null) ? output.GetRawText() : string.Join('\n', parts);
    }
}

/// <summary>JSON that stands in a string of a payload.</summary>
static class NestedJson
{
    /// <summary>Reads it, with what its strings may not hold mended; null when the text is no JSON.</summary>
    public static JsonElement? Read(string text)
    {
        try
        {
            return JsonElement.Parse(JsonRepair.Mend(Encoding.UTF8.GetBytes(text)).Span, PayloadJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
