using System.Text;
using CsCheck;
using static Spool.Tests.RolloutText;

namespace Spool.Tests;

/// <summary>Random logs: everything that moves turns, named in ways that clash, with gaps small and large, and damage.</summary>
static class RandomRollouts
{
    static readonly Gen<string> TurnId = OneOf(
        "01a20429-18bd-73d2-95dd-360cfd9f4227",
        "01a20429-1913-7772-8459-9a6d83a2b9bb",
        "01a20429-191c-73a2-8a88-7d6f74d3bbf2",
        "01A20429-191C-73A2-8A88-7D6F74D3BBF2",
        "t4",
        "t5",
        "rollout-1",
        "rollout-03",
        "é\\n",
        "never",
        ""
    );

    static readonly Gen<string> CallId = OneOf("c1", "c2", "c3", "item-1");

    static readonly Gen<string> Filler = Gen.OneOf(
        Gen.Const(Event("token_count", "\"info\":null")),
        Gen.Const(Line("response_item", """{"type":"message","role":"assistant","content":[]}""")),
        Gen.Const(Line("turn_context", """{"cwd":"/w"}""")),
        Gen.Int[1, 150_000]
            .Select(length => Line("response_item", $$"""{"type":"function_call_output","output":"{{new string('x', length)}}"}"""))
    );

    static readonly Gen<string> Damage = OneOf(
        "",
        "garbage",
        "{\"timestamp\":\"2026-04-30T09:15:00.120Z\",\"type\":\"event_msg\",\"payload\":{\"type\":\"user_message\",\"message\":\"cut",
        Event("user_message", "\"message\":}"),
        Event("task_complete", "\"turn_id\":\"t4\",,"),
        Event("agent_message", "\"message\":\"\\ud800\""),
        Event("user_message", "\"message\":\"\\ud800\""),
        Event("agent_message", "\"message\":\"\""),
        Event("exec_command_end", "\"turn_id\":\"\\ud800\""),
        Event("task_started"),
        Event("task_started", "\"turn_id\":5"),
        Event("error"),
        Event("item_completed", "\"turn_id\":\"t5\",\"item\":7"),
        Event("patch_apply_end", "\"turn_id\":\"t5\",\"call_id\":{},\"changes\":[1,2],\"status\":7"),
        Event("user_message", "\"message\":[],\"images\":{},\"message\":\"b\"")
    );

    static readonly Gen<string> Ends = Gen.OneOf(
        TurnId.Select(id => Event("task_started", $"\"turn_id\":\"{id}\",\"started_at\":1777540500")),
        TurnId.Select(id => Event("task_started", $"\"turn_id\":\"{id}\",\"root_turn_id\":\"r\"")),
        TurnId.Select(id => Event("task_complete", $"\"turn_id\":\"{id}\",\"completed_at\":1777540501,\"duration_ms\":12")),
        TurnId.Select(id =>
            Event("task_complete", $"\"turn_id\":\"{id}\",\"error\":{{\"message\":\"m\",\"codex_error_info\":\"bad_request\"}}")
        ),
        TurnId.Select(id => Event("turn_aborted", $"\"turn_id\":\"{id}\",\"reason\":\"interrupted\"")),
        Gen.Const(Event("turn_aborted", "\"turn_id\":null"))
    );

