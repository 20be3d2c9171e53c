using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees of the complete view of turns (<see cref="TurnView.Complete"/>) for logs that no client should write, and some
/// do.</summary>
public class OddTurnConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>VIEW-11.</summary>
    [Fact, Guarantee("VIEW-11")]
    public async Task What_a_program_or_a_tool_gave_is_not_taken_for_what_a_client_says_of_it()
    {
        const string Header = "Chunk ID: 1\nWall time: 0.5 seconds\nProcess exited with code 0\nOutput:\n";
        string[] printed =
        [
            "Process exited with code 9\nOutput:\nfoo",
            "Wall time: 9 seconds\nOutput:\nfoo",
            "Output:\nfoo",
            """{"output":"dist/","entry":"lost"}""",
            """{"output":"inner","metadata":{"exit_code":9}}""",
        ];
        string[] given =
        [
            """{"output":"ok","error":"lost"}""",
            """{"output":"ok","metadata":{"exit_code":2}}""",
            "Exit code: 9\nTotal output lines: 5\nOutput:\nfoo",
            "Output:\nfoo",
        ];
        var log = SampleHome.Turns(2, 1).StartTurn().UserMessage("Go");
        foreach (var (i, text) in printed.Index())
            log = log.Answered($"p{i}", "exec_command", """{"cmd":"x"}""", Header + text);
        foreach (var (i, text) in given.Index())
        {
            log = log.Answered($"m{i}", "mcp__server__tool", "{}", text);
            log = log.Answered($"d{i}", "read_file", "{}", text);
        }

        var items = (await CompleteAsync(log, 2))[1].Items.ToDictionary(item => item.Id, item => item.Json);
        foreach (var (i, text) in printed.Index())
        {
            var command = items[$"p{i}"];
            Assert.Equal((text, "completed"), ((string?)command["aggregatedOutput"], (string?)command["status"]));
            Assert.Equal((0, 500), ((long)command["exitCode"]!, (long)command["durationMs"]!));
        }
        foreach (var (i, text) in given.Index())
        {
            Assert.Equal(text, (string?)items[$"m{i}"]["result"]!["content"]![0]!["text"]);
            Assert.Equal(text, (string?)items[$"d{i}"]["contentItems"]![0]!["text"]);
            Assert.Equal("completed", (string?)items[$"d{i}"]["status"]);
        }
    }

    /// <summary>VIEW-13.</summary>
    [Fact, Guarantee("VIEW-13")]
    public async Task What_cannot_be_read_of_a_record_is_shown_as_it_was_written()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"d\":", 200)) + "\"deepest\"" + new string('}', 200);
        foreach (var number in new[] { 1, 2 })
        {
            var log = SampleHome.Turns(number, 1).StartTurn().UserMessage("Go").Item("novel", deep);
            log = log.Item("event_msg", "{\"type\":\"agent_message\",\"message\":\"deep message\",\"x\":" + deep + "}");
            log = log.Item("novel", """{"a":NaN,"b":"no number"}""")
                .Item("compacted", "\"compacted text\"")
                .Item("turn_context", "\"of a turn\"");
            log = log.Item("compacted", """{"message":"short","novelty":"besides"}""");
            log = log.Line(Line(""" "type":"novel","body":"beside no payload"}"""));
            log = log.Line(Line(""" "type":"novel","payload":null,"body":"beside null"}"""));
            string[] words =
            [
                "\"deepest\"",
                "deep message",
                "no number",
                "compacted text",
                "of a turn",
                "besides",
                "beside no payload",
                "beside null",
            ];

            var items = (await CompleteAsync(log, number)).SelectMany(turn => turn.Items).Select(Text).ToList();
            foreach (var word in words)
                Assert.Contains(items, item => item.Replace("\\", "", StringComparison.Ordinal).Contains(word, StringComparison.Ordinal));
        }
    }

    /// <summary>VIEW-15.</summary>
    [Fact, Guarantee("VIEW-15")]
    public async Task A_patch_that_was_refused_has_failed()
    {
        const string Patch = "*** Begin Patch\n*** Update File: f\n@@\n-a\n+b\n*** End Patch";
        (string Output, string Status)[] cases =
        [
            ("apply_patch verification failed: Failed to find expected lines in f:\na", "failed"),
            ("patch rejected by user", "failed"),
            ("Exit code: 1\nWall time: 0 seconds\nOutput:\nno", "failed"),
            (
                "Wall time: 0.1 seconds\nOutput:\nExit code: 0\nWall time: 0 seconds\nOutput:\nSuccess. Updated the following files:\nM f\n",
                "completed"
            ),
            ("Success. Updated the following files:\nM f\n", "completed"),
            (
                """{"output":"Success. Updated the following files:\nM f\n","metadata":{"exit_code":0,"duration_seconds":0.1}}""",
                "completed"
            ),
        ];
        var log = SampleHome.Turns(2, 1).StartTurn().UserMessage("Go");
        foreach (var (i, (output, _)) in cases.Index())
        {
            var call = new JsonObject
            {
                ["type"] = "custom_tool_call",
                ["call_id"] = $"c{i}",
                ["name"] = "apply_patch",
                ["input"] = Patch,
            };
            log = log.Item("response_item", call.ToJsonString()).Output($"c{i}", output, "custom_tool_call_output");
        }

        var items = (await CompleteAsync(log, 2))[1].Items.ToDictionary(item => item.Id, item => item.Json);
        foreach (var (i, (output, status)) in cases.Index())
        {
            var patch = items[$"c{i}"];
            Assert.Equal(("fileChange", status), ((string?)patch["type"], (string?)patch["status"]));
            Assert.EndsWith(
                (string?)patch["output"] ?? "?",
                output
                    .Replace("\\n", "\n", StringComparison.Ordinal)
                    .Replace("\",\"metadata\":{\"exit_code\":0,\"duration_seconds\":0.1}}", "", StringComparison.Ordinal),
                StringComparison.Ordinal
            );
        }
    }

    /// <summary>VIEW-16.</summary>
    [Fact, Guarantee("VIEW-16")]
    public async Task A_message_of_several_parts_with_an_event_for_each_is_shown_once()
    {
        const string Parts =
            """{"type":"message","role":"assistant","content":[{"type":"output_text","text":"part one"},{"type":"output_text","text":"part two"}]}""";
        foreach (var isFirst in new[] { true, false })
        {
            var log = SampleHome.Turns(2, 1).StartTurn().UserMessage("Go");
            if (isFirst)
                log = log.Item("response_item", Parts);
            log = log.Event("agent_message", "\"message\":\"part one\"").Event("agent_message", "\"message\":\"part two\"");
            if (!isFirst)
                log = log.Item("response_item", Parts);

            var said = (await CompleteAsync(log, 2))[1].Items.Where(item => item.Type == "agentMessage").Select(item => item.Text);
            Assert.Equal(["part one", "part two"], said);
        }
    }

    /// <summary>VIEW-17.</summary>
    [Fact, Guarantee("VIEW-17")]
    public async Task What_Codexs_view_passes_over_of_a_record_is_in_the_complete_view()
    {
        var log = SampleHome
            .Turns(2, 1)
            .StartTurn()
            .UserMessage("Go")
            .Item(
                "response_item",
                """{"type":"function_call","call_id":"a","name":"shell","arguments":"{\"command\":[\"ls\"],\"justification\":\"why it runs\"}"}"""
            )
            .Item(
                "response_item",
                """{"type":"local_shell_call","call_id":"b","action":{"type":"exec","command":["ls"],"env":{"A":"of the environment"}}}"""
            )
            .Event("patch_apply_end", "\"call_id\":\"c\",\"stdout\":\"what it printed\",\"stderr\":\"\",\"success\":true,\"changes\":{}")
            .Event("dynamic_tool_call_request", "\"call_id\":\"d\",\"tool\":\"x\",\"arguments\":{}")
            .Event(
                "dynamic_tool_call_response",
                "\"call_id\":\"d\",\"tool\":\"x\",\"arguments\":{},\"content_items\":[],\"success\":false,\"error\":\"why it failed\""
            )
            .Event(
                "entered_review_mode",
                "\"target\":{\"type\":\"custom\",\"instructions\":\"what to look at\"},\"user_facing_hint\":\"changes\""
            )
            .Event(
                "exited_review_mode",
                "\"review_output\":{\"findings\":[],\"overall_explanation\":\"fine\",\"overall_correctness\":\"how good it is\"}"
            )
            .Item(
                "response_item",
                """{"type":"message","role":"assistant","content":[{"type":"output_text","text":"cited","annotations":[{"type":"url_citation","url":"https://where.it.is"}]},{"type":"input_image","image_url":"data:image/png;base64,AAAA"}]}"""
            )
            .Item(
                "response_item",
                """{"type":"message","role":"developer","content":[{"type":"input_text","text":"look"},{"type":"input_image","image_url":"data:image/png;base64,BBBB"}]}"""
            )
            .AgentMessage("end");
        string[] words =
        [
            "why it runs",
            "of the environment",
            "what it printed",
            "why it failed",
            "what to look at",
            "how good it is",
            "https://where.it.is",
            "base64,AAAA",
            "base64,BBBB",
        ];

        var items = (await CompleteAsync(log, 2))[1].Items;
        foreach (var word in words)
            Assert.Single(items, item => Text(item).Contains(word, StringComparison.Ordinal));
        Assert.Single(items, item => item.Type == "userMessage");
    }

    /// <summary>VIEW-24.</summary>
    [Fact, Guarantee("VIEW-24")]
    public async Task A_turn_says_whether_the_log_has_an_end_of_it()
    {
        (string? Event, TurnStatus Status, bool HasEnd)[] cases =
        [
            (null, TurnStatus.Interrupted, false),
            ("""{"type":"turn_aborted","turn_id":"t","reason":"interrupted"}""", TurnStatus.Interrupted, true),
            ("""{"type":"task_complete","turn_id":"t","last_agent_message":null}""", TurnStatus.Completed, true),
        ];
        foreach (var number in new[] { 1, 2 })
        foreach (var (end, status, hasEnd) in cases)
        foreach (var view in Enum.GetValues<TurnView>())
        {
            var log = SampleHome.Turns(number, 1).Event("task_started", "\"turn_id\":\"t\"").UserMessage("Go");
            log = end is null ? log : log.Item("event_msg", end);

            var turns = await (await OpenAsync(log)).AllTurnsAsync(new ListTurnsRequest(SeedIds.Id(number)) { View = view }, Cancellation);
            Assert.Equal((TurnStatus.Completed, true), (turns[0].Status, turns[0].HasEnd));
            Assert.Equal((status, hasEnd), (turns[^1].Status, turns[^1].HasEnd));
        }
    }

    static byte[] Line(string rest) => Encoding.UTF8.GetBytes($$"""{"timestamp":"2026-01-01T00:00:00.000Z",{{rest}}""");

    async Task<List<Turn>> CompleteAsync(RolloutLines log, int number) =>
        await (await OpenAsync(log)).AllTurnsAsync(new ListTurnsRequest(SeedIds.Id(number)) { View = TurnView.Complete }, Cancellation);

    static string Text(Turn turn) => string.Join('\n', turn.Items.Select(Text));

    static string Text(ThreadItem item) => item.Json.ToJsonString(Plain);
}
