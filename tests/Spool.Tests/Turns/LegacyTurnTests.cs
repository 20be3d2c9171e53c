using Xunit;
using static Spool.Tests.RolloutText;

namespace Spool.Tests;

public sealed class LegacyTurnTests
{
    const string A = "01a20429-18bd-73d2-95dd-360cfd9f4227";

    [Fact]
    public void A_turn_has_its_messages_numbered_and_its_times() => AssertTurns(
        $$"""
        [{"id":"{{A}}","rootTurnId":null,"itemsView":"full","status":"completed","error":null,"startedAt":1795366145,"completedAt":1795366146,"durationMs":37,"items":[
          {"type":"userMessage","id":"item-1","clientId":null,"content":[{"type":"text","text":"hi","text_elements":[]},{"type":"image","url":"data:x","detail":null}],"startedAtMs":null,"completedAtMs":null},
          {"type":"reasoning","id":"item-2","summary":["a","b"],"content":["raw"]},
          {"type":"agentMessage","id":"item-3","text":"hello","phase":null,"memoryCitation":null}]}]
        """,
        Turns(
            HistoryModes.Legacy,
            Event("task_started", $"\"turn_id\":\"{A}\",\"started_at\":1795366145"),
            Event("user_message", "\"message\":\"hi\",\"images\":[\"data:x\"],\"local_images\":[],\"text_elements\":[]"),
            Event("agent_reasoning", "\"text\":\"a\""),
            Event("agent_reasoning", "\"text\":\"b\""),
            Event("agent_reasoning_raw_content", "\"text\":\"raw\""),
            Event("agent_message", "\"message\":\"hello\",\"phase\":null,\"memory_citation\":null"),
            Event("task_complete", $"\"turn_id\":\"{A}\",\"completed_at\":1795366146,\"duration_ms\":37")));

    [Fact]
    public void A_log_without_turn_records_begins_a_turn_with_each_user_message() => AssertTurns(
        """[{"id":"rollout-1","status":"completed","items":[{"id":"item-1"},{"id":"item-2"}]},{"id":"rollout-3","status":"completed","items":[{"id":"item-3"}]}]""",
        Turns(HistoryModes.Legacy, Line("session_meta", "{}"), User("one"), Event("agent_message", "\"message\":\"x\""), User("two")));

    [Fact]
    public void A_rollback_drops_turns_and_numbers_on_from_what_remains() => AssertTurns(
        """[{"id":"a","items":[{"id":"item-1"},{"id":"call"}]},{"id":"d","items":[{"id":"item-3"}]}]""",
        Turns(
            HistoryModes.Legacy, Start("a"), User("1"), Event("exec_command_end", "\"turn_id\":\"a\",\"call_id\":\"call\",\"command\":[]"),
            Start("b"), User("2"), Start("c"), User("3"), Event("thread_rolled_back", "\"num_turns\":2"), Start("d"), User("4")));

    [Fact]
    public void A_late_command_goes_to_the_turn_it_names_and_to_none_when_that_is_unknown() => AssertTurns(
        """
        [{"id":"a","status":"interrupted","items":[{"id":"item-1"},{"type":"commandExecution","id":"late","command":"/bin/bash -lc 'echo it'","cwd":"/w","processId":"7","source":"unifiedExecStartup",
            "status":"completed","commandActions":[{"type":"unknown","command":"echo it"}],"aggregatedOutput":null,"exitCode":0,"durationMs":1250}]},
         {"id":"b","items":[{"id":"item-2"}]}]
        """,
        Turns(
            HistoryModes.Legacy, Start("a"), User("1"), Start("b"), User("2"),
            Event("exec_command_end", """
                "call_id":"late","process_id":"7","turn_id":"a","command":["/bin/bash","-lc","echo it"],"cwd":"/w","parsed_cmd":[{"type":"unknown","cmd":"echo it"}],"source":"unified_exec_startup","aggregated_output":"","exit_code":0,"duration":{"secs":1,"nanos":250000000},"status":"completed"
                """.Trim()),
            Event("exec_command_end", "\"call_id\":\"lost\",\"turn_id\":\"nobody\",\"command\":[]")));