    static readonly Gen<string> Bare = Gen.OneOf(
        OneOf(
            """{"type":"message","role":"user","content":[{"type":"input_text","text":"hello"},{"type":"input_image","image_url":"data:x"}]}""",
            """{"type":"message","role":"user","content":"<environment_context><cwd>/w</cwd></environment_context>"}""",
            """{"type":"message","role":"assistant","content":"hi"}""",
            """{"type":"message","role":"assistant","content":{"a":1}}""",
            """{"type":"message"}""",
            """{"type":"reasoning","summary":[{"type":"summary_text","text":"a"},7,{"text":null}],"content":[{"text":"raw"}]}""",
            """{"type":"reasoning","summary":{},"encrypted_content":"A"}""",
            """{"type":"web_search_call","status":"completed","action":{"type":"search","query":"q"}}""",
            """{"type":"function_call_output","output":"no id"}""",
            """{"record_type":"state"}""",
            """{"type":"reasoning","type":5,"summary":[{"text":"x"}]}""",
            """{"type":"function_call","call_id":7,"arguments":5}"""
        ),
        CallId.Select(id => $$"""{"type":"function_call","name":"shell","call_id":"{{id}}","arguments":"{\"command\":[\"ls\",5]}"}"""),
        CallId.Select(id => $$"""{"type":"function_call","name":"shell","call_id":"{{id}}","arguments":"not JSON"}"""),
        CallId.Select(id =>
            $$$"""{"type":"local_shell_call","call_id":"{{{id}}}","status":"in_progress","action":{"type":"exec","command":["ls"],"working_directory":"/w"}}"""
        ),
        CallId.Select(id =>
            $$$"""{"type":"function_call_output","call_id":"{{{id}}}","output":"{\"output\":\"x\",\"metadata\":{\"exit_code\":2,\"duration_seconds\":1e300}}"}"""
        ),
        CallId.Select(id => $$$"""{"type":"custom_tool_call_output","call_id":"{{{id}}}","output":{"content":"x","success":false}}"""),
        CallId.Select(id => $$"""{"type":"custom_tool_call","call_id":"{{id}}","name":"apply_patch","input":"*** Begin Patch"}""")
    );

    static readonly Gen<string> Call = Gen.OneOf(
        CallId.Select(id =>
            Line("response_item", $$"""{"type":"function_call","name":"exec_command","arguments":"{}","call_id":"{{id}}"}""")
        ),
        CallId.Select(id =>
            Line("response_item", $$"""{"type":"custom_tool_call","call_id":"{{id}}","name":"apply_patch","input":"*** Begin Patch"}""")
        ),
        CallId.Select(id => Line("response_item", $$"""{"type":"image_generation_call","id":"{{id}}","status":"completed","result":""}""")),
        OneOf(
            Line("response_item", """{"type":"web_search_call","action":{"type":"search","query":"q"}}"""),
            Line("response_item", """{"type":"tool_search_call","call_id":null,"execution":"client","arguments":{"call_id":"c1"}}"""),
            Line("response_item", """{"type":"local_shell_call","call_id":5,"action":7}"""),
            Line("response_item", """{"type":"function_call","call_id":"\ud800"}"""),
            Line("response_item", """{"type":"function_call","id":"c2",}""")
        )
    );

    static readonly Gen<string> LegacyRecord = Gen.Frequency(
        (6, Ends),
        (
            4,
            OneOf(
                Event("user_message", "\"message\":\"hello\",\"images\":[\"u\"]"),
                Event("agent_message", "\"message\":\"hi\",\"phase\":null"),
                Event("agent_reasoning", "\"text\":\"think\""),
                Event("agent_reasoning_raw_content", "\"text\":\"raw\""),
                Event("context_compacted"),
                Line("compacted", """{"message":"m"}"""),
                Event("entered_review_mode"),
                Event("exited_review_mode", "\"review_output\":null"),
                Event("error", "\"message\":\"e\",\"codex_error_info\":{\"active_turn_not_steerable\":{}}"),
                Event("error", "\"message\":\"e\""),
                Line(
                    "response_item",
                    """{"type":"message","role":"user","content":[{"type":"input_text","text":"<hook_prompt hook_run_id=\"h\">a &amp; b</hook_prompt>"}]}"""
                ),
                Event("web_search_end", "\"call_id\":\"ws\",\"query\":\"q\""),
                Event(
                    "mcp_tool_call_end",
                    "\"call_id\":\"c1\",\"invocation\":{\"server\":\"s\",\"tool\":\"t\"},\"result\":{\"Err\":\"no\"}"
                )
            )
        ),
        (
            4,
            Gen.Select(
                TurnId,
                CallId,
                (turn, call) =>
                    Event(
                        "exec_command_end",
                        $"\"call_id\":\"{call}\",\"turn_id\":\"{turn}\",\"command\":[\"ls\"],\"status\":\"completed\""
                    )
            )
        ),
        (
            1,
            Gen.Select(
                TurnId,
                CallId,
                (turn, call) =>
                    Event("item_completed", $"\"turn_id\":\"{turn}\",\"item\":{{\"type\":\"Plan\",\"id\":\"{call}\",\"text\":\"p\"}}")
            )
        ),
        (
            1,
            Gen.Select(
                TurnId,
                CallId,
                (turn, call) =>
                    Event(
                        "guardian_assessment",
                        $"\"id\":\"{call}\",\"turn_id\":\"{turn}\",\"status\":\"denied\",\"action\":{{\"type\":\"command\",\"command\":\"rm\"}}"
                    )
            )
        ),
        (
            1,
            Gen.Select(
                TurnId,
                CallId,
                (turn, call) => Event("entered_review_mode", $"\"user_facing_hint\":\"h\",\"turn_id\":\"{turn}\",\"item_id\":\"{call}\"")
            )
        ),
        (
            1,
            Gen.Select(
                TurnId,
                CallId,
                (turn, call) => Event("exited_review_mode", $"\"turn_id\":\"{turn}\",\"item_id\":\"{call}\",\"review_output\":null")
            )
        ),
        (2, Gen.Int[-1, 5].Select(count => Event("thread_rolled_back", $"\"num_turns\":{count}"))),
        (3, Bare),
        (3, Call),
        (2, Filler),
        (1, Damage)
    );

