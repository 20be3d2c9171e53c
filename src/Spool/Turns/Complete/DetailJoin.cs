using System.Text.Json.Nodes;

namespace Spool;

/// <summary>Adds what a call gave to the item of Codex's view that shows the same call.</summary>
static class DetailJoin
{
    static readonly string[] Own = ["type", "id", "status", "origin", "at", "startedAtMs", "completedAtMs", "durationMs"];

    /// <summary>Adds what the item does not have.</summary>
    /// <param name="item">The item of Codex's view.</param>
    /// <param name="detail">What shows the same.</param>
    public static void AddTo(JsonObject item, Detail detail)
    {
        var isSame = detail.Said is null || CallWords.AreIn(detail.Item, detail.Said, item);
        AddTo(item, detail.Item, isSame);
        if (!isSame)
            item["modelCall"] = detail.Said;
    }

    /// <summary>Gives the item of what Codex's view has not, with what came of it.</summary>
    public static JsonObject Whole(Detail detail)
    {
        if (detail.Ended is not { } ended)
            return detail.Item;
        AddTo(ended, detail);
        (ended["at"], ended["origin"]) = (detail.Item["at"]?.DeepClone(), detail.Item["origin"]?.DeepClone());
        return ended;
    }

    /// <summary>Adds what the item does not have.</summary>
    /// <param name="item">The item of Codex's view.</param>
    /// <param name="call">The item of the call.</param>
    /// <param name="isSame">Whether the item says what the call does; else only what the call gave is added.</param>
    public static void AddTo(JsonObject item, JsonObject call, bool isSame = true)
    {
        foreach (var time in (string[])["startedAtMs", "completedAtMs", "durationMs"])
        {
            if (item[time] is null && call[time] is { } value)
                item[time] = value.DeepClone();
        }
        switch ((string?)item["type"])
        {
            case "commandExecution":
                AddOutput(
                    item,
                    "aggregatedOutput",
                    (string?)call["type"] == "dynamicToolCall" ? CallResult.WithoutHeader(Output(call)) : Output(call)
                );
                if (item["exitCode"] is null && call["exitCode"] is { } code)
                    item["exitCode"] = code.DeepClone();
                foreach (var member in (string[])["sessionId", "images"])
                {
                    if (item[member] is null && call[member] is { } value)
                        item[member] = value.DeepClone();
                }
                if (isSame)
                {
                    item["cwd"] ??= call["cwd"]?.DeepClone();
                    AddOther(item, call);
                }
                break;
            case "fileChange" when (string?)call["type"] != "fileChange": // a patch that a command was to apply, or whose call is not there
                AddOutput(item, "output", CallResult.WithoutHeader(Output(call)));
                if (isSame)
                    AddOther(item, call);
                break;
            case "mcpToolCall" when item["result"] is null && item["error"] is null && (string?)call["type"] == "mcpToolCall":
                item["result"] = call["result"]?.DeepClone();
                break;
            case "mcpToolCall":
                AddGiven(item, "output", call);
                AddImages(item, call);
                break;
            case "dynamicToolCall" when (string?)call["type"] == "dynamicToolCall":
                if (isSame)
                {
                    item["namespace"] ??= call["namespace"]?.DeepClone();
                    item["arguments"] ??= call["arguments"]?.DeepClone();
                }
                if (call["error"] is { } error)
                    item["error"] = error.DeepClone();
                if (IsEmpty(item["contentItems"]))
                    item["contentItems"] = call["contentItems"]?.DeepClone();
                else
                {
                    AddGiven(item, "output", call);
                    AddImages(item, call);
                }
                break;
            case var type when type == (string?)call["type"]:
                AddOutput(item, "output", Output(call));
                Fill(item, call, isSame);
                break;
            default:
                if (isSame && call["arguments"] is { } arguments && item["arguments"] is null)
                    item["arguments"] = arguments.DeepClone();
                AddOutput(item, "output", Output(call));
                if (call["images"] is { } images && item["images"] is null)
                    item["images"] = images.DeepClone();
                break;
        }
    }

