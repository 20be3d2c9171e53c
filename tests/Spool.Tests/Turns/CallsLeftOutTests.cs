using Xunit;
using static Spool.Tests.RolloutText;

namespace Spool.Tests;

public sealed class CallsLeftOutTests
{
    static readonly string[] Modes = [HistoryModes.Legacy, HistoryModes.Paginated];

    [Fact]
    public void Every_kind_of_call_counts_that_no_item_shows()
    {
        foreach (var mode in Modes)
        {
            string[] calls =
            [
                Call("function_call", "c1"),
                Call("custom_tool_call", "c2"),
                Call("local_shell_call", "c3"),
                Call("tool_search_call", "c4"),
                Call("web_search_call", "c5"),
                Call("image_generation_call", "c6"),
                Call("call_of_tomorrow_call", "c7"),
            ];
            Assert.Equal([7], Count(mode, [Start("a"), .. calls, End("a")]));
            Assert.Equal(
                [0],
                Count(
                    mode,
                    [
                        Start("a"),
                        Line("response_item", """{"type":"function_call_output","call_id":"c1","output":"x"}"""),
                        Line("response_item", """{"type":"message","role":"assistant","content":[]}"""),
                        End("a"),
                    ]
                )
            );
        }
    }

    [Fact]
    public void A_call_that_an_item_shows_does_not_count_wherever_in_the_turn_the_item_comes()
    {
        Assert.Equal(
            [1, 0],
            Count(
                HistoryModes.Legacy,
                Start("a"),
                Call("function_call", "c1"),
                Call("function_call", "c2"),
                Call("custom_tool_call", "p1"),
                Patch("p1"),
                Start("b"),
                Command("a", "c1")
            )
        );
        Assert.Equal(
            [1, 0],
            Count(
                HistoryModes.Paginated,
                Start("a"),
                Call("function_call", "c1"),
                Call("function_call", "c2"),
                Item("a", "FileChange", "p1"),
                Call("custom_tool_call", "p1"),
                Start("b"),
                Item("a", "CommandExecution", "c1")
            )
        );
    }

    [Fact]
    public void The_same_call_recorded_twice_is_one()
    {
        foreach (var mode in Modes)
            Assert.Equal(
                [2],
                Count(mode, Start("a"), Call("function_call", "c1"), Call("function_call", "c1"), Call("function_call", "c2"))
            );
    }

    [Fact]
    public void Of_searches_and_images_without_an_id_as_many_are_shown_as_there_are_items()
    {
        var search = Line("response_item", """{"type":"web_search_call","status":"completed","action":{"type":"search","query":"q"}}""");
        var image = Line("response_item", """{"type":"image_generation_call","id":null,"status":"completed","result":""}""");

        Assert.Equal(
            [3],
            Count(
                HistoryModes.Legacy,
                Start("a"),
                search,
                Event("web_search_end", "\"call_id\":\"ws_1\",\"query\":\"q\""),
                search,
                search,
                image
            )
        );
        Assert.Equal(
            [1],
            Count(
                HistoryModes.Paginated,
                Start("a"),
                search,
                Item("a", "WebSearch", "ws_1"),
                search,
                image,
                Item("a", "ImageGeneration", "ig_1")
            )
        );
        // The item of a search that another call explains explains no other.
        Assert.Equal([1], Count(HistoryModes.Paginated, Start("a"), Call("function_call", "c1"), Item("a", "WebSearch", "c1"), search));
        Assert.Equal([0], Count(HistoryModes.Paginated, Start("a"), Item("a", "WebSearch", "ws_1"), Item("a", "WebSearch", "ws_2")));
    }

    [Fact]
    public void A_call_is_found_by_its_call_id_before_its_own()
    {
        const string Both =
            """{"type":"function_call","id":"fc_1","name":"exec_command","arguments":"{\"call_id\":\"x\"}","call_id":"c1"}""";

        Assert.Equal([0], Count(HistoryModes.Legacy, Start("a"), Line("response_item", Both), Command("a", "c1")));
        Assert.Equal([1], Count(HistoryModes.Legacy, Start("a"), Line("response_item", Both), Command("a", "fc_1")));
        Assert.Equal(
            [0],
            Count(
                HistoryModes.Legacy,
                Start("a"),
                Line("response_item", """{"type":"local_shell_call","call_id":null,"id":"ls_1","action":{}}"""),
                Command("a", "ls_1")
            )
        );
        Assert.Equal(
            [1],
            Count(
                HistoryModes.Legacy,
                Start("a"),
                Line("response_item", """{"type":"tool_search_call","arguments":{"call_id":"c1"},"execution":"client"}"""),
                Command("a", "c1")
            )
        );
    }

