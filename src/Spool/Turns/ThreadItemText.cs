using System.Text.Json.Nodes;

namespace Spool;

/// <summary>Finds what a person would read of an item.</summary>
static class ThreadItemText
{
    public static string Of(ThreadItem item) =>
        item.Type switch
        {
            "userMessage" => Join(item.Json["content"], "text", "\n"),
            "agentMessage" or "plan" => Text(item.Json["text"]),
            "reasoning" => string.Join("\n\n", Strings(item.Json["summary"]).Concat(Strings(item.Json["content"]))),
            "commandExecution" => Text(item.Json["command"]),
            "fileChange" => Join(item.Json["changes"], "path", "\n"),
            "enteredReviewMode" or "exitedReviewMode" => Text(item.Json["review"]),
            "mcpToolCall" => $"{Text(item.Json["server"])}.{Text(item.Json["tool"])}",
            "dynamicToolCall" or "collabAgentToolCall" => Text(item.Json["tool"]),
            "webSearch" => Text(item.Json["query"]),
            "imageView" => Text(item.Json["path"]),
            _ => Text(item.Json["text"]),
        };

    static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    static IEnumerable<string> Strings(JsonNode? node) => node is JsonArray array ? array.Select(Text).Where(text => text.Length > 0) : [];

    static string Join(JsonNode? node, string member, string separator) =>
        node is JsonArray array
            ? string.Join(separator, array.OfType<JsonObject>().Select(part => Text(part[member])).Where(text => text.Length > 0))
            : "";
}
