using System.Collections.Frozen;

namespace Spool;

/// <summary>Which of the items that a session produces are stored.</summary>
public enum PersistenceMode
{
    /// <summary>What Codex up to 0.130 stored by default: messages and the marks of turns, not the details of commands.</summary>
    Limited,

    /// <summary>What Codex up to 0.130 stored when asked for everything: also the ends of commands, with their output shortened, and
    /// errors.</summary>
    Extended,

    /// <summary>What later releases store in legacy threads.</summary>
    Legacy,

    /// <summary>What later releases store in paginated threads: completed items in place of the events they replace.</summary>
    Paginated,
}

/// <summary>Decides which items of a session are stored, as Codex does.</summary>
/// <remarks>It knows response items and events by name and leaves out the ones it does not know: most of them are fragments of what comes
/// later as a whole. Items of any other type are kept.</remarks>
public static class PersistencePolicy
{
    const string Always = "LEgp"; // one letter for each mode; see Letter

    static readonly FrozenDictionary<string, string> ResponseItems = Table(
        (
            Always,
            "message reasoning local_shell_call function_call function_call_output tool_search_call tool_search_output custom_tool_call custom_tool_call_output web_search_call image_generation_call compaction"
        ),
        ("gp", "context_compaction agent_message")
    );

    static readonly FrozenDictionary<string, string> Events = Table(
        (Always, "token_count thread_rolled_back turn_aborted task_started turn_started task_complete turn_complete"),
        (
            "LEg",
            "user_message agent_message agent_reasoning agent_reasoning_raw_content patch_apply_end context_compacted entered_review_mode exited_review_mode image_generation_end"
        ),
        ("LE", "thread_name_updated undo_completed"),
        ("gp", "thread_goal_updated thread_settings_applied"),
        ("Eg", "mcp_tool_call_end web_search_end"),
        ("g", "sub_agent_activity"),
        (
            "E",
            "error guardian_assessment exec_command_end view_image_tool_call collab_agent_spawn_end collab_agent_interaction_end collab_waiting_end collab_close_end collab_resume_end dynamic_tool_call_request dynamic_tool_call_response"
        )
    );

    static readonly FrozenDictionary<string, string> CompletedItems = Table((Always, "Plan"), ("g", "Sleep"));

    /// <summary>Gives the mode that fits a history mode.</summary>
    /// <param name="historyMode">One of <see cref="HistoryModes"/>.</param>
    public static PersistenceMode For(string historyMode) =>
        historyMode == HistoryModes.Paginated ? PersistenceMode.Paginated : PersistenceMode.Legacy;

    /// <summary>Gives an item as it is to be stored.</summary>
    /// <param name="item">The item.</param>
    /// <param name="mode">The mode.</param>
    /// <returns>The item, the same with long output shortened, or null when it is not stored.</returns>
    public static NewItem? Apply(NewItem item, PersistenceMode mode)
    {
        ArgumentNullException.ThrowIfNull(item);
        DefinedValues.Check(mode);
        switch (item.Type)
        {
            case "response_item":
                return Holds(ResponseItems, NewItemType.Of(item), mode) ? item : null;
            case "event_msg":
                var type = NewItemType.Of(item);
                if (type == "item_completed")
                    return mode == PersistenceMode.Paginated || Holds(CompletedItems, NewItemType.OfCompletedItem(item), mode)
                        ? item
                        : null;
                if (!Holds(Events, type, mode))
                    return null;
                return mode == PersistenceMode.Extended && type == "exec_command_end" ? CommandOutput.Shorten(item) : item;
            default:
                return item;
        }
    }

    static bool Holds(FrozenDictionary<string, string> table, string? type, PersistenceMode mode) =>
        type is not null && table.TryGetValue(type, out var modes) && modes.Contains(Letter(mode), StringComparison.Ordinal);

    static char Letter(PersistenceMode mode) =>
        mode switch
        {
            PersistenceMode.Limited => 'L',
            PersistenceMode.Extended => 'E',
            PersistenceMode.Legacy => 'g',
            PersistenceMode.Paginated => 'p',
            _ => throw new ArgumentOutOfRangeException(nameof(mode)),
        };

    static FrozenDictionary<string, string> Table(params ReadOnlySpan<(string Modes, string Types)> rows)
    {
        var table = new Dictionary<string, string>();
        foreach (var (modes, types) in rows)
        {
            foreach (var type in types.Split(' '))
                table.Add(type, modes);
        }
        return table.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