    [Fact]
    public void Calls_at_the_end_of_a_turn_that_never_ended_count()
    {
        foreach (var mode in Modes)
            Assert.Equal(
                [2],
                Count(mode, Start("a"), Event("token_count", "\"info\":null"), Call("function_call", "c1"), Call("function_call", "c2"))
            );
        Assert.Equal(
            [1, 1],
            Count(HistoryModes.Legacy, User("one"), Call("function_call", "c1"), User("two"), Call("function_call", "c1"))
        );
    }

    [Fact]
    public void Calls_after_the_end_of_a_turn_count_for_it()
    {
        foreach (var mode in Modes)
            Assert.Equal(
                [2, 0],
                Count(mode, Start("a"), Call("function_call", "c1"), End("a"), Call("function_call", "c2"), Start("b"), End("b"))
            );
    }

    [Fact]
    public void Calls_of_turns_that_were_taken_back_do_not_count_and_those_after_them_count_for_the_newest_that_is_left()
    {
        Assert.Equal(
            [2, 1],
            Count(
                HistoryModes.Legacy,
                Start("a"),
                Call("function_call", "c1"),
                End("a"),
                Start("b"),
                Call("function_call", "c2"),
                Event("thread_rolled_back", "\"num_turns\":1"),
                Call("function_call", "c3"),
                Start("d"),
                Call("function_call", "c4")
            )
        );
        Assert.Equal(
            [1],
            Count(
                HistoryModes.Legacy,
                Start("a"),
                Event("thread_rolled_back", "\"num_turns\":1"),
                Call("function_call", "c1"),
                Start("b"),
                Call("function_call", "c2")
            )
        );
        Assert.Equal(
            [0],
            Count(
                HistoryModes.Paginated,
                Line("session_meta", """{"subagent_history_start_ordinal":3}"""),
                Start("copied"),
                Call("function_call", "c1"),
                Start("own")
            )
        );
    }

    [Fact]
    public void A_late_item_of_an_older_turn_does_not_take_the_calls_of_the_one_that_runs() =>
        Assert.Equal(
            [0, 1],
            Count(
                HistoryModes.Paginated,
                Start("a"),
                End("a"),
                Start("b"),
                Item("a", "CommandExecution", "c1"),
                Call("function_call", "c2"),
                End("b")
            )
        );

    [Fact]
    public void Calls_that_a_log_without_envelopes_shows_do_not_count() =>
        Assert.Equal(
            [0],
            Count(
                HistoryModes.Legacy,
                """{"type":"message","role":"user","content":"hello"}""",
                """{"type":"function_call","name":"shell","call_id":"c1","arguments":"{\"command\":[\"ls\"]}"}""",
                """{"type":"function_call_output","call_id":"c1","output":"x"}""",
                """{"type":"web_search_call","status":"completed","action":{"type":"search","query":"q"}}""",
                """{"type":"local_shell_call","call_id":"c2","status":"completed","action":{"type":"exec","command":["ls"]}}"""
            )
        );

    [Fact]
    public void A_call_in_a_line_with_two_records_counts() =>
        Assert.Equal([2], Count(HistoryModes.Legacy, Start("a"), Call("function_call", "c1") + Call("function_call", "c2"), End("a")));

    // Read as a whole and turn by turn, in one pass and in several.
    static int[] Count(string mode, params string[] log)
    {
        var lines = mode == HistoryModes.Paginated ? Numbered(log) : log;
        int[] counts = [.. Turns(mode, lines).Select(turn => turn.CallsLeftOut)];
        Assert.Equal(counts, new TurnIndex(mode, lines).Track().Build().Select(turn => turn.CallsLeftOut));
        Assert.Equal(
            counts,
            new TurnIndex(mode, lines).Track([.. Enumerable.Range(1, lines.Length - 1)]).Build().Select(turn => turn.CallsLeftOut)
        );
        return counts;
    }

    static string Call(string type, string id) =>
        Line("response_item", $$"""{"type":"{{type}}","name":"exec_command","arguments":"{}","call_id":"{{id}}"}""");

    static string Command(string turn, string id) =>
        Event("exec_command_end", $"\"turn_id\":\"{turn}\",\"call_id\":\"{id}\",\"command\":[\"ls\"],\"status\":\"completed\"");

    static string Patch(string id) => Event("patch_apply_end", $"\"turn_id\":\"a\",\"call_id\":\"{id}\",\"changes\":{{}},\"success\":true");

    static string Item(string turn, string type, string id) =>
        Event("item_completed", $"\"turn_id\":\"{turn}\",\"item\":{{\"type\":\"{type}\",\"id\":\"{id}\"}}");

    static string Start(string id) => Event("task_started", $"\"turn_id\":\"{id}\"");

    static string End(string id) => Event("task_complete", $"\"turn_id\":\"{id}\"");

    static string User(string text) => Event("user_message", $"\"message\":\"{text}\"");
}
