using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spool;

/// <summary>Reads of events what Codex's view makes nothing of though it shows the event: what a patch printed, why a tool failed, what a
/// review was asked for and how it judged.</summary>
static class DetailBeside
{
    /// <summary>Gives it as an item that is joined with that of the event by its id, or that stands beside it; null for most
    /// events.</summary>
    /// <param name="record">An event that Codex's view shows.</param>
    /// <param name="payload">Its payload.</param>
    public static Detail? Of(RolloutItem record, JsonElement payload)
    {
        if (record.Kind != RolloutItemKind.Event)
            return null;
        if (record.IsPayload("item_completed"u8))
        {
            var item = payload.Member("item");
            return Of(item.Text("type"), item.Text("id"), item);
        }
        if (record.IsPayload("patch_apply_end"u8))
            return Of("FileChange", payload.Text("call_id"), payload);
        if (record.IsPayload("dynamic_tool_call_response"u8))
            return Of("DynamicToolCall", payload.Text("call_id"), payload);
        if (record.IsPayload("entered_review_mode"u8))
            return Of("EnteredReviewMode", null, payload);
        return record.IsPayload("exited_review_mode"u8) ? Of("ExitedReviewMode", null, payload) : null;
    }

    static Detail? Of(string? type, string? id, JsonElement source) =>
        type switch
        {
            "FileChange" when Printed(source) is { Length: > 0 } printed => Join(id, "fileChange", "output", printed),
            "DynamicToolCall" when source.Text("error") is { Length: > 0 } error => Join(id, "dynamicToolCall", "error", error),
            "EnteredReviewMode" when Asked(source) is { } asked => Beside(asked),
            "ExitedReviewMode" when Judged(source.Member("review_output")) is { } judged => Beside(judged),
            _ => null,
        };

    static string Printed(JsonElement patch) =>
        string.Join('\n', ((string?[])[patch.Text("stdout"), patch.Text("stderr")]).Where(text => !string.IsNullOrWhiteSpace(text)));

    static JsonObject? Asked(JsonElement request) =>
        request.Member("target").Text("instructions") is { Length: > 0 } instructions
        && request.Text("user_facing_hint")?.Contains(instructions, StringComparison.Ordinal) != true
            ? new JsonObject { ["instructions"] = instructions }
            : null;

    // What the text of the review does not say.
    static JsonObject? Judged(JsonElement output)
    {
        if (output.AsNode() is not JsonObject judged)
            return null;
        judged.Remove("findings");
        judged.Remove("overall_explanation");
        return judged.Any(member => member.Value is not null) ? judged : null;
    }

    static Detail Join(string? id, string type, string member, string text) =>
        new(
            DetailKind.Output,
            new JsonObject
            {
                ["type"] = type,
                ["id"] = id,
                [member] = text,
            },
            DetailRecords.Id(id)
        );

    static Detail Beside(JsonObject payload)
    {
        var item = DetailRecords.State("review", default);
        item["payload"] = payload;
        return new Detail(DetailKind.Plain, item);
    }
}
