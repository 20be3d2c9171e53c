using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Spool.TestKit;

namespace Spool.Codex.Tests;

/// <summary>Logs that no release wrote, each record with every member absent and of other types: what Codex decodes of them, and what it
/// makes of it, Spool does too.</summary>
public sealed class MadeUpRecordTests : CodexTests
{
    const string Agent = "019e1b50-0000-7000-8000-000000000009";

    static readonly string?[] Odd = ["absent", "null", "5", "\"zz\""];

    // Between two records a question is asked, whose turn has no name: its id tells how many lines Codex has decoded.
    static readonly string[] Records =
    [
        Event(
            "user_message",
            """ "message":"m","images":["u"],"local_images":["/p"],"text_elements":[{"byte_range":{"start":0,"end":1},"placeholder":"p"}],"client_id":"c","image_details":["high"] """
        ),
        Event(
            "agent_message",
            $$""" "message":"m","phase":"final_answer","memory_citation":{"entries":[{"path":"M","lineStart":1,"lineEnd":2,"note":"n"}],"rolloutIds":["r"]} """
        ),
        Event("agent_reasoning", """ "text":"t" """),
        Event("agent_reasoning_raw_content", """ "text":"t" """),
        Event("entered_review_mode", """ "target":{"type":"custom","instructions":"i"},"user_facing_hint":"h" """),
        Event(
            "exited_review_mode",
            """ "review_output":{"findings":[{"title":"t","body":"b","confidence_score":0.5,"priority":1,"code_location":{"absolute_file_path":"/a","line_range":{"start":1,"end":2}}}],"overall_correctness":"o","overall_explanation":"e","overall_confidence_score":0.5} """
        ),
        Event("turn_aborted", """ "turn_id":"nobody","reason":"interrupted","completed_at":1,"duration_ms":1 """),
        Event(
            "task_complete",
            """ "turn_id":"nobody","last_agent_message":null,"completed_at":1,"duration_ms":1,"error":{"message":"m","codex_error_info":"other"} """
        ),
        Event(
            "token_count",
            """ "info":{"total_token_usage":{"input_tokens":1,"cached_input_tokens":0,"output_tokens":1,"reasoning_output_tokens":0,"total_tokens":2},"last_token_usage":{"input_tokens":1,"cached_input_tokens":0,"output_tokens":1,"reasoning_output_tokens":0,"total_tokens":2},"model_context_window":1},"rate_limits":{"primary":{"used_percent":1.5,"window_minutes":1,"resets_at":1},"secondary":null} """
        ),
        Event(
            "web_search_end",
            """ "call_id":"c","query":"q","action":{"type":"search","query":"q","queries":["a"]},"results":[{"ref_id":"r","some_member":1}] """
        ),
        Event("web_search_end", """ "call_id":"c","query":"q","action":{"type":"find_in_page","url":"u","pattern":"p"} """),
        Event("image_generation_end", """ "call_id":"c","status":"s","revised_prompt":"p","result":"r","saved_path":"/p" """),
        Event(
            "patch_apply_end",
            """ "call_id":"c","stdout":"","stderr":"","success":true,"changes":{"/a":{"type":"add","content":"x"},"/b":{"type":"update","unified_diff":"d","move_path":"/c"}},"status":"completed" """
        ),
        Event(
            "mcp_tool_call_end",
            """ "call_id":"c","invocation":{"server":"s","tool":"t","arguments":{"a":1}},"duration":{"secs":1,"nanos":5},"result":{"Ok":{"content":[{"type":"text","text":"x"}]}},"plugin_id":"p" """
        ),
        Event(
            "sub_agent_activity",
            $$""" "event_id":"e","occurred_at_ms":1,"agent_thread_id":"{{Agent}}","agent_path":"/root/a","kind":"started","model":"m","reasoning_effort":"high" """
        ),
        Event("error", """ "message":"m" """),
        Event("thread_name_updated", """ "thread_name":"n" """),
        Event("context_compacted", """ "some_member":1 """),
        Event(
            "item_completed",
            $$""" "thread_id":"{{Agent}}","turn_id":"nobody","started_at_ms":1,"completed_at_ms":2,"item":{"type":"Plan","id":"i","text":"t"} """
        ),
        Event("exec_command_begin", """ "call_id":"c" """),
        Line(
            "turn_context",
            """{"cwd":"/w","approval_policy":"never","sandbox_policy":{"type":"workspace-write","network_access":true},"model":"m","summary":"auto","effort":"high"}"""
        ),
        Line("turn_context", """{"cwd":"/w","approval_policy":"never","sandbox_policy":{"mode":"read-only"},"model":"m"}"""),
        Line("session_state", "{}"),
        Line("response_item", """{"type":"message","role":"user","content":[{"type":"input_text","text":"x"}]}"""),
        Line("response_item", """{"type":"reasoning","summary":[{"type":"summary_text","text":"x"}],"encrypted_content":"x"}"""),
        Line("response_item", """{"type":"function_call","name":"n","arguments":"{}","call_id":"c"}"""),
        Line("response_item", """{"type":"function_call_output","call_id":"c","output":"x"}"""),
        Line(
            "response_item",
            """{"type":"local_shell_call","call_id":"c","status":"completed","action":{"type":"exec","command":["a"]}}"""
        ),
        Line("response_item", """{"type":"custom_tool_call","call_id":"c","name":"n","input":"i"}"""),
        Line("response_item", """{"type":"ghost_snapshot","ghost_commit":{"id":"a"}}"""),
        Line(
            "response_item",
            """{"type":"web_search_call","id":"i","status":"s","action":{"type":"search","query":"q","queries":["a"]}}"""
        ),
        Line("response_item", """{"type":"web_search_call","action":{"type":"open_page","url":"u"}}"""),
        Line("response_item", """{"type":"web_search_call","action":{"type":"find_in_page","url":"u","pattern":"p"}}"""),
        Line(
            "response_item",
            """{"type":"function_call_output","id":"i","call_id":"c","output":[{"type":"input_text","text":"x"},{"type":"input_image","image_url":"u","detail":"high"}]}"""
        ),
        Line(
            "response_item",
            """{"type":"custom_tool_call_output","id":"i","call_id":"c","name":"n","output":[{"type":"input_text","text":"x"}]}"""
        ),
        Line("response_item", """{"type":"image_generation_call","id":"i","status":"s","revised_prompt":"p","result":"r"}"""),
        Line("response_item", """{"type":"compaction","id":"i","encrypted_content":"x"}"""),
        Line("response_item", """{"type":"tool_search_call","id":"i","call_id":"c","status":"s","execution":"client","arguments":{}}"""),
        Line(
            "response_item",
            """{"type":"tool_search_output","id":"i","call_id":"c","status":"completed","execution":"client","tools":[]}"""
        ),
        Line(
            "response_item",
            """{"type":"message","id":"i","role":"assistant","phase":"final_answer","content":[{"type":"output_text","text":"x"},{"type":"input_image","image_url":"u","detail":"high"}]}"""
        ),
        Line(
            "response_item",
            """{"type":"reasoning","id":"i","summary":[],"content":[{"type":"reasoning_text","text":"x"}],"encrypted_content":"x"}"""
        ),
        Line("response_item", """{"type":"function_call","id":"i","name":"n","namespace":"s","arguments":"{}","call_id":"c"}"""),
        Line(
            "response_item",
            """{"type":"local_shell_call","id":"i","call_id":"c","status":"completed","action":{"type":"exec","command":["a"],"timeout_ms":1,"working_directory":"/w","env":{"a":"b"},"user":"u"}}"""
        ),
        Line("response_item", """{"type":"custom_tool_call","id":"i","status":"s","call_id":"c","name":"n","input":"i"}"""),
        Line(
            "compacted",
            """{"message":"m","replacement_history":[{"type":"message","role":"user","content":[{"type":"input_text","text":"x"}]}]}"""
        ),
        Line("world_state", """{"full":true,"state":{}}"""),
        Line("inter_agent_communication_metadata", """{"trigger_turn":true}"""),
    ];

