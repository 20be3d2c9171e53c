using System.Text.Json.Nodes;
using Xunit;

namespace Spool.TestKit;

public partial class RepeatedCallConformanceTests<THarness>
{
    // What came of a call, as an event of a legacy log and as an item of a paginated one, with what it says in place of §.
    static readonly (string Legacy, string Paginated) RanCommand = (
        """ "type":"exec_command_end","command":["/bin/bash","-lc","§"],"cwd":"/w/sub","aggregated_output":"printed","exit_code":0,"status":"completed" """,
        """ "type":"CommandExecution","command":["/bin/bash","-lc","§"],"cwd":"/w/sub","aggregated_output":"printed","exit_code":0,"status":"completed" """
    );
    static readonly (string Legacy, string Paginated) CalledServer = (
        """ "type":"mcp_tool_call_end","invocation":{"server":"my.server","tool":"do","arguments":{"q":"§"}},"result":{"Ok":{"content":[{"type":"text","text":"given"}]}} """,
        """ "type":"McpToolCall","server":"my.server","tool":"do","arguments":{"q":"§"},"status":"completed","result":{"content":[{"type":"text","text":"given"}]} """
    );
    static readonly (string Legacy, string Paginated) AnsweredTool = (
        """ "type":"dynamic_tool_call_response","tool":"tool","arguments":{"q":"§"},"content_items":[{"type":"inputText","text":"given"}],"success":true """,
        """ "type":"DynamicToolCall","tool":"tool","arguments":{"q":"§"},"status":"completed","content_items":[{"type":"inputText","text":"given"}],"success":true """
    );
    static readonly (string Legacy, string Paginated) ChangedFile = (
        """ "type":"patch_apply_end","stdout":"printed","stderr":"","success":true,"status":"completed","changes":{"/w/sub/f":{"type":"update","unified_diff":"@@ -1 +1 @@\n-a\n+  §\n","move_path":null}} """,
        """ "type":"FileChange","stdout":"printed","stderr":"","status":"completed","changes":{"/w/sub/f":{"type":"update","unified_diff":"@@ -1 +1 @@\n-a\n+  §\n","move_path":null}} """
    );
    static readonly (string Legacy, string Paginated) SawImage = (
        """ "type":"view_image_tool_call","path":"/w/sub/§.png" """,
        """ "type":"ImageView","path":"/w/sub/§.png" """
    );
    static readonly (string Legacy, string Paginated) Searched = (
        """ "type":"web_search_end","query":"§","action":{"type":"search","query":"§"} """,
        """ "type":"WebSearch","query":"§","action":{"type":"search","query":"§"} """
    );
    static readonly (string Legacy, string Paginated) MadeImage = (
        """ "type":"image_generation_end","status":"completed","revised_prompt":"§","result":"QUFB" """,
        """ "type":"ImageGeneration","status":"completed","revised_prompt":"§","result":"QUFB" """
    );

    /// <summary>VIEW-29.</summary>
    [Fact, Guarantee("VIEW-29")]
    public async Task What_a_call_says_is_there_also_where_an_event_says_something_else()
    {
        const string Odd = """ it's "so": \ $1 ^""";
        const string Named = """ "type":"function_call","call_id":"c","name":""";
        const string Custom = """ "type":"custom_tool_call","call_id":"c","name":""";
        // The call, with its words in place of §; and whether its item is all that it says where both say the same.
        (string Call, (string, string) End, bool IsSame)[] cases =
        [
            (Named + Function("shell", """{"command":["bash","-lc","§"],"workdir":"/w/sub","justification":"why"}"""), RanCommand, true),
            (Named + Function("shell", """{"command":["bash","-lc","§"],"workdir":"sub/"}"""), RanCommand, true),
            (Named + Function("shell", """{"command":["bash","-lc","§"],"workdir":"/elsewhere"}"""), RanCommand, false),
            (Named + Function("exec_command", """{"cmd":"§","yield_time_ms":1000}"""), RanCommand, true),
            (Named + Function("shell_command", """{"command":"§"}"""), RanCommand, true),
            (
                """ "type":"local_shell_call","call_id":"c","status":"completed","action":{"type":"exec","command":["bash","-lc","§"]} """,
                RanCommand,
                true
            ),
            (Named + Function("foo", """{"q":"§"}"""), RanCommand, false),
            (""" "type":"tool_search_call","call_id":"c","status":"completed","arguments":{"query":"§"} """, CalledServer, false),
            (Named + Function("mcp__my_server__do", """{"q":"§"}"""), CalledServer, true),
            (Named + "\"do\",\"namespace\":\"mcp__my_server__\",\"arguments\":" + RolloutJson.Text("""{"q":"§"}"""), CalledServer, true),
            (Named + Function("mcp__another__do", """{"q":"§"}"""), CalledServer, false),
            (Named + Function("request_user_input", """{"questions":[{"question":"§"}]}"""), CalledServer, false),
            (Custom + "\"exec\",\"input\":\"§\"", CalledServer, false),
            (Named + Function("tool", """{"q":"§"}"""), AnsweredTool, true),
            (Named + Function("tool", """{"q":"§","more":1}"""), AnsweredTool, false),
            (Custom + "\"apply_patch\",\"input\":" + RolloutJson.Text(PatchOf("f")), ChangedFile, true),
            (Custom + "\"apply_patch\",\"input\":" + RolloutJson.Text(PatchOf("g")), ChangedFile, false),
            (Named + Script($"apply_patch <<'EOF'\n{PatchOf("f")}\nEOF\n"), ChangedFile, true),
            (
                Named
                    + Function(
                        "shell",
                        new JsonObject
                        {
                            ["command"] = new JsonArray("bash", "-lc", $"apply_patch <<'EOF'\n{PatchOf("f")}\nEOF\n"),
                        }.ToJsonString()
                    ),
                ChangedFile,
                true
            ),
            (Named + Script($"cd sub && apply_patch <<'EOF'\n{PatchOf("f")}\nEOF"), ChangedFile, true),
            (Named + Script($"cd other && apply_patch <<'EOF'\n{PatchOf("f")}\nEOF"), ChangedFile, false),
            (Named + Script($"apply_patch <<'EOF'\n{PatchOf("f")}\nEOF\nrm -r /"), ChangedFile, false),
            (Named + Function("view_image", """{"path":"sub/§.png"}"""), SawImage, true),
            (""" "type":"web_search_call","id":"c","status":"completed","action":{"type":"search","query":"§"} """, Searched, true),
            (""" "type":"image_generation_call","id":"c","status":"completed","revised_prompt":"§","result":"QUFB" """, MadeImage, true),
            (Named + Function("spawn_agent", """{"message":"§"}"""), RanCommand, false),
        ];
        foreach (var number in new[] { 1, 2 })
        foreach (var (call, end, isSame) in cases)
        foreach (var who in (string[])["EVENT", "CALL"])
        {
            var items = await EndedAsync(number, Said(call, who + Odd), end, "EVENT" + Odd);

            var item = Assert.Single(items, item => Text(item).Contains("EVENT", StringComparison.Ordinal));
            if (who == "CALL")
                Assert.Same(item, Assert.Single(items, other => Text(other).Contains("CALL", StringComparison.Ordinal)));
            var kept = item.Json["modelCall"];
            Assert.True(kept is null == (who == "EVENT" && isSame), $"{call} and {end}: {Text(item)}");
            if (kept is not null)
                Assert.NotNull((string?)kept["name"]);
        }
        await AreOwnWordsAsync();
    }

