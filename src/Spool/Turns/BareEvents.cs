using System.Text;
using System.Text.Json;

namespace Spool;

/// <summary>Finds what an item without an envelope means for the turns. Early Codex recorded no events: what the model got and gave stands
/// for them.</summary>
static class BareEvents
{
    public static LegacyEvent Read(RolloutItem item)
    {
        if (item.IsPayload("message"u8))
        {
            return BareMessage.Read(item) is not { } message ? default
                : message.IsFromUser ? new LegacyEvent(LegacyEventKind.UserMessage)
                : message.IsFromAgent ? new LegacyEvent(LegacyEventKind.Message)
                : default;
        }
        var isReasoning = item.IsPayload("reasoning"u8);
        if (!isReasoning && !IsCall(item))
            return default;
        try
        {
            using var document = JsonDocument.Parse(item.Json, PayloadJson.Options);
            var payload = document.RootElement;
            if (isReasoning)
                return BareItems.HasText(payload) ? new LegacyEvent(LegacyEventKind.Reasoning) : default;
            return BareItems.IdOf(payload) is { } id
                ? new LegacyEvent(LegacyEventKind.CurrentItem, Item: ItemHash.Of(Encoding.UTF8.GetBytes(id)))
                : new LegacyEvent(LegacyEventKind.Message);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    static bool IsCall(RolloutItem item) =>
        item.IsPayload("function_call"u8)
        || item.IsPayload("function_call_output"u8)
        || item.IsPayload("local_shell_call"u8)
        || item.IsPayload("local_shell_call_output"u8)
        || item.IsPayload("custom_tool_call"u8)
        || item.IsPayload("custom_tool_call_output"u8)
        || item.IsPayload("web_search_call"u8);
}