    [Theory, InlineData(CodexRelease.V169), InlineData(CodexRelease.V171), Guarantee("CDEX-43")]
    public async Task What_codex_decodes_of_a_legacy_log_and_makes_of_it_spool_does_too(string release)
    {
        var home = NewHome();
        var threads = new List<ThreadId>();
        foreach (var record in Records)
        {
            // Behind a turn that has a name, too, lines are counted for the turns that have none.
            string[] first =
                threads.Count % 2 == 0
                    ? []
                    :
                    [
                        Event("task_started", """ "turn_id":"named","model_context_window":1 """),
                        Event("task_complete", """ "turn_id":"named" """),
                    ];
            threads.Add(
                Write(
                    home,
                    threads.Count,
                    [.. first, .. Variants(record).SelectMany((line, index) => (string[])[line, End, Question($"case {index}"), End])]
                )
            );
        }
        await using var store = home.Open();
        await using var codex = await home.StartAsync(release);

        foreach (var threadId in threads)
        {
            var read = (await codex.ReadAsync(threadId))["turns"]!.AsArray();
            var page = await store.ListTurnsAsync(new ListTurnsRequest(threadId) { Limit = ListTurnsRequest.MaxLimit }, Cancellation);
            // What Codex passes over Spool shows as far as it can be read, in turns of such a name, and it has numbers of its own.
            var ours = new JsonArray([
                .. page.Items.Where(turn => !turn.Id.StartsWith("line-", StringComparison.Ordinal)).Select(Turns.ToJson),
            ]);
            var variants = Variants(Records[threads.IndexOf(threadId)]).ToList();
            Assert.DoesNotContain(
                variants.Zip(Decoded(read, variants.Count), Decoded(ours, variants.Count)),
                variant => variant.Second != variant.Third
            );
            Turns.AssertContains(WithoutNumbers(read), WithoutNumbers(ours), Records[threads.IndexOf(threadId)]);
        }
    }

