using System.Text.Encodings.Web;
using System.Text.Json;
using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees of the complete view of turns (<see cref="TurnView.Complete"/>) where turns lie in one another, and where a fork or a
/// revert cut a log.</summary>
public class NestedTurnConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>VIEW-14.</summary>
    [Fact, Guarantee("VIEW-14")]
    public async Task An_item_that_names_its_turn_is_shown_with_that_turn_alone()
    {
        var log = SampleHome.Turns(1, 3);
        var turns = await CompleteAsync(log, 1);
        var late = log.Item("event_msg", TurnRecords.Completed(turns[1].Id, "late"));
        var other = late.StartTurn()
            .UserMessage("Go")
            .Item("event_msg", TurnRecords.Completed("never-started", "of another"))
            .AgentMessage("its own");

        var shown = await CompleteAsync(other.CompleteTurn(), 1);
        foreach (var (word, turn) in ((string, string)[])[("late", turns[1].Id), ("of another", "never-started"), ("its own", shown[3].Id)])
        {
            var found = Assert.Single(shown, item => Text(item).Contains($"\"{word}\"", StringComparison.Ordinal));
            Assert.Equal(turn, found.Id);
        }
        Assert.DoesNotContain("task_complete", string.Concat(shown.Select(Text)), StringComparison.Ordinal);
    }

    /// <summary>VIEW-18.</summary>
    [Fact, Guarantee("VIEW-18")]
    public async Task Turns_that_lie_in_one_another_are_shown_with_their_own_records()
    {
        var log = SampleHome.Turns(1, 1).StartTurn().UserMessage("outer question");
        foreach (var inner in (string[])["first", "second"])
        {
            log = log.Event("task_started", $"\"turn_id\":\"{inner}\"")
                .Item("event_msg", TurnRecords.Completed(inner, $"{inner} answer"))
                .Item(
                    "response_item",
                    $$"""{"type":"message","role":"assistant","content":[{"type":"output_text","text":"{{inner}} answer"}]}"""
                )
                .Event("task_complete", $"\"turn_id\":\"{inner}\"");
            log = log.Answered(inner, "tool", "{}", $"outer {inner}");
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

    /// <summary>VIEW-22.</summary>
    [Fact, Guarantee("VIEW-22")]
    public async Task Where_a_revert_took_back_every_turn_they_are_still_counted_and_shown_when_asked_for()
    {
        var log = SampleHome.Log(1, SeedIds.Epoch).Turn("undone one").Turn("undone two");
        var store = await OpenAsync(log);
        var request = new ListTurnsRequest(SeedIds.Id(1)) { View = TurnView.Complete };
        await store.RevertAsync(SeedIds.Id(1), (await store.AllTurnsAsync(request, Cancellation))[0].Id, Cancellation);

        var mark = Assert.Single(await store.AllTurnsAsync(request, Cancellation)).Items[^1];
        Assert.Equal(("rolledBack", 2, null), (mark.Type, (long)mark.Json["turns"]!, mark.Json["items"]));
        var asked = Text(Assert.Single(await store.AllTurnsAsync(request with { WithRolledBack = true }, Cancellation)));
        Assert.Contains("undone one", asked, StringComparison.Ordinal);
        Assert.Contains("undone two", asked, StringComparison.Ordinal);
        Assert.Empty(await store.AllTurnsAsync(request with { View = TurnView.Codex }, Cancellation));
    }

    async Task<List<Turn>> CompleteAsync(RolloutLines log, int number) =>
        await (await OpenAsync(log)).AllTurnsAsync(new ListTurnsRequest(SeedIds.Id(number)) { View = TurnView.Complete }, Cancellation);

    static string Text(Turn turn) => string.Join('\n', turn.Items.Select(Text));

    static string Text(ThreadItem item) => item.Json.ToJsonString(Plain);
}