    // What else was asked for of a command.
    static void AddOther(JsonObject item, JsonObject call)
    {
        if (call["other"] is not JsonObject other)
            return;
        if (item["other"] is not JsonObject known)
            item["other"] = known = [];
        foreach (var (name, value) in other)
            known[name] ??= value?.DeepClone();
    }

    static void Fill(JsonObject item, JsonObject call, bool isSame)
    {
        foreach (var (name, value) in call)
        {
            if (value is not null && !Own.Contains(name) && IsEmpty(item[name]) && (isSame || name == "images"))
                item[name] = value.DeepClone();
        }
    }

    /// <summary>Says whether a member says nothing.</summary>
    public static bool IsEmpty(JsonNode? node) =>
        node is null or JsonArray { Count: 0 } || (node is JsonValue value && value.TryGetValue<string>(out var text) && text.Length == 0);

    // What the model was given is a member of its own only where it says something else than the output.
    static void AddOutput(JsonObject item, string member, string output)
    {
        if (string.IsNullOrWhiteSpace(output))
            return;
        if (IsEmpty(item[member]))
            item[member] = output;
        else if (
            item[member] is JsonValue value
            && value.TryGetValue<string>(out var said)
            && !said.Contains(output.Trim(), StringComparison.Ordinal)
        )
            item["modelOutput"] = output;
    }

    // What the model was given of a result with several texts may be the result as JSON, or one of the texts.
    static void AddGiven(JsonObject item, string member, JsonObject call)
    {
        var output = Output(call);
        if (string.IsNullOrWhiteSpace(output))
            return;
        var said = Texts(item["result"]).Concat(Texts(item["error"])).Concat(Texts(item["contentItems"])).ToList();
        if (said.Count == 0)
            AddOutput(item, member, output);
        else if (!IsSaid(output, said))
            item["modelOutput"] = output;
    }

    // Pictures that only the model was given.
    static void AddImages(JsonObject item, JsonObject call)
    {
        var given = (call["images"] as JsonArray ?? [])
            .Select(Text)
            .Concat((call["contentItems"] as JsonArray ?? []).Select(part => Text((part as JsonObject)?["imageUrl"])))
            .OfType<string>();
        var said = Texts(item["result"]).Concat(Texts(item["contentItems"])).Where(text => text.Length > 0).ToList();
        JsonNode[] others =
        [
            .. given.Where(image => !said.Exists(text => image.EndsWith(text, StringComparison.Ordinal))).Select(image => (JsonNode)image),
        ];
        if (others.Length > 0)
            item["images"] = new JsonArray(others);
    }

    static bool IsSaid(string output, List<string> said)
    {
        var all = string.Join('\n', said);
        if (all.Contains(output.Trim(), StringComparison.Ordinal) || string.Concat(said).Contains(output.Trim(), StringComparison.Ordinal))
            return true;
        if (output.AsSpan().TrimStart() is not ['[' or '{', ..])
            return false;
        try
        {
            return Texts(JsonNode.Parse(output)).All(text => all.Contains(text, StringComparison.Ordinal));
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    static IEnumerable<string> Texts(JsonNode? node) =>
        node switch
        {
            JsonObject members => members.Where(member => member.Key != "type").SelectMany(member => Texts(member.Value)),
            JsonArray elements => elements.SelectMany(Texts),
            JsonValue value when value.TryGetValue<string>(out var text) => [text],
            _ => [],
        };

    static string Output(JsonObject call) =>
        Text(call["aggregatedOutput"])
        ?? Text(call["output"])
        ?? ((string?)call["type"] == "mcpToolCall" ? string.Join('\n', Texts(call["result"]?["content"])) : null)
        ?? (
            call["contentItems"] is JsonArray parts
                ? string.Join('\n', parts.OfType<JsonObject>().Select(part => Text(part["text"])).OfType<string>())
                : ""
        );

    static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
