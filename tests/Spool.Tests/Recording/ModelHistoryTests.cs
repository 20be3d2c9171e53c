using System.Text;
using Spool.TestKit;
using Xunit;
using static Spool.Tests.RolloutText;

namespace Spool.Tests;

/// <summary>What the next call of the model is told of a history.</summary>
public sealed class ModelHistoryTests
{
    [Fact, Guarantee("RECD-30")]
    public async Task Messages_come_with_their_calls_and_outputs_and_without_what_only_people_are_shown()
    {
        var messages = await ReadAsync(
            Line("session_meta", """{"id":"x"}"""),
            Message("developer", "Be brief."),
            Line(
                "response_item",
                """{"type":"message","role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_image","image_url":"x"}]}"""
            ),
            Event("user_message", "\"message\":\"ab\""),
            Line("response_item", """{"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}]}"""),
            Message("assistant", "Two calls."),
            Call("1"),
            Call("2"),
            Output("2", "\"two\""),
            Output("1", """[{"type":"input_text","text":"o"},{"type":"input_text","text":"ne"}]"""),
            Line("response_item", """{"type":"custom_tool_call","call_id":"3","name":"patch","input":"text"}"""),
            Line("response_item", """{"type":"custom_tool_call_output","call_id":"3","output":"three"}"""),
            Line(
                "response_item",
                """{"type":"local_shell_call","call_id":"4","status":"completed","action":{"type":"exec","command":["ls"]}}"""
            ),
            Line("response_item", """{"type":"web_search_call","status":"completed"}"""),
            "not a line",
            Message("assistant", "Done.")
        );

        Assert.Equal(
            ["developer:Be brief.", "user:a", "assistant:Two calls.", "assistant:", "assistant:", "assistant:Done."],
            Texts(messages)
        );
        Assert.Equal(["x"], messages[1].Images);
        Assert.Equal([new("1", "f", "{}", "one"), new("2", "f", "{}", "two")], messages[2].ToolCalls);
        Assert.Equal([new("3", "patch", "text", "three")], messages[3].ToolCalls);
        Assert.Equal([new("4", "local_shell", """{"type":"exec","command":["ls"]}""", null)], messages[4].ToolCalls);
    }

    [Fact, Guarantee("RECD-31")]
    public async Task A_compaction_takes_the_place_of_what_was_before()
    {
        string[] before = [Message("user", "one"), Message("assistant", "two")];

        Assert.Equal(
            ["user:kept", "user:sum", "user:three"],
            Texts(
                await ReadAsync([
                    .. before,
                    Line(
                        "compacted",
                        $$"""{"message":"sum","replacement_history":[{{Payload("user", "kept")}},{{Payload("user", "sum")}}]}"""
                    ),
                    Message("user", "three"),
                ])
            )
        );
        Assert.Equal(
            ["user:one", "user:sum", "user:three"],
            Texts(await ReadAsync([.. before, Line("compacted", """{"message":"sum"}"""), Message("user", "three")]))
        );
    }

    [Fact, Guarantee("RECD-32")]
    public async Task What_was_taken_back_is_not_told_compactions_included()
    {
        string[] Turn(string id) =>
            [
                Event("task_started", $"\"turn_id\":\"{id}\""),
                Message("user", $"q {id}"),
                Event("user_message", $"\"message\":\"q {id}\""),
                Message("assistant", $"a {id}"),
                Event("task_complete", $"\"turn_id\":\"{id}\""),
            ];
        string[] Unnamed(string id) =>
            [Message("user", $"q {id}"), Event("user_message", $"\"message\":\"q {id}\""), Message("assistant", $"a {id}")];
        var compacted = Line("compacted", $$"""{"message":"sum","replacement_history":[{{Payload("user", "sum")}}]}""");

        Assert.Equal(
            ["user:q 1", "assistant:a 1", "user:q 4", "assistant:a 4"],
            Texts(await ReadAsync([.. Turn("1"), .. Turn("2"), compacted, .. Turn("3"), Back(2), .. Turn("4")]))
        );
        Assert.Equal(
            ["user:sum", "user:q 4", "assistant:a 4"],
            Texts(await ReadAsync([.. Turn("1"), .. Turn("2"), compacted, .. Turn("3"), Back(1), .. Turn("4")]))
        );
        Assert.Equal(["user:q 1", "assistant:a 1"], Texts(await ReadAsync([.. Unnamed("1"), .. Unnamed("2"), .. Unnamed("3"), Back(2)])));
        Assert.Empty(await ReadAsync([.. Turn("1"), Back(9)]));

        static string Back(int turns) => Event("thread_rolled_back", $"\"num_turns\":{turns}");
    }

    [Fact, Guarantee("RECD-33")]
    public async Task A_log_of_early_codex_has_messages_too() =>
        Assert.Equal(
            ["user:hi", "assistant:hello"],
            Texts(
                await ReadAsync(
                    """{"id":"d7e0b7f3-0000-4000-8000-000000000006","timestamp":"2025-09-07T06:02:51.440Z","instructions":null}""",
                    """{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]}""",
                    """{"record_type":"state"}""",
                    """{"type":"message","role":"assistant","content":[{"type":"output_text","text":"hello"}]}"""
                )
            )
        );

    static string Message(string role, string text) => Line("response_item", Payload(role, text));

    static string Payload(string role, string text) =>
        $$"""{"type":"message","role":"{{role}}","content":[{"type":"text","text":"{{text}}"}]}""";

    static string Call(string id) => Line("response_item", $$"""{"type":"function_call","name":"f","arguments":"{}","call_id":"{{id}}"}""");

    static string Output(string id, string output) =>
        Line("response_item", $$"""{"type":"function_call_output","call_id":"{{id}}","output":{{output}}}""");

    static IEnumerable<string> Texts(IEnumerable<ModelMessage> messages) => messages.Select(message => $"{message.Role}:{message.Text}");

    static async Task<IReadOnlyList<ModelMessage>> ReadAsync(params string[] lines) =>
        await ModelHistory.ReadAsync(
            lines.Select((line, index) => new RolloutItem(Encoding.UTF8.GetBytes(line), index)).ToAsyncEnumerable()
        );
}
