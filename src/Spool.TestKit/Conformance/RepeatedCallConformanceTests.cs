using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees of the complete view of turns (<see cref="TurnView.Complete"/>) for calls of which the log has several records:
/// those of the model, and events of what came of them.</summary>
public partial class RepeatedCallConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>VIEW-12.</summary>
    [Fact, Guarantee("VIEW-12")]
    public async Task Calls_with_the_same_id_have_each_its_own_output()
    {
        foreach (var (name, arguments) in ((string, string)[])[("mcp__s__t", "{}"), ("tool", "{}"), ("shell", """{"command":["ls"]}""")])
        {
            var log = SampleHome.Turns(2, 1).StartTurn().UserMessage("Go");
            log = log.Answered("same", name, arguments, "first");
            log = log.Call("same", name, arguments);
            log = log.Call("same", name, arguments);
            log = log.Output("same", "second").Output("same", "third").Output("same", "of none");

            var items = (await CompleteAsync(log, 2))[1].Items.Select(Text).ToList();
            foreach (var output in (string[])["first", "second", "third", "of none"])
                Assert.Single(items, item => item.Contains($"\"{output}\"", StringComparison.Ordinal));
            Assert.DoesNotContain(items, item => item.Contains("inProgress", StringComparison.Ordinal));
        }
    }

    /// <summary>VIEW-21.</summary>
    [Fact, Guarantee("VIEW-21")]
    public async Task Calls_with_the_same_id_that_events_show_too_are_all_there_each_in_its_place()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var log = SampleHome.Log(number, SeedIds.Epoch).StartTurn().UserMessage("Go");
            log = log.Answered("call_0", "update_plan", """{"plan":[{"step":"a plan","status":"pending"}]}""", "plan made");
            foreach (var (command, code) in ((string, int)[])[("first", 7), ("second", 0)])
            {
                log = log.Call("call_0", "exec_command", $$"""{"cmd":"{{command}} command"}""");
                log = Ended(
                    log,
                    $$""" "command":["{{command}} command"],"aggregated_output":"{{command}} output","exit_code":{{code}},"status":"{{(code == 0 ? "completed" : "failed")}}" """
                );
                log = log.Output("call_0", $"{command} output").AgentMessage($"{command} message");
            }
            log = log.Call("call_0", "exec_command", """{"cmd":"third command"}""").Output("call_0", "third output");
            log = Ended(log, """ "command":["only an event"],"aggregated_output":"event output","exit_code":0,"status":"completed" """);
            log = Ended(log, """ "command":["another event"],"aggregated_output":"other output","exit_code":0,"status":"completed" """);
            log = log.AgentMessage("last message");
            string[] words =
            [
                "a plan",
                "first command",
                "first message",
                "second command",
                "second message",
                "another event",
                "last message",
            ];

            var items = Assert.Single(await CompleteAsync(log, number)).Items;
            foreach (var word in (string[])[.. words, "plan made", "first output", "second output", "third output"])
                Assert.Single(items, item => Text(item).Contains(word, StringComparison.Ordinal));
            var places = words.Select(word => items.ToList().FindIndex(item => Text(item).Contains(word, StringComparison.Ordinal)));
            Assert.Equal(places.Order(), places);
            var ofFirst = items.Single(item => Text(item).Contains("first command", StringComparison.Ordinal)).Json;
            Assert.Equal((7, "failed"), ((int)ofFirst["exitCode"]!, (string?)ofFirst["status"]));

            RolloutLines Ended(RolloutLines before, string members) =>
                before.Item(
                    "event_msg",
                    number == 1
                        ? "{\"type\":\"item_completed\",\"thread_id\":\"t\",\"turn_id\":\""
                            + log.TurnId
                            + "\",\"item\":{\"type\":\"CommandExecution\",\"id\":\"call_0\","
                            + members
                            + "}}"
                        : "{\"type\":\"exec_command_end\",\"call_id\":\"call_0\",\"turn_id\":\"" + log.TurnId + "\"," + members + "}"
                );
        }
    }

    /// <summary>VIEW-23.</summary>
    [Fact, Guarantee("VIEW-23")]
    public async Task A_search_or_an_image_that_was_recorded_without_an_id_is_one_with_what_came_of_it()
    {
        const string Search = """{"type":"search","query":"what it is"}""";
        const string Page = """{"type":"open_page","url":"https://where.it.is"}""";
        string[] calls =
        [
            """{"type":"web_search_call","status":"completed","action":""" + Search + "}",
            """{"type":"web_search_call","status":"completed","action":""" + Page + "}",
            """{"type":"image_generation_call","status":"completed","revised_prompt":"a picture","result":"QUFBQQ=="}""",
            """{"type":"web_search_call","status":"completed","action":{"type":"search","query":"of no event"}}""",
        ];
        string[] ends =
        [
            """{"type":"$search","$id":"ws_1","query":"what it is","action":""" + Search + ""","results":[{"title":"found"}]}""",
            """{"type":"$search","$id":"ws_2","query":"https://where.it.is","action":""" + Page + "}",
            """{"type":"$image","$id":"ig_1","status":"completed","revised_prompt":"a picture","result":"QUFBQQ=="}""",
        ];
        foreach (var number in new[] { 1, 2 })
        foreach (var isCallFirst in new[] { true, false })
        {
            var log = SampleHome.Log(number, SeedIds.Epoch).Event("task_started", "\"turn_id\":\"t\"");
            var isPaginated = number == 1;
            string[] shown =
            [
                .. ends.Select(end =>
                    isPaginated
                        ? """{"type":"item_completed","thread_id":"t","turn_id":"t","item":"""
                            + Named(end, "WebSearch", "ImageGeneration", "id")
                            + "}"
                        : Named(end, "web_search_end", "image_generation_end", "call_id")
                ),
            ];
            foreach (var (i, call) in calls.Index())
            {
                if (!isCallFirst && i < shown.Length)
                    log = log.Item("event_msg", shown[i]);
                log = log.Item("response_item", call);
                if (isCallFirst && i < shown.Length)
                    log = log.Item("event_msg", shown[i]);
            }

            var items = Assert.Single(await CompleteAsync(log, number)).Items.Where(item => item.Type is "webSearch" or "imageGeneration");
            Assert.Equal(4, items.Count());
            foreach (var word in (string[])["what it is", "found", "https://where.it.is", "a picture", "of no event"])
                Assert.Single(items, item => Text(item).Contains(word, StringComparison.Ordinal));
            Assert.Equal(["ws_1", "ws_2", "ig_1"], items.Take(3).Select(item => item.Id));

            // Neither an output nor a call of another tool with the id of the event keeps them apart.
            log = SampleHome.Log(number, SeedIds.Epoch).Event("task_started", "\"turn_id\":\"t\"").Call("ws_1", "spawn_agent", "{}");
            log = log.Item("response_item", calls[0]).Item("event_msg", shown[0]).Output("ws_1", "given");
            Assert.Single(Assert.Single(await CompleteAsync(log, number)).Items, item => item.Type == "webSearch");
            log = SampleHome.Log(number, SeedIds.Epoch).Event("task_started", "\"turn_id\":\"t\"").Item("response_item", calls[0]);
            log = log.Item("event_msg", shown[0]).Output("ws_1", "given");
            var search = Assert.Single(
                Assert.Single(await CompleteAsync(log, number)).Items,
                item => item.Id == "ws_1" || item.Type == "webSearch"
            );
            Assert.Contains("given", Text(search), StringComparison.Ordinal);
        }

        static string Named(string end, string search, string image, string id) =>
            end.Replace("$search", search, StringComparison.Ordinal)
                .Replace("$image", image, StringComparison.Ordinal)
                .Replace("$id", id, StringComparison.Ordinal);
    }

    /// <summary>VIEW-25.</summary>
    [Fact, Guarantee("VIEW-25")]
    public async Task What_the_model_was_given_and_what_an_event_says_are_both_there_where_they_differ()
    {
        const string Patch = "*** Begin Patch\n*** Update File: f\n@@\n-a\n+b\n*** End Patch";
        const string Changes = """ "changes":{"/f":{"type":"update","unified_diff":"@@ -1 +1 @@\n-a\n+b","move_path":null}} """;
        (string Call, string Legacy, string Paginated, string[] Words)[] cases =
        [
            (
                """ "name":"shell","arguments":"{\"command\":[\"ls\"]}" """,
                """ "type":"exec_command_end","command":["ls"],"aggregated_output":"of the event","exit_code":0,"status":"completed" """,
                """ "type":"CommandExecution","command":["ls"],"aggregated_output":"of the event","exit_code":0,"status":"completed" """,
                ["of the event", "given first", "given second"]
            ),
            (
                """ "name":"shell","arguments":"{\"command\":[\"ls\"]}" """,
                """ "type":"exec_command_end","command":["rm","it\u0000all"],"stdout":"printed","stderr":"warned","exit_code":0,"status":"completed" """,
                """ "type":"CommandExecution","command":["rm","it\u0000all"],"stdout":"printed","stderr":"warned","exit_code":0,"status":"completed" """,
                ["printed", "warned", "it\\u0000all", "given first"]
            ),
            (
                """ "name":"mcp__s__t","arguments":"{}" """,
                """ "type":"mcp_tool_call_end","invocation":{"server":"s","tool":"t","arguments":{}},"result":{"Err":"failed so"} """,
                """ "type":"McpToolCall","server":"s","tool":"t","arguments":{},"status":"failed","error":{"message":"failed so"} """,
                ["failed so", "given first", "given second"]
            ),
            (
                """ "name":"tool","arguments":"{}" """,
                """ "type":"dynamic_tool_call_response","tool":"tool","arguments":{},"content_items":[{"type":"inputText","text":"of the event"}],"success":true,"error":null """,
                """ "type":"DynamicToolCall","tool":"tool","arguments":{},"status":"completed","content_items":[{"type":"inputText","text":"of the event"}],"success":true """,
                ["of the event", "given first", "given second"]
            ),
            (
                $$""" "name":"apply_patch","arguments":{{RolloutJson.Text(new JsonObject { ["input"] = Patch }.ToJsonString())}} """,
                """ "type":"patch_apply_end","stdout":"printed","stderr":"warned","success":false,"status":"failed", """ + Changes,
                """ "type":"FileChange","stdout":"printed","stderr":"warned","status":"failed", """ + Changes,
                ["printed", "warned", "given first", "given second"]
            ),
        ];
        foreach (var number in new[] { 1, 2 })
        foreach (var (call, legacy, paginated, words) in cases)
        {
            var log = SampleHome.Log(number, SeedIds.Epoch).StartTurn().UserMessage("Go");
            log = log.Item("response_item", "{\"type\":\"function_call\",\"call_id\":\"c\"," + call + "}");
            log = Ended(log, number, legacy, paginated);
            log = log.Output("c", "given first").Output("c", "given second");

            var items = Assert.Single(await CompleteAsync(log, number)).Items;
            foreach (var word in words)
                Assert.Single(items, item => Text(item).Contains(word, StringComparison.Ordinal));
        }
    }

    /// <summary>VIEW-28.</summary>
    [Fact, Guarantee("VIEW-28")]
    public async Task An_event_is_of_the_call_that_says_the_same_and_no_call_is_lost_to_it()
    {
        const string Output = """{"type":"function_call_output","call_id":"c","output":"BOUT"}""";
        const string Plan =
            """{"type":"function_call","call_id":"c","name":"update_plan","arguments":"{\"explanation\":\"AAA\",\"plan\":[]}"}""";
        const string Other =
            """{"type":"mcp_tool_call_end","call_id":"c","invocation":{"server":"s","tool":"t","arguments":{}},"result":{"Ok":{"content":[{"type":"text","text":"BBB"}]}}}""";
        const string Spawn = """{"type":"function_call","call_id":"c","name":"spawn_agent","arguments":"{\"message\":\"BBB\"}"}""";
        const string SpawnEnd =
            """{"type":"collab_agent_spawn_end","call_id":"c","sender_thread_id":"x","new_thread_id":"y","prompt":"BBB","status":"running"}""";
        string[][] cases =
        [
            [Shell("AAA"), Shell("BBB"), ShellEnd("BBB"), Output],
            [Shell("AAA"), Shell("BBB"), ShellEnd("BBB")],
            [Shell("AAA"), Shell("BBB"), ShellEnd("BBB"), ShellEnd("AAA"), Output],
            [View("AAA"), View("BBB"), """{"type":"view_image_tool_call","call_id":"c","path":"/w/BBB.png"}"""],
            [Patch("AAA"), Patch("BBB"), PatchEnd("BBB"), Output],
            [Plan, Patch("BBB"), PatchEnd("BBB"), Output],
            [Shell("AAA"), Patch("BBB"), PatchEnd("BBB"), Output],
            [Patch("AAA"), PatchEnd("AAA"), Other],
            [Shell("AAA"), Spawn, SpawnEnd],
            [
                Shell("AAA"),
                Answered("given A"),
                Other,
                """{"type":"function_call","call_id":"c","name":"mcp__s__t","arguments":"{}"}""",
                Output,
            ],
            [PatchEnd("AAA"), Answered("given A"), Shell("BBB"), Output],
            [Shell("AAA"), Answered("given A"), ShellEnd("BBB"), Shell("BBB"), Output],
            [
                """{"type":"function_call","call_id":"c","name":"mcp__s__t","arguments":"{}"}""",
                Other,
                """{"type":"function_call_output","call_id":"c","output":[{"type":"input_text","text":"BBB"},{"type":"input_image","image_url":"data:image/png;base64,AAA"}]}""",
            ],
        ];
        foreach (var records in cases)
        {
            var log = SampleHome.Log(2, SeedIds.Epoch).StartTurn().UserMessage("Go");
            foreach (var record in records)
                log = log.Item(record.Contains("function_call", StringComparison.Ordinal) ? "response_item" : "event_msg", record);

            var items = Assert.Single(await CompleteAsync(log.CompleteTurn(), 2)).Items;
            foreach (var word in (string[])["AAA", "BBB"])
                Assert.Single(items, item => Text(item).Contains(word, StringComparison.Ordinal));
        }

        static string Answered(string text) => $$"""{"type":"function_call_output","call_id":"c","output":"{{text}}"}""";

        static string Shell(string text) =>
            $$"""{"type":"function_call","call_id":"c","name":"shell","arguments":"{\"command\":[\"bash\",\"-lc\",\"{{text}}\"]}"}""";

        static string ShellEnd(string text) =>
            $$"""{"type":"exec_command_end","call_id":"c","command":["bash","-lc","{{text}}"],"aggregated_output":"of {{text}}","exit_code":0,"status":"completed"}""";

        static string View(string name) =>
            $$"""{"type":"function_call","call_id":"c","name":"view_image","arguments":"{\"path\":\"{{name}}.png\"}"}""";

        static string Patch(string line) =>
            $$"""{"type":"function_call","call_id":"c","name":"apply_patch","arguments":"{\"input\":\"*** Begin Patch\\n*** Add File: f\\n+{{line}}\\n*** End Patch\"}"}""";

        static string PatchEnd(string line) =>
            "{\"type\":\"patch_apply_end\",\"call_id\":\"c\",\"success\":true,\"status\":\"completed\",\"changes\":{\"/w/f\":{\"type\":\"add\",\"content\":\""
            + line
            + "\\n\"}}}";
    }

    /// <summary>VIEW-27.</summary>
    [Fact, Guarantee("VIEW-27")]
    public async Task What_a_client_says_around_the_same_output_is_no_second_one()
    {
        const string Said = "Success. Updated the following files:\nA f\n";
        foreach (var output in (string[])[Said, "Exit code: 0\nWall time: 0 seconds\nOutput:\n" + Said])
        {
            var log = SampleHome.Log(1, SeedIds.Epoch).StartTurn().UserMessage("Go");
            log = log.Call("c", "exec_command", """{"cmd":"apply_patch <<'E'\n*** Begin Patch\n*** Add File: f\n+a\n*** End Patch\nE"}""");
            var done = new JsonObject
            {
                ["type"] = "item_completed",
                ["thread_id"] = "t",
                ["turn_id"] = log.TurnId,
                ["item"] = new JsonObject
                {
                    ["type"] = "FileChange",
                    ["id"] = "c",
                    ["changes"] = new JsonObject
                    {
                        ["/f"] = new JsonObject { ["type"] = "add", ["content"] = "a\n" },
                    },
                    ["status"] = "completed",
                    ["stdout"] = Said,
                    ["stderr"] = "",
                },
            };
            log = log.Item("event_msg", done.ToJsonString()).Output("c", "Wall time: 0.1 seconds\nOutput:\n" + output);

            var change = Assert.Single(await CompleteAsync(log, 1)).Items.Single(item => item.Type == "fileChange").Json;
            Assert.Equal((Said, null), ((string?)change["output"], (string?)change["modelOutput"]));
        }
    }

    /// <summary>VIEW-26.</summary>
    [Fact, Guarantee("VIEW-26")]
    public async Task A_turn_that_was_rolled_back_is_shown_as_it_was()
    {
        const string Review =
            """{"type":"entered_review_mode","target":{"type":"custom","instructions":"what to look at"},"user_facing_hint":"a review"}""";
        const string Judged =
            """{"type":"exited_review_mode","review_output":{"findings":[],"overall_correctness":"how good it is","overall_explanation":"why"}}""";
        var log = SampleHome.Turns(2, 1);
        foreach (var (turn, question) in ((string, string)[])[("a", "first"), ("b", "second")])
        {
            log = log.Event("task_started", $"\"turn_id\":\"{turn}\"").UserMessage($"{question} question");
            log = log.Call("c", "shell", $$"""{"command":["{{question}} command"]}""");
            log = log.Event(
                "exec_command_end",
                $"\"call_id\":\"c\",\"turn_id\":\"{turn}\",\"command\":[\"{question} command\"],\"aggregated_output\":\"{question} output\",\"exit_code\":0,\"status\":\"completed\""
            );
            log = log.Output("c", $"{question} output");
            log = log.Event(
                "exec_command_end",
                $"\"call_id\":\"e\",\"turn_id\":\"{turn}\",\"command\":[\"{question} event\"],\"exit_code\":0,\"status\":\"completed\""
            );
            log = log.Event(
                "patch_apply_end",
                $"\"call_id\":\"p\",\"turn_id\":\"{turn}\",\"stdout\":\"\",\"stderr\":\"{question} failure\",\"success\":false,\"changes\":{{}},\"status\":\"failed\""
            );
            if (turn == "a")
                log = log.Item("event_msg", Review).Item("event_msg", Judged);
            log = log.Event("task_complete", $"\"turn_id\":\"{turn}\"");
        }
        log = log.Event("thread_rolled_back", "\"num_turns\":2").Turn("kept");

        var store = await OpenAsync(log);
        var request = new ListTurnsRequest(SeedIds.Id(2)) { View = TurnView.Complete, WithRolledBack = true };
        var turns = await store.AllTurnsAsync(request, Cancellation);
        var undone = turns.SelectMany(turn => turn.Items).Single(item => item.Type == "rolledBack").Json["items"]!.AsArray();
        var texts = undone.Select(item => item!.ToJsonString(Plain)).ToList();
        string[] words =
        [
            "first question",
            "first command",
            "first event",
            "first failure",
            "what to look at",
            "how good it is",
            "second question",
            "second command",
            "second event",
            "second failure",
        ];
        foreach (var word in (string[])[.. words, "first output", "second output"])
            Assert.Single(texts, text => text.Contains(word, StringComparison.Ordinal));
        var places = words.Select(word => texts.FindIndex(text => text.Contains(word, StringComparison.Ordinal)));
        Assert.Equal(places.Order(), places);
    }

    async Task<List<Turn>> CompleteAsync(RolloutLines log, int number) =>
        await (await OpenAsync(log)).AllTurnsAsync(new ListTurnsRequest(SeedIds.Id(number)) { View = TurnView.Complete }, Cancellation);

    static string Text(ThreadItem item) => item.Json.ToJsonString(Plain);
}
