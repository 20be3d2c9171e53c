using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spool;

/// <summary>What the model said when it called a tool: kept beside what came of the call where that says something else.</summary>
static class ModelCall
{
    static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Gives the name of the tool and what it was given, in the words of the log.</summary>
    /// <param name="type">The type of the record.</param>
    /// <param name="payload">The record.</param>
    public static JsonObject Of(string type, JsonElement payload)
    {
        var call = new JsonObject { ["name"] = payload.Text("name") ?? type[..^"_call".Length] };
        if (payload.Text("namespace") is { } space)
            call["namespace"] = space;
        if (type == "custom_tool_call")
            call["input"] = Words(payload.Member("input"));
        else if (type == "function_call")
            call["arguments"] = Words(payload.Member("arguments"));
        else
        {
            var rest = payload.AsNode() as JsonObject ?? [];
            foreach (var known in (string[])["type", "id", "call_id", "name", "namespace", "status"])
                rest.Remove(known);
            var only = rest.Count == 1 ? rest.Single().Key : "";
            call["arguments"] = only is "arguments" or "action" ? Words(payload.Member(only)) : rest.ToJsonString(Plain);
        }
        return call;
    }

    static string? Words(JsonElement said) =>
        said.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null : said.AsText() ?? said.GetRawText();
}
