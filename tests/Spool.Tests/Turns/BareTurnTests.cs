using System.Text.Json.Nodes;
using Xunit;
using static Spool.Tests.RolloutText;

namespace Spool.Tests;

/// <summary>Turns of logs without envelopes.</summary>
public sealed class BareTurnTests
{
    [Fact]
    public void Messages_thoughts_and_commands_make_a_turn() =>
        AssertTurns(
            """
            [{"id":"rollout-1","status":"completed","items":[
              {"type":"userMessage","id":"item-1","clientId":null,"content":[{"type":"text","text":"Fix it","text_elements":[]},{"type":"image","url":"data:x","detail":null}],"startedAtMs":null},
              {"type":"reasoning","id":"item-2","summary":["a","b"],"content":["raw"]},
              {"type":"commandExecution","id":"call_1","command":"bash -lc ls","cwd":"/w","status":"failed","aggregatedOutput":"no","exitCode":2,"durationMs":1500,"source":"agent"},
              {"type":"agentMessage","id":"item-3","text":"Done."}]}]
            """,
            Turns(
                HistoryModes.Legacy,
                """{"id":"d7e0b7f3-0000-4000-8000-000000000006","timestamp":"2025-09-07T06:02:51.440Z"}""",
                """{"type":"message","role":"user","content":[{"type":"input_text","text":"Fix it"},{"type":"input_image","image_url":"data:x"}]}""",
                """{"type":"reasoning","summary":[{"type":"summary_text","text":"a"}],"content":[{"type":"reasoning_text","text":"raw"}]}""",
                """{"type":"reasoning","summary":[{"type":"summary_text","text":"b"}],"content":null}""",
                """{"type":"reasoning","summary":[],"encrypted_content":"AAAA"}""",
                """{"type":"function_call","name":"shell","arguments":"{\"command\":[\"bash\",\"-lc\",\"ls\"],\"workdir\":\"/w\"}","call_id":"call_1"}""",
                """{"record_type":"state"}""",
                """{"type":"function_call_output","call_id":"call_1","output":"{\"output\":\"no\",\"metadata\":{\"exit_code\":2,\"duration_seconds\":1.5}}"}""",
                """{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Done."}]}"""
            )
        );

    [Fact]
    public void What_the_program_tells_the_model_in_the_users_role_opens_no_turn() =>
        Assert.Empty(
            Turns(
                HistoryModes.Legacy,
                """{"type":"message","role":"user","content":[{"type":"input_text","text":"<environment_context>\n<cwd>/w</cwd></environment_context>"}]}""",
                """{"type":"message","role":"user","content":[{"type":"input_text","text":"<user_instructions>x</user_instructions>"}]}""",
                """{"type":"message","role":"system","content":[{"type":"input_text","text":"x"}]}"""
            )
        );

    [Fact]
    public void Tools_of_every_kind_are_shown_with_what_they_gave() =>
        AssertTurns(
            """
            [{"items":[
              {"type":"userMessage"},
              {"type":"commandExecution","id":"s","command":"ls -l","cwd":"/w","status":"completed","aggregatedOutput":"plain","exitCode":null},
              {"type":"dynamicToolCall","id":"p","tool":"update_plan","arguments":{"plan":[]},"status":"completed","contentItems":[{"type":"inputText","text":"Plan updated"}]},
              {"type":"dynamicToolCall","id":"a","tool":"apply_patch","arguments":"*** Begin Patch","status":"inProgress","contentItems":null},
              {"type":"webSearch","id":"ws","query":"spool","action":{"type":"search","query":"spool"}}]}]
            """,
            Turns(
                HistoryModes.Legacy,
                """{"type":"message","role":"user","content":"Go"}""",
                """{"type":"local_shell_call","id":null,"call_id":"s","status":"completed","action":{"type":"exec","command":["ls","-l"],"working_directory":"/w","env":null}}""",
                """{"type":"function_call_output","call_id":"s","output":"plain"}""",
                """{"type":"function_call","name":"update_plan","arguments":"{\"plan\":[]}","call_id":"p"}""",
                """{"type":"function_call_output","call_id":"p","output":"Plan updated"}""",
                """{"type":"custom_tool_call","call_id":"a","name":"apply_patch","input":"*** Begin Patch"}""",
                """{"type":"web_search_call","id":"ws","status":"completed","action":{"type":"search","query":"spool"}}"""
            )
        );