    [Fact]
    public void An_error_fails_the_turn_unless_it_is_about_a_refused_request() => AssertTurns(
        """[{"id":"a","status":"failed","error":{"message":"m","codexErrorInfo":"internalServerError","additionalDetails":null,"misalignment":null}},{"id":"b","status":"completed","error":null}]""",
        Turns(
            HistoryModes.Legacy, Start("a"), Event("error", "\"message\":\"m\",\"codex_error_info\":\"internal_server_error\""), Event("task_complete", "\"turn_id\":\"a\""),
            Start("b"), Event("error", "\"message\":\"m\",\"codex_error_info\":\"thread_rollback_failed\""), Event("task_complete", "\"turn_id\":\"unknown\"")));

    [Fact]
    public void Changed_files_are_sorted_by_path_and_say_where_they_moved() => AssertTurns(
        """
        [{"items":[{"type":"fileChange","id":"p","status":"completed","changes":[
          {"path":"/a","kind":{"type":"add"},"diff":"new\n"},{"path":"/b","kind":{"type":"update","move_path":"/c"},"diff":"@@\n\nMoved to: /c"}]}]}]
        """,
        Turns(HistoryModes.Legacy, Start("t"), Event("patch_apply_end", """
            "call_id":"p","turn_id":"t","success":true,"changes":{"/b":{"type":"update","unified_diff":"@@","move_path":"/c"},"/a":{"type":"add","content":"new\n"}},"status":"completed"
            """.Trim())));

    [Fact]
    public void A_review_is_rendered_and_compaction_keeps_a_turn() => AssertTurns(
        """
        [{"id":"rollout-0","items":[]},
         {"id":"t","items":[{"type":"enteredReviewMode","review":"Review requested."},{"type":"exitedReviewMode","review":"Fine.\n\nReview comment:\n\n- Title — /f:1-2\n  body"},{"type":"contextCompaction","id":"item-3"}]}]
        """,
        Turns(
            HistoryModes.Legacy, Line("compacted", """{"message":"m"}"""), Start("t"), Event("entered_review_mode", "\"target\":{}"),
            Event("exited_review_mode", """
                "review_output":{"findings":[{"title":"Title","body":"body","code_location":{"absolute_file_path":"/f","line_range":{"start":1,"end":2}}}],"overall_explanation":"Fine."}
                """.Trim()),
            Event("context_compacted")));

    [Fact]
    public void A_review_that_names_its_turn_and_item_gets_a_turn_of_its_own_beside_the_one_it_runs_in() => AssertTurns(
        """
        [{"id":"review","status":"completed","completedAt":9,"items":[{"type":"enteredReviewMode","id":"in","review":"look"},{"type":"exitedReviewMode","id":"out","review":"Fine."}]},
         {"id":"inner","status":"interrupted","items":[{"type":"userMessage","id":"item-1"},{"type":"agentMessage","id":"item-2"}]},
         {"id":"next","status":"completed","items":[{"type":"userMessage","id":"item-3"}]}]
        """,
        Turns(
            HistoryModes.Legacy, Event("entered_review_mode", "\"user_facing_hint\":\"look\",\"turn_id\":\"review\",\"item_id\":\"in\""), Start("inner"), Event("user_message", "\"message\":\"look\""),
            Event("exited_review_mode", "\"turn_id\":\"review\",\"item_id\":\"out\",\"review_output\":{\"overall_explanation\":\"Fine.\"}"), Event("agent_message", "\"message\":\"Fine.\""),
            Event("task_complete", "\"turn_id\":\"review\",\"completed_at\":9"), Start("next"), Event("user_message", "\"message\":\"go on\""), Event("task_complete", "\"turn_id\":\"next\"")));

    [Fact]
    public void An_unknown_history_mode_is_unsupported()
    {
        var error = Assert.Throws<ThreadStoreException>(() => TurnBuilder.Create("sparse"));

        Assert.Equal(ThreadStoreErrorCode.Unsupported, error.Code);
    }

    static string Start(string id) => Event("task_started", $"\"turn_id\":\"{id}\"");

    static string User(string text) => Event("user_message", $"\"message\":\"{text}\"");
}