    [Fact, Guarantee("CDEX-41")]
    public async Task Commands_are_quoted_as_codex_quotes_them()
    {
        var home = NewHome();
        const string Letters = "ab^!$`\"'\\ é名~#*?{}[]()<>|&;%=,\t\n+-./:@_0A";
        var random = new Random(20260512);
        var words = Enumerable
            .Range(0, 500)
            .Select(_ =>
                Enumerable.Range(0, random.Next(1, 5)).Select(_ => new string(random.GetItems<char>(Letters, random.Next(10)))).ToList()
            )
            .ToList();
        var threadId = Write(
            home,
            0,
            words
                .Select(
                    (command, index) =>
                        Event(
                            "exec_command_end",
                            $$""" "call_id":"c{{index}}","turn_id":"t","command":{{new JsonArray([.. command.Select(word => (JsonNode)word)]).ToJsonString()}},"cwd":"/w","parsed_cmd":[],"source":"agent","stdout":"","stderr":"","exit_code":0,"duration":{"secs":0,"nanos":0},"formatted_output":"","status":"completed" """
                        )
                )
                .Prepend(Event("task_started", """ "turn_id":"t","model_context_window":1 """))
        );
        await using var store = home.Open();
        await using var codex = await home.StartAsync(CodexRelease.V128);

        await Turns.AssertSameAsync(store, await codex.ReadAsync(threadId));
    }

    [Theory, InlineData(CodexRelease.V169), InlineData(CodexRelease.V171), Guarantee("CDEX-42")]
    public async Task A_guardian_is_called_in_a_list_as_codex_calls_it(string release)
    {
        var home = NewHome();
        Write(home, 0, [Question("## My request for Codex: of another thread")], """{"subagent":{"other":"guardian"}}""");
        Write(home, 1, [Question("of a reviewer")], """{"subagent":{"other":"Guardian"}}""");
        await using var store = home.Open();
        await using var codex = await home.StartAsync(release);

        var listed = (
            await codex.RequestAsync(
                "thread/list",
                new()
                {
                    ["limit"] = 10,
                    ["modelProviders"] = new JsonArray(),
                    ["sourceKinds"] = new JsonArray("subAgentOther"),
                }
            )
        )["data"]!.AsArray();
        var ours = (await store.ListAsync(new ThreadQuery(), Cancellation)).Items;
        Assert.Equal(
            listed.Select(thread => ((string?)thread!["id"], (string?)thread["name"], (string?)thread["preview"])).Order(),
            ours.Select(thread => ((string?)thread.Id.ToString(), thread.Name, (string?)thread.Preview)).Order()
        );
    }

