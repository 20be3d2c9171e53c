namespace Spool;

/// <summary>Tells what a program said to the model in the name of a user or a developer from what a user said.</summary>
static class ContextText
{
    static readonly (string Start, string Kind)[] Kinds =
    [
        ("<environment_context>", "environment"),
        ("<environments", "environment"),
        ("# AGENTS.md instructions", "agentsMd"),
        ("<INSTRUCTIONS>", "agentsMd"),
        ("<user_instructions>", "instructions"),
        ("<developer_instructions>", "instructions"),
        ("<permissions instructions>", "permissions"),
        ("<permissions_instructions>", "permissions"),
        ("<skills_instructions>", "skills"),
        ("<skill>", "skills"),
        ("<skills>", "skills"),
        ("<apps_instructions>", "apps"),
        ("<plugins_instructions>", "plugins"),
        ("<collaboration_mode>", "collaborationMode"),
        ("<personality_spec>", "personality"),
        ("<model_switch>", "modelSwitch"),
        ("<memories", "memory"),
        ("<memory", "memory"),
        ("<turn_aborted>", "turnAborted"),
        ("<user_shell_command>", "userShellCommand"),
        ("<user_action>", "userAction"),
        ("<subagent_notification>", "subagentNotification"),
        ("<realtime_conversation>", "realtime"),
        ("<context_window", "contextWindow"),
        ("<token_budget", "contextWindow"),
        ("<goal_context>", "goal"),
        ("<hook_prompt ", "hookPrompt"),
        ("Warning: apply_patch was requested", "warning"),
    ];

    /// <summary>Gives the kind of a text that a program wrote, or null when a user may have written it.</summary>
    public static string? KindOf(string text)
    {
        var start = text.AsSpan().TrimStart();
        if (start.Length == 0 || start[0] is not ('<' or '#' or 'W' or 'w'))
            return null;
        foreach (var (beginning, kind) in Kinds)
        {
            if (start.StartsWith(beginning, StringComparison.OrdinalIgnoreCase))
                return kind;
        }
        return null;
    }

    /// <summary>Says whether a text only stands around an image.</summary>
    public static bool IsImageMark(string text) =>
        text.Trim() is var mark
        && (
            mark == "</image>"
            || (mark.StartsWith("<image", StringComparison.Ordinal) && mark.IndexOf('>', StringComparison.Ordinal) == mark.Length - 1)
        );
}