    static readonly Gen<string> PaginatedRecord = Gen.Frequency(
        (5, Ends),
        (
            6,
            Gen.Select(
                TurnId,
                CallId,
                (turn, item) =>
                    Event(
                        "item_completed",
                        $"\"turn_id\":\"{turn}\",\"item\":{{\"type\":\"AgentMessage\",\"id\":\"{item}\",\"content\":[{{\"text\":\"x\"}}]}},\"started_at_ms\":5"
                    )
            )
        ),
        (
            1,
            TurnId.Select(turn => Event("item_completed", $"\"turn_id\":\"{turn}\",\"item\":{{\"type\":\"NewThing\",\"some_member\":[1]}}"))
        ),
        (
            1,
            Gen.Select(
                TurnId,
                CallId,
                (turn, item) => Event("item_completed", $"\"turn_id\":\"{turn}\",\"item\":{{\"type\":\"WebSearch\",\"id\":\"{item}\"}}")
            )
        ),
        (3, Call),
        (3, Filler),
        (1, Damage)
    );

    public static readonly Gen<string[]> Legacy = Joined(LegacyRecord.Array[0, 40]);

    public static readonly Gen<string[]> Paginated = Joined(PaginatedRecord.Array[0, 40].Select(lines => Numbered(lines)));

    // Takes line ends away and puts byte order marks and cut records in, so that lines hold several records, none, or one and a rest.
    static Gen<string[]> Joined(Gen<string[]> logs) =>
        Gen.Select(logs, Gen.Frequency((6, Gen.Const(Joint.None)), (4, Gen.Enum<Joint>())).Array[40], Gen.Bool)
            .Select(
                (lines, joints, isWhole) =>
                {
                    if (isWhole)
                        return lines;
                    var text = new StringBuilder();
                    for (var i = 0; i < lines.Length; i++)
                    {
                        text.Append(
                            joints[i] switch
                            {
                                Joint.Mark => Mark + lines[i] + "\n",
                                Joint.MarkThenNext => Mark + lines[i],
                                Joint.MarkAlone => Mark + "\n" + lines[i] + "\n",
                                Joint.Next => lines[i],
                                Joint.NextBehindMark => lines[i] + Mark,
                                Joint.Cut => lines[i][..(lines[i].Length / 2)] + "\n",
                                Joint.CutThenNext => lines[i][..(lines[i].Length / 2)],
                                _ => lines[i] + "\n",
                            }
                        );
                    }
                    return text.ToString().Split('\n');
                }
            );

    const string Mark = "\uFEFF";

    enum Joint
    {
        None,
        Mark,
        MarkThenNext,
        MarkAlone,
        Next,
        NextBehindMark,
        Cut,
        CutThenNext,
    }

    static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);
}
