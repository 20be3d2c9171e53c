using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spool;

/// <summary>Converts the events of a legacy log to items.</summary>
static class LegacyItems
{
    /// <summary>Makes the item that an event adds.</summary>
    /// <param name="payloadType">The type of the event.</param>
    /// <param name="number">The item's number, for those that have one.</param>
    /// <param name="payload">The payload of the event.</param>
    public static JsonObject Convert(string payloadType, long number, JsonElement payload)
    {
        var item = payloadType switch
        {
            "sub_agent_activity" => CallItems.AgentActivity(payload.Text("event_id") ?? "", payload),
            "user_message" => MessageItems.LegacyUser($"item-{number}", payload),
            "agent_message" => MessageItems.Agent($"item-{number}", payload.Text("message") ?? "", payload),
            "agent_reasoning" or "agent_reasoning_raw_content" => Reasoning($"item-{number}", payloadType, payload),
            "context_compacted" => MessageItems.Mark("contextCompaction", $"item-{number}"),
            "entered_review_mode" => MessageItems.Review("enteredReviewMode", ReviewId(number, payload), ReviewText.OfRequest(payload)),
            "exited_review_mode" => MessageItems.Review(
                "exitedReviewMode",
                ReviewId(number, payload),
                ReviewText.OfOutput(payload.Member("review_output"))
            ),
            "item_completed" => MessageItems.Plan(payload.Member("item").Text("id") ?? "", payload.Member("item")),
            "guardian_assessment" => ToolItems.GuardedCommand(payload.Text("target_item_id") ?? "", payload),
            _ => Call(payloadType, payload.Text("call_id") ?? payload.Text("callId") ?? payload.Text("id") ?? "", payload),
        };
        WithoutTimes(item);
        // Few records of a legacy log say when it was.
        if (payloadType == "item_completed")
            (item["startedAtMs"], item["completedAtMs"]) = (payload.Node("started_at_ms"), Moment(payload, "completed_at_ms"));
        else if (payloadType == "sub_agent_activity")
            item["completedAtMs"] = Moment(payload, "occurred_at_ms");
        return item;
    }

    /// <summary>Adds to the reasoning item at the end of a turn.</summary>
    public static void Extend(JsonObject reasoning, string payloadType, JsonElement payload)
    {
        if (reasoning[payloadType == "agent_reasoning" ? "summary" : "content"] is JsonArray texts)
            texts.Add((JsonNode?)JsonValue.Create(payload.Text("text")));
    }

    /// <summary>Gives an item the members of its times without values.</summary>
    public static void WithoutTimes(JsonObject item) => (item["startedAtMs"], item["completedAtMs"]) = (null, null);

    // 0 is how a record says that it does not know.
    static JsonValue? Moment(JsonElement payload, string name) => payload.Number(name) is { } ms and not 0 ? JsonValue.Create(ms) : null;

    static string ReviewId(long number, JsonElement payload) => number > 0 ? $"item-{number}" : payload.Text("item_id") ?? "";

    static JsonObject Reasoning(string id, string payloadType, JsonElement payload)
    {
        var item = MessageItems.Reasoning(id, null, null);
        Extend(item, payloadType, payload);
        return item;
    }

    static JsonObject Call(string payloadType, string id, JsonElement payload) =>
        payloadType switch
        {
            "exec_command_end" => ToolItems.Command(id, payload),
            "patch_apply_end" => ToolItems.FileChange(id, payload),
            "dynamic_tool_call_request" => CallItems.DynamicRequest(id, payload),
            "dynamic_tool_call_response" => CallItems.DynamicResponse(id, payload),
            "mcp_tool_call_end" => CallItems.Mcp(id, payload),
            "web_search_end" => ToolItems.WebSearch(id, payload),
            "image_generation_end" => ToolItems.ImageGeneration(id, payload),
            "view_image_tool_call" => ToolItems.ImageView(id, payload),
            _ => CallItems.Agent(id, payloadType, payload),
        };
}
