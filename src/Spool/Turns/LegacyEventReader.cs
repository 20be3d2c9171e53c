using System.Text.Json;

namespace Spool;

/// <summary>Finds what an item of a legacy log means for the turns. Items that mean nothing, nearly all bytes of a log, cost a look at
/// their type.</summary>
static class LegacyEventReader
{
    public static LegacyEvent Read(RolloutItem item)
    {
        switch (item.Kind)
        {
            case RolloutItemKind.Compacted:
                return new LegacyEvent(LegacyEventKind.Compacted);
            case RolloutItemKind.ResponseItem when item.IsBare:
                return BareEvents.Read(item) is { Kind: not LegacyEventKind.None } bare ? bare : CallOrNone(item);
            case RolloutItemKind.ResponseItem:
                return HookPrompt.IsIn(item) ? new LegacyEvent(LegacyEventKind.HookPrompt) : CallOrNone(item);
            case RolloutItemKind.Event:
                break;
            default:
                return default;
        }
        var kind = KindOf(item);
        if (kind == LegacyEventKind.None)
            return default;
        try
        {
            return Interpret(item, kind, LegacyMembers.Read(item.Json.Span));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    static LegacyEvent CallOrNone(RolloutItem item) => ToolCallRecord.IsIn(item) ? new LegacyEvent(LegacyEventKind.Call) : default;

    static LegacyEventKind KindOf(RolloutItem item) =>
        item.IsPayload("token_count"u8) ? LegacyEventKind.None
        : item.IsPayload("user_message"u8) ? LegacyEventKind.UserMessage
        : item.IsPayload("agent_message"u8)
        || item.IsPayload("context_compacted"u8)
        || item.IsPayload("entered_review_mode"u8)
        || item.IsPayload("exited_review_mode"u8)
            ? LegacyEventKind.Message
        : item.IsPayload("agent_reasoning"u8) || item.IsPayload("agent_reasoning_raw_content"u8) ? LegacyEventKind.Reasoning
        : item.IsPayload("task_started"u8) || item.IsPayload("turn_started"u8) ? LegacyEventKind.Start
        : item.IsPayload("task_complete"u8) || item.IsPayload("turn_complete"u8) ? LegacyEventKind.Complete
        : item.IsPayload("turn_aborted"u8) ? LegacyEventKind.Abort
        : item.IsPayload("thread_rolled_back"u8) ? LegacyEventKind.Rollback
        : item.IsPayload("error"u8) ? LegacyEventKind.Error
        : item.IsPayload("exec_command_end"u8)
        || item.IsPayload("patch_apply_end"u8)
        || item.IsPayload("dynamic_tool_call_request"u8)
        || item.IsPayload("dynamic_tool_call_response"u8)
        || item.IsPayload("item_completed"u8)
        || item.IsPayload("guardian_assessment"u8)
            ? LegacyEventKind.TurnItem
        : item.IsPayload("mcp_tool_call_end"u8)
        || item.IsPayload("web_search_end"u8)
        || item.IsPayload("image_generation_end"u8)
        || item.IsPayload("view_image_tool_call"u8)
        || item.IsPayload("sub_agent_activity"u8)
        || item.IsPayload("collab_agent_spawn_end"u8)
        || item.IsPayload("collab_agent_interaction_end"u8)
        || item.IsPayload("collab_waiting_end"u8)
        || item.IsPayload("collab_close_end"u8)
        || item.IsPayload("collab_resume_end"u8)
            ? LegacyEventKind.CurrentItem
        : LegacyEventKind.None;

    static LegacyEvent Interpret(RolloutItem item, LegacyEventKind kind, in LegacyMembers members)
    {
        switch (kind)
        {
            case LegacyEventKind.Start or LegacyEventKind.Complete when members.Turn.IsEmpty:
                return default; // Codex does not decode them.
            case LegacyEventKind.Message
                when members.ItemId is { } id && (item.IsPayload("entered_review_mode"u8) || item.IsPayload("exited_review_mode"u8)):
                return new LegacyEvent(members.Turn.IsEmpty ? LegacyEventKind.CurrentItem : LegacyEventKind.OpeningItem, members.Turn, id);
            case LegacyEventKind.Message:
                return item.IsPayload("agent_message"u8) && !members.HasMessage ? default : new LegacyEvent(kind);
            case LegacyEventKind.Reasoning:
                return members.HasText ? new LegacyEvent(kind) : default;
            case LegacyEventKind.Error:
                return members.LeavesTurnAlone ? default : new LegacyEvent(kind);
            case LegacyEventKind.TurnItem when item.IsPayload("item_completed"u8):
                return members.IsPlan ? new LegacyEvent(kind, members.Turn, members.PlanId) : default;
            case LegacyEventKind.TurnItem when item.IsPayload("guardian_assessment"u8):
                return members is { IsGuardedCommand: true, TargetId: { } target } ? new LegacyEvent(kind, members.Turn, target) : default;
            default:
                return new LegacyEvent(kind, members.Turn, members.CallId ?? members.Id ?? ItemHash.Of([]), members.Count);
        }
    }
}
