using Xunit;
using static Spool.Tests.RolloutText;

namespace Spool.Tests;

public sealed class LegacyTurnTests
{
    const string A = "01a20429-18bd-73d2-95dd-360cfd9f4227";

    [Fact]
    public void A_turn_has_its_messages_numbered_and_its_times() =>
        AssertTurns(
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
                Event("task_complete", $"\"turn_id\":\"{A}\",\"completed_at\":1795366146,\"duration_ms\":37")
            )
        );

    [Fact]
    public void A_log_without_turn_records_begins_a_turn_with_each_user_message() =>
        AssertTurns(
            """[{"id":"rollout-1","status":"completed","items":[{"id":"item-1"},{"id":"item-2"}]},{"id":"rollout-3","status":"completed","items":[{"id":"item-3"}]}]""",
            Turns(HistoryModes.Legacy, Line("session_meta", "{}"), User("one"), Event("agent_message", "\"message\":\"x\""), User("two"))
        );

    [Fact]
    public void A_rollback_drops_turns_and_numbers_on_from_what_remains() =>
        AssertTurns(
            """[{"id":"a","items":[{"id":"item-1"},{"id":"call"}]},{"id":"d","items":[{"id":"item-3"}]}]""",
            Turns(
                HistoryModes.Legacy,
                Start("a"),
                User("1"),
                Event("exec_command_end", "\"turn_id\":\"a\",\"call_id\":\"call\",\"command\":[]"),
                Start("b"),
                User("2"),
                Start("c"),
                User("3"),
                Event("thread_rolled_back", "\"num_turns\":2"),
                Start("d"),
                User("4")
            )
        );

    [Fact]
    public void A_late_command_goes_to_the_turn_it_names_and_to_none_when_that_is_unknown() =>
        AssertTurns(
            """
            [{"id":"a","status":"interrupted","items":[{"id":"item-1"},{"type":"commandExecution","id":"late","command":"/bin/bash -lc 'echo it'","cwd":"/w","processId":"7","source":"unifiedExecStartup",
                "status":"completed","commandActions":[{"type":"unknown","command":"echo it"}],"aggregatedOutput":null,"exitCode":0,"durationMs":1250}]},
             {"id":"b","items":[{"id":"item-2"}]}]
            """,
            Turns(
                HistoryModes.Legacy,
                Start("a"),
                User("1"),
                Start("b"),
                User("2"),
                Event(
                    "exec_command_end",
                    """
                    "call_id":"late","process_id":"7","turn_id":"a","command":["/bin/bash","-lc","echo it"],"cwd":"/w","parsed_cmd":[{"type":"unknown","cmd":"echo it"}],"source":"unified_exec_startup","aggregated_output":"","exit_code":0,"duration":{"secs":1,"nanos":250000000},"status":"completed"
                    """.Trim()
                ),
                Event("exec_command_end", "\"call_id\":\"lost\",\"turn_id\":\"nobody\",\"command\":[]")
            )
        );

    [Fact]
    public void An_error_fails_the_turn_unless_it_is_about_a_refused_request() =>
        AssertTurns(
            """[{"id":"a","status":"failed","error":{"message":"m","codexErrorInfo":"internalServerError","additionalDetails":null,"misalignment":null}},{"id":"b","status":"completed","error":null}]""",
            Turns(
                HistoryModes.Legacy,
                Start("a"),
                Event("error", "\"message\":\"m\",\"codex_error_info\":\"internal_server_error\""),
                Event("task_complete", "\"turn_id\":\"a\""),
                Start("b"),
                Event("error", "\"message\":\"m\",\"codex_error_info\":\"thread_rollback_failed\""),
                Event("task_complete", "\"turn_id\":\"unknown\"")
            )
        );

    [Fact]
    public void Changed_files_are_sorted_by_path_and_say_where_they_moved() =>
        AssertTurns(
            """
            [{"items":[{"type":"fileChange","id":"p","status":"completed","changes":[
              {"path":"/a","kind":{"type":"add"},"diff":"new\n"},{"path":"/b","kind":{"type":"update","move_path":"/c"},"diff":"@@\n\nMoved to: /c"}]}]}]
            """,
            Turns(
                HistoryModes.Legacy,
                Start("t"),
                Event(
                    "patch_apply_end",
                    """
                    "call_id":"p","turn_id":"t","success":true,"changes":{"/b":{"type":"update","unified_diff":"@@","move_path":"/c"},"/a":{"type":"add","content":"new\n"}},"status":"completed"
                    """.Trim()
                )
            )
        );

    [Fact]
    public void A_review_is_rendered_and_compaction_keeps_a_turn() =>
        AssertTurns(
            """
            [{"id":"rollout-0","items":[]},
             {"id":"t","items":[{"type":"enteredReviewMode","review":"Review requested."},{"type":"exitedReviewMode","review":"Fine.\n\nReview comment:\n\n- Title — /f:1-2\n  body"},{"type":"contextCompaction","id":"item-3"}]}]
            """,
            Turns(
                HistoryModes.Legacy,
                Line("compacted", """{"message":"m"}"""),
                Start("t"),
                Event("entered_review_mode", "\"target\":{}"),
                Event(
                    "exited_review_mode",
                    """
                    "review_output":{"findings":[{"title":"Title","body":"body","code_location":{"absolute_file_path":"/f","line_range":{"start":1,"end":2}}}],"overall_explanation":"Fine."}
                    """.Trim()
                ),
                Event("context_compacted")
            )
        );

    [Fact]
    public void A_review_that_names_its_turn_and_item_gets_a_turn_of_its_own_beside_the_one_it_runs_in() =>
        AssertTurns(
            """
            [{"id":"review","status":"completed","completedAt":9,"items":[{"type":"enteredReviewMode","id":"in","review":"look"},{"type":"exitedReviewMode","id":"out","review":"Fine."}]},
             {"id":"inner","status":"interrupted","items":[{"type":"userMessage","id":"item-1"},{"type":"agentMessage","id":"item-2"}]},
             {"id":"next","status":"completed","items":[{"type":"userMessage","id":"item-3"}]}]
            """,
            Turns(
                HistoryModes.Legacy,
                Event("entered_review_mode", "\"user_facing_hint\":\"look\",\"turn_id\":\"review\",\"item_id\":\"in\""),
                Start("inner"),
                Event("user_message", "\"message\":\"look\""),
                Event(
                    "exited_review_mode",
                    "\"turn_id\":\"review\",\"item_id\":\"out\",\"review_output\":{\"overall_explanation\":\"Fine.\"}"
                ),
                Event("agent_message", "\"message\":\"Fine.\""),
                Event("task_complete", "\"turn_id\":\"review\",\"completed_at\":9"),
                Start("next"),
                Event("user_message", "\"message\":\"go on\""),
                Event("task_complete", "\"turn_id\":\"next\"")
            )
        );

    [Fact]
    public void A_review_that_names_its_turn_takes_no_message_after_it_into_that_turn() =>
        AssertTurns(
            """[{"id":"review","status":"completed","items":[{"id":"in"}]},{"id":"rollout-1","items":[{"id":"item-1"}]}]""",
            Turns(
                HistoryModes.Legacy,
                Event("entered_review_mode", """ "target":{"type":"uncommittedChanges"},"turn_id":"review","item_id":"in" """),
                User("go on")
            )
        );

    [Fact]
    public void An_interruption_ends_the_turn_it_names_and_that_of_an_unknown_turn_says_nothing() =>
        AssertTurns(
            """
            [{"id":"a","status":"interrupted","completedAt":9,"items":[{"id":"item-1"}]},{"id":"rollout-3","status":"completed","items":[{"id":"item-2"}]},
             {"id":"b","status":"completed","completedAt":11,"items":[{"id":"item-3"},{"id":"item-4"}]}]
            """,
            Turns(
                HistoryModes.Legacy,
                Start("a"),
                User("1"),
                Event("turn_aborted", "\"turn_id\":\"a\",\"reason\":\"interrupted\",\"completed_at\":9"),
                Event("agent_message", "\"message\":\"late\""),
                Start("b"),
                User("2"),
                Event("turn_aborted", "\"turn_id\":\"nobody\",\"reason\":\"interrupted\",\"completed_at\":9"),
                Event("agent_message", "\"message\":\"x\""),
                Event("task_complete", "\"turn_id\":\"nobody\",\"completed_at\":9"),
                Event("task_complete", "\"turn_id\":\"b\",\"completed_at\":11")
            )
        );

    [Fact]
    public void A_web_search_has_its_results_and_all_members_of_its_action() =>
        AssertTurns(
            """
            [{"items":[
              {"type":"webSearch","id":"a","query":"q","action":{"type":"search","query":null,"queries":["x"]},"results":[{"ref_id":"r","a_b":1}]},
              {"type":"webSearch","id":"b","action":{"type":"openPage","url":null},"results":null},
              {"type":"webSearch","id":"c","action":{"type":"findInPage","url":null,"pattern":"p"}},
              {"type":"webSearch","id":"d","action":{"type":"other"}}]}]
            """,
            Turns(
                HistoryModes.Legacy,
                Start("t"),
                Search("a", """{"type":"search","queries":["x"]},"results":[{"ref_id":"r","a_b":1}]"""),
                Search("b", """{"type":"open_page"}"""),
                Search("c", """{"type":"find_in_page","pattern":"p"}"""),
                Search("d", """{"type":"something_new","url":"u"}""")
            )
        );

    [Fact]
    public void What_another_agent_did_is_an_item_with_its_moment() =>
        AssertTurns(
            """
            [{"items":[
              {"type":"subAgentActivity","model":null,"reasoningEffort":"high","id":"e","kind":"started","agentThreadId":"01a20429-18bd-73d2-95dd-360cfd9f4227","agentPath":"/root/a","startedAtMs":null,"completedAtMs":7},
              {"type":"subAgentActivity","id":"f","completedAtMs":null}]}]
            """,
            Turns(
                HistoryModes.Legacy,
                Start("t"),
                Event(
                    "sub_agent_activity",
                    $"\"event_id\":\"e\",\"occurred_at_ms\":7,\"agent_thread_id\":\"{A}\",\"agent_path\":\"/root/a\",\"kind\":\"started\",\"reasoning_effort\":\"high\""
                ),
                Event(
                    "sub_agent_activity",
                    $"\"event_id\":\"f\",\"occurred_at_ms\":0,\"agent_thread_id\":\"{A}\",\"agent_path\":\"/root/a\",\"kind\":\"interacted\""
                )
            )
        );

    [Fact]
    public void A_citation_of_memories_names_threads_and_a_plan_says_when_it_was_complete() =>
        AssertTurns(
            """
            [{"items":[{"type":"agentMessage","memoryCitation":{"entries":[{"path":"M","lineStart":1,"lineEnd":2,"note":"n"}],"threadIds":["a"]}},{"type":"plan","startedAtMs":null,"completedAtMs":7}]}]
            """,
            Turns(
                HistoryModes.Legacy,
                Start("t"),
                Event(
                    "agent_message",
                    """ "message":"m","memory_citation":{"entries":[{"path":"M","lineStart":1,"lineEnd":2,"note":"n"}],"rolloutIds":["a"]} """
                ),
                Event("item_completed", """ "turn_id":"t","item":{"type":"Plan","id":"p","text":"x"},"completed_at_ms":7 """)
            )
        );

    [Fact]
    public void A_command_that_a_guardian_declined_is_named_by_its_program() =>
        AssertTurns(
            """[{"items":[{"type":"commandExecution","id":"i","command":"/bin/rm 'a b'","status":"declined"}]}]""",
            Turns(
                HistoryModes.Legacy,
                Start("t"),
                Event(
                    "guardian_assessment",
                    """ "id":"g","target_item_id":"i","turn_id":"t","status":"denied","action":{"type":"execve","program":"/bin/rm","argv":["rm","a b"],"cwd":"/w"} """
                ),
                Event(
                    "guardian_assessment",
                    """ "id":"h","turn_id":"t","status":"denied","action":{"type":"command","command":"rm","cwd":"/w"} """
                )
            )
        );

    // A line of each kind that Codex passes over, between two questions.
    public static TheoryData<string> NotDecoded =>
        [
            "",
            "garbage",
            """{"timestamp":"2026-04-30T09:15:00.120Z","type":"event_msg","payload":{"type":"agent_reasoning","text":"cut""",
            Line("response_item", """{"type":"ghost_snapshot","ghost_commit":{"id":"a"}}"""),
            Line("response_item", """{"type":"function_call","name":"n","arguments":{},"call_id":"c"}"""),
            Line("response_item", """{"type":"message","role":"user","content":"text"}"""),
            Line("response_item", """{"type":"function_call_output","call_id":"c","output":{"content":"x"}}"""),
            Line("response_item", """{"type":"reasoning","summary":[{"type":"summary_text","text":"\ud800"}]}"""),
            Line(
                "turn_context",
                """{"cwd":"/w","approval_policy":"never","sandbox_policy":{"mode":"read-only"},"model":"m","summary":"auto"}"""
            ),
            Line(
                "turn_context",
                """{"cwd":"/w","approval_policy":"unless-trusted","sandbox_policy":{"type":"read-only"},"model":"m","summary":"auto"}"""
            ),
            Line("session_state", "{}"),
            Line("compacted", "null"),
            Event("background_event", "\"message\":\"m\""),
            Event("exec_command_begin"),
            Event("turn_diff", "\"unified_diff\":\"\""),
            Event("token_count", "\"info\":{\"total_token_usage\":{\"total_tokens\":1}}"),
            Event("task_started", "\"model_context_window\":1"),
            Event("task_complete", "\"last_agent_message\":\"m\""),
            """{"type":"event_msg","payload":{"type":"token_count"}}""",
        ];

    [Theory, MemberData(nameof(NotDecoded))]
    public void A_line_that_codex_cannot_decode_does_not_count_in_the_id_of_a_turn_without_a_name(string line) =>
        AssertTurns(
            """[{"id":"rollout-1","items":[{"id":"item-1"}]},{"id":"rollout-2","items":[{"id":"item-2"}]}]""",
            Turns(HistoryModes.Legacy, Line("session_meta", "{}"), User("1"), line, User("2"))
        );

    public static TheoryData<string> Decoded =>
        [
            Line("response_item", """{"type":"message","role":"user","content":[{"type":"input_text","text":"x"}]}"""),
            Line("response_item", """{"type":"function_call_output","call_id":"c","output":"x"}"""),
            Line("response_item", """{"type":"reasoning","summary":[],"content":null,"encrypted_content":null}"""),
            Line("response_item", """{"type":"web_search_call","action":{"type":"new"}}"""),
            Line(
                "turn_context",
                """{"cwd":"/w","approval_policy":"on-failure","sandbox_policy":{"network_access":false,"type":"workspace-write"},"model":"m"}"""
            ),
            Event(
                "token_count",
                "\"info\":null,\"rate_limits\":{\"primary\":{\"used_percent\":1.5,\"window_minutes\":299,\"resets_in_seconds\":15},\"secondary\":null}"
            ),
            Event("token_count"),
            Event("thread_rolled_back", "\"num_turns\":0"),
            """ {"payload":{"type":"token_count"},"type":"event_msg","timestamp":"any time"} """,
        ];

    [Theory, MemberData(nameof(Decoded))]
    public void A_line_that_codex_decodes_counts(string line) =>
        AssertTurns(
            """[{"id":"rollout-1"},{"id":"rollout-3"}]""",
            Turns(HistoryModes.Legacy, Line("session_meta", "{}"), User("1"), line, User("2"))
        );

    [Fact]
    public void What_codex_cannot_decode_does_not_count_behind_a_named_turn_either() =>
        AssertTurns(
            """[{"id":"t"},{"id":"rollout-4"}]""",
            Turns(
                HistoryModes.Legacy,
                Line("session_meta", "{}"),
                Start("t"),
                User("1"),
                Event("task_complete", "\"turn_id\":\"t\""),
                Line("response_item", """{"type":"message","role":"user"}"""),
                Line("response_item", """{"type":"ghost_snapshot"}"""),
                User("2")
            )
        );

    [Fact]
    public void A_turn_opened_by_a_line_that_codex_passes_over_is_called_after_that_line() =>
        AssertTurns(
            """[{"id":"line-2","items":[{"type":"imageView"}]},{"id":"rollout-1","items":[{"id":"item-1"}]}]""",
            Turns(
                HistoryModes.Legacy,
                Line("session_meta", "{}"),
                "garbage",
                Event("view_image_tool_call", "\"call_id\":\"c\",\"path\":\"/p\""),
                User("1")
            )
        );

    [Fact]
    public void An_unknown_history_mode_is_unsupported()
    {
        var error = Assert.Throws<ThreadStoreException>(() => TurnBuilder.Create("sparse"));

        Assert.Equal(ThreadStoreErrorCode.Unsupported, error.Code);
    }

    static string Search(string id, string action) => Event("web_search_end", $"\"call_id\":\"{id}\",\"query\":\"q\",\"action\":{action}");

    static string Start(string id) => Event("task_started", $"\"turn_id\":\"{id}\"");

    static string User(string text) => Event("user_message", $"\"message\":\"{text}\"");
}
