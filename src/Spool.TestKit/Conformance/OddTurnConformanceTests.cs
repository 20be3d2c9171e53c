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
            log = Answered(log, $"p{i}", "exec_command", """{"cmd":"x"}""", Header + text);
        foreach (var (i, text) in given.Index())
        {
            log = Answered(log, $"m{i}", "mcp__server__tool", "{}", text);
            log = Answered(log, $"d{i}", "read_file", "{}", text);
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

    /// <summary>VIEW-12.</summary>
    [Fact, Guarantee("VIEW-12")]
    public async Task Calls_with_the_same_id_have_each_its_own_output()
    {
        foreach (var (name, arguments) in ((string, string)[])[("mcp__s__t", "{}"), ("tool", "{}"), ("shell", """{"command":["ls"]}""")])
        {
            var log = SampleHome.Turns(2, 1).StartTurn().UserMessage("Go");
            log = Answered(log, "same", name, arguments, "first");
            log = Call(log, "same", name, arguments);
            log = Call(log, "same", name, arguments);
            log = Output(Output(Output(log, "same", "second"), "same", "third"), "same", "of none");

            var items = (await CompleteAsync(log, 2))[1].Items.Select(Text).ToList();
            foreach (var output in (string[])["first", "second", "third", "of none"])
                Assert.Single(items, item => item.Contains($"\"{output}\"", StringComparison.Ordinal));
            Assert.DoesNotContain(items, item => item.Contains("inProgress", StringComparison.Ordinal));
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

    /// <summary>VIEW-14.</summary>
    [Fact, Guarantee("VIEW-14")]
    public async Task An_item_that_names_its_turn_is_shown_with_that_turn_alone()
    {
        var log = SampleHome.Turns(1, 3);
        var turns = await CompleteAsync(log, 1);
        var late = log.Item("event_msg", Completed(turns[1].Id, "late"));
        var other = late.StartTurn().UserMessage("Go").Item("event_msg", Completed("never-started", "of another")).AgentMessage("its own");

        var shown = await CompleteAsync(other.CompleteTurn(), 1);
        foreach (var (word, turn) in ((string, string)[])[("late", turns[1].Id), ("of another", "never-started"), ("its own", shown[3].Id)])
        {
            var found = Assert.Single(shown, item => Text(item).Contains($"\"{word}\"", StringComparison.Ordinal));
            Assert.Equal(turn, found.Id);
        }
        Assert.DoesNotContain("task_complete", string.Concat(shown.Select(Text)), StringComparison.Ordinal);
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
            log = Output(log.Item("response_item", call.ToJsonString()), $"c{i}", output, "custom_tool_call_output");
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

    /// <summary>VIEW-18.</summary>
    [Fact, Guarantee("VIEW-18")]
    public async Task Turns_that_lie_in_one_another_are_shown_with_their_own_records()
    {
        var log = SampleHome.Turns(1, 1).StartTurn().UserMessage("outer question");
        foreach (var inner in (string[])["first", "second"])
        {
            log = log.Event("task_started", $"\"turn_id\":\"{inner}\"")
                .Item("event_msg", Completed(inner, $"{inner} answer"))
                .Item(
                    "response_item",
                    $$"""{"type":"message","role":"assistant","content":[{"type":"output_text","text":"{{inner}} answer"}]}"""
                )
                .Event("task_complete", $"\"turn_id\":\"{inner}\"");
            log = Answered(log, inner, "tool", "{}", $"outer {inner}");
        }
        log = log.AgentMessage("outer answer").CompleteTurn().Turn("afterwards", "the end");

        var turns = await CompleteAsync(log, 1);
        Assert.Equal(5, turns.Count);
        string[][] words =
        [
            ["outer question", "outer first", "outer second", "outer answer"],
            ["first answer"],
            ["second answer"],
        ];
        foreach (var (i, word) in words.SelectMany((own, i) => own.Select(word => (i, word))))
        {
            var turn = Assert.Single(turns, turn => Text(turn).Contains($"\"{word}\"", StringComparison.Ordinal));
            Assert.Equal(
                i == 0 ? turns.Single(turn => Text(turn).Contains("outer question", StringComparison.Ordinal)).Id : word.Split(' ')[0],
                turn.Id
            );
            Assert.Single(turn.Items, item => Text(item).Contains($"\"{word}\"", StringComparison.Ordinal));
        }
        Assert.DoesNotContain("\"record\"", string.Concat(turns.Select(Text)), StringComparison.Ordinal);
        Assert.Equal(
            ["settings", "userMessage", "agentMessage", "tokenUsage"],
            turns[^1].Items.Select(item => item.Type).Where(type => type != "context")
        );
    }

    /// <summary>VIEW-19.</summary>
    [Fact, Guarantee("VIEW-19")]
    public async Task Turns_that_a_revert_took_back_are_counted_and_shown_when_asked_for()
    {
        var log = SampleHome.Turns(1, 1).Turn("kept one").Turn("undone one").Turn("undone two");
        var store = await OpenAsync(log);
        var (id, before) = (SeedIds.Id(1), log.Lines.Count);
        var request = new ListTurnsRequest(id) { View = TurnView.Complete };
        var all = await store.AllTurnsAsync(request, Cancellation);
        await store.RevertAsync(id, all[2].Id, Cancellation);
        Assert.Equal("rolledBack", (await store.AllTurnsAsync(request, Cancellation))[^1].Items[^1].Type);
        await store.ContinueAsync(id, log.Turn("afterwards").Items(before), Cancellation);

        var turns = await store.AllTurnsAsync(request, Cancellation);
        Assert.Equal(["kept one", "afterwards"], turns.Skip(1).Select(turn => turn.Items.First(item => item.Type == "userMessage").Text));
        var mark = Assert.Single(turns.SelectMany(turn => turn.Items), item => item.Type == "rolledBack");
        Assert.Same(mark, turns[1].Items[^1]);
        Assert.Equal((2, null), ((long)mark.Json["turns"]!, mark.Json["items"]));
        var asked = await store.AllTurnsAsync(request with { WithRolledBack = true }, Cancellation);
        var items = asked[1].Items[^1].Json["items"]!.AsArray().Select(item => item!.ToJsonString(Plain)).ToList();
        foreach (var word in (string[])["undone one", "undone two"])
            Assert.Single(items, item => item.Contains($"\"{word}\"", StringComparison.Ordinal));
        Assert.DoesNotContain(
            "undone",
            string.Concat((await store.AllTurnsAsync(request with { View = TurnView.Codex }, Cancellation)).Select(Text)),
            StringComparison.Ordinal
        );
    }

    /// <summary>VIEW-20.</summary>
    [Fact, Guarantee("VIEW-20")]
    public async Task Each_record_is_shown_once_however_many_turns_are_open_and_whatever_was_cut_off()
    {
        var open = SampleHome.Turns(1, 1).StartTurn().UserMessage("outer");
        for (var i = 0; i < 12; i++)
        {
            open = open.Event("task_started", $"\"turn_id\":\"inner-{i}\"")
                .Event("task_complete", $"\"turn_id\":\"inner-{i}\"")
                .Item("event_msg", $$"""{"type":"warning","message":"gap {{i}}."}""");
        }
        var shown = await CompleteAsync(open.CompleteTurn().Item("event_msg", """{"type":"warning","message":"the end."}"""), 1);
        var items = shown.SelectMany(turn => turn.Items).Select(Text).ToList();
        foreach (var word in Enumerable.Range(0, 12).Select(i => $"gap {i}.").Append("the end."))
            Assert.Single(items, item => item.Contains(word, StringComparison.Ordinal));

        var early = SampleHome.Log(1, SeedIds.Epoch).Item("event_msg", """{"type":"warning","message":"before all"}""");
        var fork = early.Fork(SeedIds.Id(4), SeedIds.Epoch);
        var store = await OpenAsync([early.Turn("of the source").ToSeed(), fork.Turn("of the fork").ToSeed()]);
        var own = await store.AllTurnsAsync(new ListTurnsRequest(SeedIds.Id(4)) { View = TurnView.Complete }, Cancellation);
        Assert.Single(own.SelectMany(turn => turn.Items), item => Text(item).Contains("before all", StringComparison.Ordinal));
        Assert.DoesNotContain("of the source", string.Concat(own.Select(Text)), StringComparison.Ordinal);
    }

    /// <summary>VIEW-21.</summary>
    [Fact, Guarantee("VIEW-21")]
    public async Task Calls_with_the_same_id_that_events_show_too_are_all_there()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var log = SampleHome.Turns(number, 1).StartTurn().UserMessage("Go");
            log = Answered(log, "call_0", "update_plan", """{"plan":[{"step":"a plan","status":"pending"}]}""", "plan made");
            foreach (var command in (string[])["first", "second"])
            {
                log = Call(log, "call_0", "exec_command", $$"""{"cmd":"{{command}} command"}""");
                log = log.ShowCall("call_0");
                log = Output(log, "call_0", $"{command} output");
            }

            var items = (await CompleteAsync(log.CompleteTurn(), number))[1].Items.Select(Text).ToList();
            foreach (var word in (string[])["a plan", "plan made", "first output", "second output"])
                Assert.Single(items, item => item.Contains(word, StringComparison.Ordinal));
            Assert.Single(items, item => item.Contains("first command", StringComparison.Ordinal));
        }
    }

    static RolloutLines Answered(RolloutLines log, string id, string name, string arguments, string output) =>
        Output(Call(log, id, name, arguments), id, output);

    static RolloutLines Call(RolloutLines log, string id, string name, string arguments) =>
        log.Item(
            "response_item",
            new JsonObject
            {
                ["type"] = "function_call",
                ["call_id"] = id,
                ["name"] = name,
                ["arguments"] = arguments,
            }.ToJsonString()
        );

    static RolloutLines Output(RolloutLines log, string id, string output, string type = "function_call_output") =>
        log.Item(
            "response_item",
            new JsonObject
            {
                ["type"] = type,
                ["call_id"] = id,
                ["output"] = output,
            }.ToJsonString()
        );

    static string Completed(string turn, string text) =>
        new JsonObject
        {
            ["type"] = "item_completed",
            ["thread_id"] = "t",
            ["turn_id"] = turn,
            ["item"] = new JsonObject
            {
                ["type"] = "AgentMessage",
                ["id"] = text,
                ["content"] = new JsonArray((JsonNode)new JsonObject { ["type"] = "Text", ["text"] = text }),
            },
        }.ToJsonString();

    static byte[] Line(string rest) => Encoding.UTF8.GetBytes($$"""{"timestamp":"2026-01-01T00:00:00.000Z",{{rest}}""");

    async Task<List<Turn>> CompleteAsync(RolloutLines log, int number) =>
        await (await OpenAsync(log)).AllTurnsAsync(new ListTurnsRequest(SeedIds.Id(number)) { View = TurnView.Complete }, Cancellation);

    static string Text(Turn turn) => string.Join('\n', turn.Items.Select(Text));

    static string Text(ThreadItem item) => item.Json.ToJsonString(Plain);
}