    // How many lines were decoded from one question to the next.
    static IEnumerable<int> Decoded(JsonArray turns, int questions)
    {
        var before = 0;
        foreach (var text in Enumerable.Range(0, questions).Select(index => $"case {index}"))
        {
            var turn = turns.Single(turn =>
                turn!["items"]!
                    .AsArray()
                    .Any(item => (string?)item!["type"] == "userMessage" && (string?)item["content"]?[0]?["text"] == text)
            )!;
            var number = int.Parse(((string)turn["id"]!)["rollout-".Length..], CultureInfo.InvariantCulture);
            yield return number - before;
            before = number;
        }
    }

    static string End => Event("task_complete", """ "turn_id":"nobody" """);

    static string Event(string type, string members) => Line("event_msg", $$"""{"type":"{{type}}",{{members.Trim()}}}""");

    static string Question(string text) => Event("user_message", $"\"message\":\"{text}\"");

    static string Line(string type, string payload) =>
        $$"""{"timestamp":"2026-05-12T08:32:01.000Z","type":"{{type}}","payload":{{payload}}}""";

    static ThreadId Write(CodexHome home, int number, IEnumerable<string> lines, string source = "\"cli\"")
    {
        var id = $"019e1b50-0000-7000-8000-{number + 100:x12}";
        var folder = Directory.CreateDirectory(Path.Combine(home.Path, "sessions/2026/05/12")).FullName;
        var head = Line(
            "session_meta",
            $$"""{"id":"{{id}}","timestamp":"2026-05-12T08:32:00.000Z","cwd":"/w","originator":"o","cli_version":"1","source":{{source}},"model_provider":"mock"}"""
        );
        File.WriteAllText(
            Path.Combine(folder, $"rollout-2026-05-12T08-32-00-{id}.jsonl"),
            string.Join('\n', lines.Prepend(head)) + "\n",
            new UTF8Encoding(false)
        );
        return ThreadId.Parse(id);
    }

    static IEnumerable<string> Variants(string line)
    {
        yield return line;
        foreach (var path in PathsIn(JsonNode.Parse(line)!["payload"]!))
        {
            foreach (var odd in Odd)
            {
                var copy = JsonNode.Parse(line)!;
                var parent = path[..^1].Aggregate(copy["payload"]!, (node, step) => step is int index ? node[index]! : node[(string)step]!);
                if (odd == "absent" && path[^1] is string name)
                    parent.AsObject().Remove(name);
                else if (odd != "absent" && path[^1] is string member)
                    parent[member] = JsonNode.Parse(odd!);
                else if (odd != "absent")
                    parent[(int)path[^1]] = JsonNode.Parse(odd!);
                yield return copy.ToJsonString();
            }
        }
    }

    static IEnumerable<object[]> PathsIn(JsonNode? node)
    {
        IEnumerable<(object Step, JsonNode? Value)> inside = node switch
        {
            JsonObject members => members.Where(member => member.Key != "type").Select(member => ((object)member.Key, member.Value)),
            JsonArray elements => elements.Select((element, index) => ((object)index, element)),
            _ => [],
        };
        foreach (var (step, value) in inside)
        {
            yield return [step];
            foreach (var path in PathsIn(value))
                yield return [step, .. path];
        }
    }

    static JsonNode? WithoutNumbers(JsonNode? node) =>
        node switch
        {
            JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, WithoutNumbers(member.Value)))),
            JsonArray elements => new JsonArray([.. elements.Select(WithoutNumbers)]),
            JsonValue value when value.TryGetValue<string>(out var text) && text.StartsWith("item-", StringComparison.Ordinal) => "item",
            _ => node?.DeepClone(),
        };
}
