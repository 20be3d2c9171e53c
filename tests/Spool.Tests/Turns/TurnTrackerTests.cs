using Xunit;
using static Spool.Tests.RolloutText;

namespace Spool.Tests;

public sealed class TurnTrackerTests
{
    [Fact]
    public void Legacy_ranges_are_apart_and_a_late_record_is_a_stray()
    {
        string[] lines =
        [
            Start("a"),
            Event("agent_message", "\"message\":\"x\""),
            Start("b"),
            Event("turn_aborted", "\"turn_id\":\"a\""),
            Event("task_complete", "\"turn_id\":\"b\""),
        ];
        long[] at = [.. lines.Select((_, index) => lines.Take(index).Sum(line => line.Length + 1L))];

        var index = new TurnIndex(HistoryModes.Legacy, lines).Track();

        Assert.Equal(
            [
                new TurnBoundary("a", 0, 0, at[2], 1, 1, TurnOpening.Record),
                new TurnBoundary("b", 2, at[2], at[4] + lines[4].Length + 1, 2, 0, TurnOpening.Record),
            ],
            index.Turns
        );
        Assert.Equal([new OutlyingRecord(0, at[3], lines[3].Length + 1)], index.OutlyingRecords);
    }

    [Fact]
    public void A_paginated_range_does_not_grow_over_another_turns_bytes()
    {
        var large = Line("response_item", $$"""{"type":"function_call_output","output":"{{new string('x', 100_000)}}"}""");
        var lines = Numbered(
            Start("a"),
            large,
            Event("item_completed", "\"turn_id\":\"a\""),
            Start("b"),
            large,
            Event("task_complete", "\"turn_id\":\"a\""),
            Event("task_complete", "\"turn_id\":\"b\"")
        );
        long[] at = [.. lines.Select((_, index) => lines.Take(index).Sum(line => line.Length + 1L))];

        var index = new TurnIndex(HistoryModes.Paginated, lines).Track();

        // Nothing of another turn lies in the first large record, so the range of the turn spans it; the late end is an outlying record.
        // The range of the other turn does not reach over its large record either, because a record of the first turn follows it.
        Assert.Equal([(0L, at[3]), (at[3], at[4])], index.Turns.Select(turn => (turn.Start, turn.End)));
        Assert.Equal(
            [new OutlyingRecord(0, at[5], at[6] - at[5]), new OutlyingRecord(at[3], at[6], lines[6].Length + 1)],
            index.OutlyingRecords
        );
    }

    [Theory]
    [InlineData(new int[0])]
    [InlineData(new[] { 2 })]
    [InlineData(new[] { 3 })]
    [InlineData(new[] { 4 })]
    public void A_turn_without_a_name_behind_a_named_one_is_called_after_the_lines_that_Codex_decodes(int[] ends)
    {
        // Codex does not decode a message without a text; the log names a turn before it, so it is looked into only when the last turn asks
        // for it.
        string[] lines =
        [
            Start("a"),
            Event("task_complete", "\"turn_id\":\"a\""),
            Line("response_item", """{"type":"message","role":"assistant","content":7}"""),
            Event("user_message", "\"message\":\"x\""),
            Event("agent_message", "\"message\":\"y\""),
        ];

        var index = new TurnIndex(HistoryModes.Legacy, lines).Track(ends);

        Assert.Equal(3, index.ReadAgain); // the first line is looked into as it comes
        Assert.Equal(["a", "rollout-2"], index.Turns.Select(turn => turn.TurnId));
        Assert.Equal(["a", "rollout-2"], Turns(HistoryModes.Legacy, lines).Select(turn => turn.Id));
    }

    [Fact]
    public void Questions_on_one_line_behind_a_byte_order_mark_open_turns_of_different_names()
    {
        string One(string text) => Event("user_message", $"\"message\":\"{text}\"");
        string[] lines =
        [
            Line("session_meta", "{}"),
            One("1"),
            "\uFEFF" + One("2") + One("3"),
            One("4") + "\uFEFF" + One("5"),
            "\uFEFF" + One("6") + One("7"),
            One("8"),
        ];

        foreach (var ends in new int[][] { [], [3], [2, 4] })
            Assert.Equal(
                Turns(HistoryModes.Legacy, lines).Select(turn => turn.Id),
                new TurnIndex(HistoryModes.Legacy, lines).Track(ends).Turns.OrderBy(turn => turn.Start).Select(turn => turn.TurnId)
            );
        Assert.Equal(8, Turns(HistoryModes.Legacy, lines).Select(turn => turn.Id).Distinct().Count());
    }

    [Fact]
    public void Questions_on_one_line_that_Codex_does_not_decode_open_turns_of_different_names()
    {
        string One(string text) => Event("user_message", $"\"message\":\"{text} \\ud800\"");
        string[] lines = [Line("session_meta", "{}"), One("1") + One("2") + One("3"), One("4") + One("5"), One("6")];

        foreach (var ends in new int[][] { [], [2], [1, 3] })
            Assert.Equal(
                Turns(HistoryModes.Legacy, lines).Select(turn => turn.Id),
                new TurnIndex(HistoryModes.Legacy, lines).Track(ends).Turns.OrderBy(turn => turn.Start).Select(turn => turn.TurnId)
            );
        Assert.Equal(
            ["line-1", "line-1-2", "line-1-3", "line-2", "line-2-2", "line-3"],
            Turns(HistoryModes.Legacy, lines).Select(turn => turn.Id)
        );
    }

    [Fact]
    public void A_log_that_names_its_turns_is_not_read_once_more()
    {
        string[] lines = [Start("a"), Event("user_message", "\"message\":\"y\""), Event("task_complete", "\"turn_id\":\"a\""), Start("b")];

        Assert.Equal(0, new TurnIndex(HistoryModes.Legacy, lines).Track(1, 3).ReadAgain);
    }

    [Fact]
    public void A_damaged_state_is_corrupt()
    {
        var tracker = TurnTracker.Create(HistoryModes.Legacy, null, new TurnIndex(HistoryModes.Legacy, []));
        var state = tracker.SaveState();

        foreach (var damaged in new[] { [], state[..^1], [.. state.Skip(1)] })
        {
            var error = Assert.Throws<ThreadStoreException>(() =>
                TurnTracker.Create(HistoryModes.Legacy, damaged, new TurnIndex(HistoryModes.Legacy, []))
            );
            Assert.Equal(ThreadStoreErrorCode.Corrupt, error.Code);
        }
    }

    static string Start(string id) => Event("task_started", $"\"turn_id\":\"{id}\"");
}
