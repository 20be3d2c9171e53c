using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Spool;

/// <summary>Finds the prompts that hooks put into a conversation: user messages to the model in <c>hook_prompt</c> markup.</summary>
static partial class HookPrompt
{
    /// <summary>Says whether a response item carries hook prompts. For any other item it costs one search for a word.</summary>
    public static bool IsIn(RolloutItem item) =>
        item.IsPayload("message"u8) && item.Payload.Span.IndexOf("<hook_prompt "u8) >= 0 && Fragments(item).Count > 0;

    public static JsonObject Convert(RolloutItem item, string madeUpId) =>
        new()
        {
            ["type"] = "hookPrompt",
            ["id"] = OwnId(item) ?? madeUpId,
            ["fragments"] = Fragments(item),
        };

    static string? OwnId(RolloutItem item)
    {
        using var document = JsonDocument.Parse(item.Json, PayloadJson.Options);
        return document.RootElement.Text("id") is { Length: > 0 } id ? id : null;
    }

    static JsonArray Fragments(RolloutItem item)
    {
        var fragments = new JsonArray();
        try
        {
            using var document = JsonDocument.Parse(item.Json, PayloadJson.Options);
            if (document.RootElement.Text("role") != "user")
                return fragments;
            foreach (var part in document.RootElement.Array("content"))
            {
                if (Markup().Match(part.Text("text")?.Trim() ?? "") is { Success: true } match)
                    fragments.Add(
                        (JsonNode)
                            new JsonObject
                            {
                                ["text"] = WebUtility.HtmlDecode(match.Groups[2].Value),
                                ["hookRunId"] = WebUtility.HtmlDecode(match.Groups[1].Value),
                            }
                    );
            }
        }
        catch (JsonException) { }
        return fragments;
    }

    [GeneratedRegex("""^<hook_prompt hook_run_id="([^"]*)">(.*)</hook_prompt>$""", RegexOptions.Singleline)]
    private static partial Regex Markup();
}
