using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spool;

/// <summary>Converts the completed items of a paginated log.</summary>
static class CompletedItems
{
    /// <summary>Makes the item of an <c>item_completed</c> event.</summary>
    /// <param name="id">The item's id.</param>
    /// <param name="payload">The payload of the event.</param>
    public static JsonObject Convert(string id, JsonElement payload)
    {
        var source = payload.Member("item");
        var item = source.Text("type") switch
        {
            "UserMessage" => MessageItems.User(id, source),
            "AgentMessage" => MessageItems.Agent(id, string.Concat(source.Array("content").Select(part => part.Text("text"))), source),
            "Plan" => MessageItems.Plan(id, source),
            "Reasoning" => MessageItems.Reasoning(id, source.Node("summary_text"), source.Node("raw_content")),
            "CommandExecution" => ToolItems.Command(id, source),
            "FileChange" => ToolItems.FileChange(id, source),
            "McpToolCall" => CallItems.Mcp(id, source),
            "DynamicToolCall" => CallItems.DynamicResponse(id, source),
            "WebSearch" => ToolItems.WebSearch(id, source),
            "ImageView" => ToolItems.ImageView(id, source),
            "ImageGeneration" => ToolItems.ImageGeneration(id, source),
            "EnteredReviewMode" => MessageItems.Review("enteredReviewMode", id, ReviewText.OfRequest(source)),
            "ExitedReviewMode" => MessageItems.Review("exitedReviewMode", id, ReviewText.OfOutput(source.Member("review_output"))),
            "ContextCompaction" => MessageItems.Mark("contextCompaction", id),
            "HookPrompt" => HookPrompts(id, source),
            "SubAgentActivity" => CallItems.AgentActivity(id, source),
            var type => GenericItem.Convert(WireNames.Camel(type ?? "unknown"), id, source),
        };
        item["startedAtMs"] = payload.Node("started_at_ms");
        item["completedAtMs"] = payload.Node("completed_at_ms");
        return item;
    }

    static JsonObject HookPrompts(string id, JsonElement source) =>
        new()
        {
            ["type"] = "hookPrompt",
            ["id"] = id,
            ["fragments"] = new JsonArray([.. source.Array("fragments").Select(WireNames.CamelDeep)]),
        };
}
