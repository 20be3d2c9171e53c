using System.Text;
using System.Text.Json;
using CsCheck;
using Xunit;

namespace Spool.Tests;

public sealed class PersistencePolicyTests
{
    // The columns are Limited, Extended, Legacy, Paginated.
    public static TheoryData<string, string> Table =>
        new()
        {
            { "response_item message", "yyyy" },
            { "response_item reasoning", "yyyy" },
            { "response_item function_call", "yyyy" },
            { "response_item function_call_output", "yyyy" },
            { "response_item custom_tool_call_output", "yyyy" },
            { "response_item web_search_call", "yyyy" },
            { "response_item compaction", "yyyy" },
            { "response_item context_compaction", "--yy" },
            { "response_item agent_message", "--yy" },
            { "response_item compaction_trigger", "----" },
            { "response_item ghost_snapshot", "----" },
            { "event_msg user_message", "yyy-" },
            { "event_msg agent_message", "yyy-" },
            { "event_msg agent_reasoning", "yyy-" },
            { "event_msg token_count", "yyyy" },
            { "event_msg thread_rolled_back", "yyyy" },
            { "event_msg turn_aborted", "yyyy" },
            { "event_msg task_started", "yyyy" },
            { "event_msg turn_started", "yyyy" },
            { "event_msg task_complete", "yyyy" },
            { "event_msg patch_apply_end", "yyy-" },
            { "event_msg context_compacted", "yyy-" },
            { "event_msg entered_review_mode", "yyy-" },
            { "event_msg image_generation_end", "yyy-" },
            { "event_msg thread_name_updated", "yy--" },
            { "event_msg undo_completed", "yy--" },
            { "event_msg thread_goal_updated", "--yy" },
            { "event_msg thread_settings_applied", "--yy" },
            { "event_msg mcp_tool_call_end", "-yy-" },
            { "event_msg web_search_end", "-yy-" },
            { "event_msg sub_agent_activity", "--y-" },
            { "event_msg error", "-y--" },
            { "event_msg exec_command_end", "-y--" },
            { "event_msg dynamic_tool_call_response", "-y--" },
            { "event_msg exec_command_begin", "----" },
            { "event_msg agent_message_delta", "----" },
            { "event_msg session_configured", "----" },
            { "event_msg of_a_later_version", "----" },
            { "event_msg item_completed Plan", "yyyy" },
            { "event_msg item_completed Sleep", "--yy" },
            { "event_msg item_completed AgentMessage", "---y" },
            { "event_msg item_started", "----" },
            { "session_meta", "yyyy" },
            { "turn_context", "yyyy" },
            { "compacted", "yyyy" },
            { "world_state", "yyyy" },
            { "of_a_later_version", "yyyy" },
        };

    [Theory, MemberData(nameof(Table))]
    public void Each_kind_of_item_is_kept_in_its_modes(string kind, string modes)
    {
        var words = kind.Split(' ');
        var payload =
            words.Length == 3 ? $$$"""{"type":"{{{words[1]}}}","item":{"id":"x","type":"{{{words[2]}}}"}}"""
            : words.Length == 2 ? $$"""{"a":[{}],"type":"{{words[1]}}"}"""
            : "{}";
        var item = NewItem.FromJson(words[0], payload);

        var kept = string.Concat(Enum.GetValues<PersistenceMode>().Select(mode => PersistencePolicy.Apply(item, mode) is null ? '-' : 'y'));

        Assert.Equal(modes, kept);
    }

    [Fact]
    public void An_item_that_is_kept_is_kept_as_it_is()
    {
        var item = NewItem.FromJson("event_msg", """{"type":"user_message","message":"hi"}""");

        Assert.Same(item, PersistencePolicy.Apply(item, PersistenceMode.Legacy));
    }

    [Fact]
    public void The_mode_follows_the_history_mode() =>
        Assert.Equal(
            (PersistenceMode.Legacy, PersistenceMode.Paginated),
            (PersistencePolicy.For(HistoryModes.Legacy), PersistencePolicy.For(HistoryModes.Paginated))
        );

    [Fact]
    public void The_end_of_a_command_keeps_the_beginning_and_the_end_of_its_output()
    {
        var output = new string('a', 6000) + new string('ä', 6000);
        var item = NewItem.FromJson(
            "event_msg",
            $$"""{"type":"exec_command_end","stdout":"long","exit_code":0,"aggregated_output":"{{output}}","stderr":"x","formatted_output":"y"}"""
        );

        using var kept = JsonDocument.Parse(PersistencePolicy.Apply(item, PersistenceMode.Extended)!.Payload);

        Assert.Equal(
            new string('a', 5000) + "…4500 chars truncated…" + new string('ä', 2500),
            kept.RootElement.GetProperty("aggregated_output").GetString()
        );
        Assert.Equal(
            ["", "", ""],
            ((string[])["stdout", "stderr", "formatted_output"]).Select(name => kept.RootElement.GetProperty(name).GetString())
        );
        Assert.Equal(0, kept.RootElement.GetProperty("exit_code").GetInt32());
    }

    [Fact]
    public void Shortened_text_stays_text_and_within_its_budget() =>
        Gen
            .String.Array[0, 40]
            .Sample(
                parts =>
                {
                    var text = string.Concat(parts.Select(part => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(part))))
                        is { Length: > 0 } some
                        ? string.Concat(Enumerable.Repeat(some, 12_000 / some.Length + 1))
                        : "";

                    var shortened = CommandOutputOf(text);

                    Assert.Equal(shortened, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(shortened)));
                    Assert.True(Encoding.UTF8.GetByteCount(shortened) <= 10_060);
                    if (Encoding.UTF8.GetByteCount(text) <= 10_000)
                        Assert.Equal(text, shortened);
                },
                iter: 200
            );

    static string CommandOutputOf(string text)
    {
        var payload = $$$"""{"type":"exec_command_end","aggregated_output":{{{JsonSerializer.Serialize(text)}}}}""";
        using var kept = JsonDocument.Parse(
            PersistencePolicy.Apply(NewItem.FromJson("event_msg", payload), PersistenceMode.Extended)!.Payload
        );
        return kept.RootElement.GetProperty("aggregated_output").GetString()!;
    }
}