    async Task AreOwnWordsAsync()
    {
        const string Arguments = """{ "command": ["bash","-lc","rm x"],  "justification":"to\tbe rid of it" }""";
        foreach (var number in new[] { 1, 2 })
        {
            var call = """ "type":"function_call","call_id":"c","name":"shell","arguments":""" + RolloutJson.Text(Arguments);
            var command = (await EndedAsync(number, call, RanCommand, "ls y")).Single(item => item.Type == "commandExecution").Json;
            Assert.Equal("/bin/bash -lc 'ls y'", (string?)command["command"]);
            Assert.Null(command["other"]);
            Assert.Equal(
                new JsonObject { ["name"] = "shell", ["arguments"] = Arguments }.ToJsonString(),
                command["modelCall"]?.ToJsonString()
            );

            call = """ "type":"custom_tool_call","call_id":"c","name":"exec","input":"await tools.do()" """;
            var tool = (await EndedAsync(number, call, CalledServer, "y")).Single(item => item.Type == "mcpToolCall").Json;
            Assert.Equal("""{"name":"exec","input":"await tools.do()"}""", tool["modelCall"]?.ToJsonString());
        }
    }

    static string Function(string name, string arguments) => $"\"{name}\",\"arguments\":{RolloutJson.Text(arguments)}";

    static string Script(string script) => Function("exec_command", new JsonObject { ["cmd"] = script }.ToJsonString(Plain));

    static string PatchOf(string file) => $"*** Begin Patch\n*** Update File: {file}\n@@ def\n some\n-a\n+  §\n other\n*** End Patch";

    // With words in place of §, also in arguments, which are JSON in a string.
    static string Said(string members, string words)
    {
        var record = JsonNode.Parse("{" + members + "}")!.AsObject();
        if (record["arguments"] is JsonValue value && value.TryGetValue<string>(out var arguments))
            record["arguments"] = Say(JsonNode.Parse(arguments)!).ToJsonString(Plain);
        return Say(record).ToJsonString(Plain)[1..^1];

        JsonNode Say(JsonNode node) =>
            node switch
            {
                JsonObject named => new JsonObject(
                    named.Select(member => KeyValuePair.Create(member.Key, member.Value is null ? null : Say(member.Value)))!
                ),
                JsonArray elements => new JsonArray([.. elements.Select(element => element is null ? null : Say(element))]),
                JsonValue text when text.TryGetValue<string>(out var said) => said.Replace("§", words, StringComparison.Ordinal),
                _ => node.DeepClone(),
            };
    }

    async Task<IReadOnlyList<ThreadItem>> EndedAsync(int number, string call, (string Legacy, string Paginated) end, string words)
    {
        var log = SampleHome.Log(number, SeedIds.Epoch).StartTurn().UserMessage("Go").Item("response_item", "{" + call + "}");
        log = Ended(log, number, Said(end.Legacy, words), Said(end.Paginated, words));
        return Assert.Single(await CompleteAsync(log.CompleteTurn(), number)).Items;
    }

    // The event or the completed item that ends the call c.
    static RolloutLines Ended(RolloutLines log, int number, string legacy, string paginated) =>
        log.Item(
            "event_msg",
            number == 1
                ? "{\"type\":\"item_completed\",\"thread_id\":\"t\",\"turn_id\":\""
                    + log.TurnId
                    + "\",\"item\":{\"id\":\"c\","
                    + paginated
                    + "}}"
                : "{\"call_id\":\"c\",\"turn_id\":\"" + log.TurnId + "\"," + legacy + "}"
        );
}
