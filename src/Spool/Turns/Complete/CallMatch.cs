using System.Text.Json.Nodes;

namespace Spool;

/// <summary>Says how well the item of a call that the model made and that of an event fit each other, where several calls have the
/// id of the event.</summary>
static class CallMatch
{
    /// <summary>The event is of another call.</summary>
    public const int None = 0;

    /// <summary>It may be of the call: some tools do what has an item of another type.</summary>
    public const int Possible = 1;

    /// <summary>Both are of the same kind.</summary>
    public const int Type = 2;

    /// <summary>Both say the same.</summary>
    public const int Content = 3;

    /// <summary>Compares both.</summary>
    public static int Of(JsonObject call, JsonObject item)
    {
        var (type, other) = ((string?)call["type"], (string?)item["type"]);
        if (type != other)
            return type switch
            {
                "dynamicToolCall" => Possible, // a tool that Spool does not know
                "commandExecution" => other == "fileChange" ? Possible : None, // a patch that a command was to apply
                "fileChange" => other == "commandExecution" ? Possible : None,
                _ => None,
            };
        return type switch
        {
            "commandExecution" => Agree(call, item, "command"),
            "imageView" => Agree(call, item, "path"),
            "fileChange" => Lines(call).All(Lines(item).Contains),
            "mcpToolCall" => Same(call, item, "server") && Same(call, item, "tool") && Same(call, item, "arguments"),
            "dynamicToolCall" => Same(call, item, "tool") && Same(call, item, "arguments"),
            "webSearch" => call["action"] is null ? Same(call, item, "query") : Same(call, item, "action"),
            _ => Same(call, item, "result"),
        }
            ? Content
            : Type;
    }

    // An event names the shell that ran a command, and where a file is.
    static bool Agree(JsonObject call, JsonObject item, string member) =>
        Text(call[member]) is { Length: > 0 } own
        && Text(item[member]) is { } whole
        && (whole.Contains(own, StringComparison.Ordinal) || whole.Contains($"'{own}'", StringComparison.Ordinal));

    static bool Same(JsonObject call, JsonObject item, string member) => JsonNode.DeepEquals(call[member], item[member]);

    // What a patch adds and takes away, in whichever form.
    static HashSet<string> Lines(JsonObject change) =>
        [
            .. (change["changes"] as JsonArray ?? [])
                .SelectMany(part => (Text((part as JsonObject)?["diff"]) ?? "").Split('\n'))
                .Where(line => !line.StartsWith("@@", StringComparison.Ordinal))
                .Select(line => line.TrimStart('+', '-', ' ').TrimEnd())
                .Where(line => line.Length > 0),
        ];

    static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