    [Fact]
    public void Output_that_comes_in_a_later_turn_is_shown_there() =>
        AssertTurns(
            """
            [{"items":[{"type":"userMessage"},{"type":"commandExecution","id":"c","status":"inProgress"}]},
             {"items":[{"type":"userMessage"},{"type":"functionCallOutput","id":"c","output":"aborted"}]}]
            """,
            Turns(
                HistoryModes.Legacy,
                """{"type":"message","role":"user","content":"Go"}""",
                """{"type":"function_call","name":"shell","arguments":"{\"command\":[\"ls\"]}","call_id":"c"}""",
                """{"type":"message","role":"user","content":"Stop"}""",
                """{"type":"function_call_output","call_id":"c","output":"aborted"}"""
            )
        );

    [Theory]
    [InlineData("""{"command":["bash","-lc","ls A"]}""", "bash -lc 'ls A'")]
    [InlineData("""{"cmd":["bash","-lc","ls A"]}""", "bash -lc 'ls A'")]
    [InlineData("""{"command":"ls A"}""", "ls A")]
    [InlineData("""{"cmd":"ls A","workdir":"/w"}""", "ls A")]
    [InlineData("""{"command":"","cmd":["ls"]}""", "ls")]
    [InlineData("""{"command":null,"cmd":"ls"}""", "ls")]
    [InlineData("""{"command":["ls",""]}""", "ls ''")]
    [InlineData("""{"cmd":"ls \ud800"}""", "ls \uFFFD")]
    public void The_command_of_a_shell_is_shown_whatever_its_arguments_name_it(string arguments, string command)
    {
        foreach (var call in Calls(arguments))
        {
            var item = Item(call);
            Assert.Equal(("commandExecution", command), ((string?)item["type"], (string?)item["command"]));
        }
    }

    [Theory]
    [InlineData("""{"command":[]}""")]
    [InlineData("""{"cmd":[]}""")]
    [InlineData("""{"command":""}""")]
    [InlineData("""{"command":["",""]}""")]
    [InlineData("""{"command":[1,true,null]}""")]
    [InlineData("""{"command":[["bash","-lc","ls"]]}""")]
    [InlineData("""{"command":{"command":["ls"]}}""")]
    [InlineData("""{"script":"ls"}""")]
    [InlineData("""["ls","A"]""")]
    [InlineData("7")]
    public void Arguments_of_a_shell_without_a_command_are_shown_as_they_are(string arguments)
    {
        foreach (var call in Calls(arguments))
        {
            var item = Item(call);
            Assert.Equal(("dynamicToolCall", arguments), ((string?)item["type"], item["arguments"]?.ToJsonString()));
        }
    }

    [Theory]
    [InlineData("ls -l {")]
    [InlineData("{\"cmd\":[\"ls\"")]
    public void Arguments_of_a_shell_that_are_no_JSON_are_shown_as_they_are(string arguments) =>
        Assert.Equal(
            arguments,
            (string?)
                Item(
                    $$"""{"type":"function_call","name":"shell","call_id":"c","arguments":{{JsonValue.Create(arguments).ToJsonString()}}}"""
                )["arguments"]
        );

    [Theory]
    [InlineData("""[{"type":"input_text","text":"a"},{"type":"input_text","text":"b"}]""", "a\nb")]
    [InlineData("""[{"type":"input_image","image_url":"x"}]""", """[{"type":"input_image","image_url":"x"}]""")]
    [InlineData("""{"content":"a","success":true}""", "a")]
    [InlineData("""{"body":"a"}""", """{"body":"a"}""")]
    [InlineData(
        """
            "{\"output\":\"\\ud800\"}"
            """,
        "\uFFFD"
    )]
    public void The_output_of_a_command_is_shown_whatever_form_it_has(string output, string shown) =>
        Assert.Equal(
            shown,
            (string?)
                Item(
                    """{"type":"function_call","name":"shell","arguments":"{\"cmd\":\"ls\"}","call_id":"c"}""",
                    $$"""{"type":"function_call_output","call_id":"c","output":{{output}}}"""
                )["aggregatedOutput"]
        );

    // The arguments as JSON in a string, as Codex wrote them, and as they are.
    static string[] Calls(string arguments) =>
        [
            $$"""{"type":"function_call","name":"shell","call_id":"c","arguments":{{JsonValue.Create(arguments).ToJsonString()}}}""",
            $$"""{"type":"function_call","name":"shell","call_id":"c","arguments":{{arguments}}}""",
            $$"""{"type":"local_shell_call","call_id":"c","action":{{arguments}}}""",
        ];

    static JsonObject Item(params string[] lines)
    {
        var turn = Assert.Single(Turns(HistoryModes.Legacy, ["""{"type":"message","role":"user","content":"Go"}""", .. lines]));
        Assert.Equal((2, 0), (turn.Items.Count, turn.CallsLeftOut));
        return turn.Items[1].Json;
    }
}
