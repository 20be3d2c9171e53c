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
        if (record.IsPayload("exec_command_end"u8))
            return Of("CommandExecution", payload.Text("call_id"), payload);
        if (record.IsPayload("dynamic_tool_call_response"u8))
            return Of("DynamicToolCall", payload.Text("call_id"), payload);
        if (record.IsPayload("entered_review_mode"u8))
            return Of("EnteredReviewMode", null, payload);
        return record.IsPayload("exited_review_mode"u8) ? Of("ExitedReviewMode", null, payload) : null;
    }

    static Detail? Of(string? type, string? id, JsonElement source) =>
        type switch
        {
            "FileChange" when Printed(source) is { Length: > 0 } printed => Join(id, "fileChange", new() { ["output"] = printed }),
            "CommandExecution" when OfCommand(source) is { } more => Join(id, "commandExecution", more),
            "DynamicToolCall" when source.Text("error") is { Length: > 0 } error => Join(
                id,
                "dynamicToolCall",
                new() { ["error"] = error }
            ),
            "EnteredReviewMode" when Asked(source) is { } asked => Beside(asked),
            "ExitedReviewMode" when Judged(source.Member("review_output")) is { } judged => Beside(judged),
            _ => null,
        };

    // Some have their output in two parts only, and of a command that no shell could be given there is only that in Codex's view.
    static JsonObject? OfCommand(JsonElement command)
    {
        var more = new JsonObject();
        if (string.IsNullOrEmpty(command.Text("aggregated_output")) && Printed(command) is { Length: > 0 } printed)
            more["aggregatedOutput"] = printed;
        if (CommandLine.HasNul(command.Member("command")))
            more["other"] = new JsonObject { ["command"] = command.Node("command") };
        return more.Count > 0 ? more : null;
    }

    static string Printed(JsonElement call) =>
        string.Join('\n', ((string?[])[call.Text("stdout"), call.Text("stderr")]).Where(text => !string.IsNullOrWhiteSpace(text)));

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

    static Detail Join(string? id, string type, JsonObject members)
    {
        (members["type"], members["id"]) = (type, id);
        return new Detail(DetailKind.Output, members, DetailRecords.Id(id)) { IsBeside = true };
    }

    static Detail Beside(JsonObject payload)
    {
        var item = DetailRecords.State("review", default);
        item["payload"] = payload;
        return new Detail(DetailKind.Plain, item);
    }
}
