using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees of the complete view of turns (<see cref="TurnView.Complete"/>).</summary>
public class TurnViewConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>VIEW-01.</summary>
    [Fact, Guarantee("VIEW-01")]
    public async Task The_complete_view_has_a_call_once_where_it_was_made_with_what_came_of_it()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var log = SampleHome
                .Turns(number, 1)
                .StartTurn()
                .UserMessage("Look")
                .Item(
                    "response_item",
                    """{"type":"function_call","call_id":"a","name":"shell","arguments":"{\"command\":[\"ls\"],\"workdir\":\"/w\"}"}"""
                )
                .Item(
                    "response_item",
                    """{"type":"function_call_output","call_id":"a","output":"{\"output\":\"x.txt\\n\",\"metadata\":{\"exit_code\":2,\"duration_seconds\":1.5}}"}"""
                )
                .Item("response_item", """{"type":"function_call","call_id":"b","name":"shell","arguments":"{\"command\":[\"ls\"]}"}""")
                .AgentMessage("Seen.")
                .ShowCall("b")
                .CompleteTurn();

            var turn = (await CompleteAsync(log, number))[1];
            Assert.Equal(
                ["settings", "userMessage", "commandExecution", "commandExecution", "agentMessage", "tokenUsage"],
                turn.Items.Select(item => item.Type)
            );
            var (first, second) = (turn.Items[2].Json, turn.Items[3].Json);
            Assert.Equal(("a", "ls", "/w"), ((string?)first["id"], (string?)first["command"], (string?)first["cwd"]));
            Assert.Equal(("x.txt\n", "failed"), ((string?)first["aggregatedOutput"], (string?)first["status"]));
            Assert.Equal((2, 1500), ((long)first["exitCode"]!, (long)first["durationMs"]!));
            Assert.Equal("function_call", (string?)first["origin"]);
            Assert.Equal(("b", "completed"), ((string?)second["id"], (string?)second["status"]));
            Assert.Null(second["origin"]); // the item of Codex's view, in the place of the call
            Assert.Equal((TurnView.Complete, 0), (turn.View, turn.CallsLeftOut));
        }
    }

    /// <summary>VIEW-02.</summary>
    [Fact, Guarantee("VIEW-02")]
    public async Task The_complete_view_has_everything_that_happened_once_on_pages_of_any_size()
    {
        for (var seed = 0; seed < 24; seed++)
        {
            var log = EventfulLog.Make(seed, isPaginated: seed % 2 == 0, steps: 60);
            var request = new ListTurnsRequest(SeedIds.Id(seed % 2 == 0 ? 1 : 2))
            {
                View = TurnView.Complete,
                WithRolledBack = true,
                Limit = 1000,
            };
            var store = await OpenAsync(log.Lines);
            var turns = await store.AllTurnsAsync(request, Cancellation);
            var items = turns.SelectMany(turn => turn.Items).Select(Text).ToList();
            foreach (var word in log.Words)
            {
                var found = items.Where(item => item.Contains(word, StringComparison.Ordinal)).ToList();
                Assert.True(
                    found.Count == 1,
                    $"seed {seed}, {log.LineWith(word)} is in {found.Count} items: {string.Join(" and ", found)}"
                );
            }
            var places = log.Beginnings.Select(word => items.FindIndex(item => item.Contains(word, StringComparison.Ordinal))).ToList();
            Assert.Equal(places.Order(), places);
            foreach (var direction in Enum.GetValues<SortDirection>())
            {
                var paged = await store.AllTurnsAsync(request with { Direction = direction, Limit = 1 + seed % 3 }, Cancellation);
                if (direction == SortDirection.Descending)
                    paged.Reverse();
                Assert.Equal(turns.Select(Text), paged.Select(Text));
            }
        }
    }

    /// <summary>VIEW-03.</summary>
    [Fact, Guarantee("VIEW-03")]
    public async Task The_complete_view_has_the_turns_and_the_items_of_Codexs_view()
    {
        for (var seed = 0; seed < 12; seed++)
        {
            var log = EventfulLog.Make(seed, isPaginated: seed % 2 == 0, steps: 60);
            var request = new ListTurnsRequest(SeedIds.Id(seed % 2 == 0 ? 1 : 2));
            var store = await OpenAsync(log.Lines);
            var codex = await store.AllTurnsAsync(request, Cancellation);
            var complete = await store.AllTurnsAsync(request with { View = TurnView.Complete }, Cancellation);

            Assert.All(codex, turn => Assert.Equal(TurnView.Codex, turn.View));
            if (codex.Count == 0)
                continue;
            Assert.Equal(codex.Select(turn => turn.Id), complete.Select(turn => turn.Id));
            Assert.Equal(codex.Select(turn => turn.Ordinal), complete.Select(turn => turn.Ordinal));
            foreach (var (plain, whole) in codex.Zip(complete))
            {
                Assert.Equal((plain.Status, plain.StartedAt, plain.Duration), (whole.Status, whole.StartedAt, whole.Duration));
                Assert.Empty(plain.Items.Select(item => (item.Id, item.Type)).Except(whole.Items.Select(item => (item.Id, item.Type))));
            }
        }
    }

    /// <summary>VIEW-04.</summary>
    [Fact, Guarantee("VIEW-04")]
    public async Task What_leads_to_a_turn_is_shown_with_it_and_what_follows_a_turn_with_that_one()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var log = SampleHome
                .Turns(number, 1)
                .Item("response_item", Message("assistant", "output_text", "late"))
                .Item("response_item", Message("user", "input_text", "<environment_context>dusk</environment_context>"))
                .Item("event_msg", """{"type":"warning","message":"between"}""")
                .Item("response_item", Message("user", "input_text", "<environment_context>dawn</environment_context>"))
                .Turn("Again");

            var turns = await CompleteAsync(log, number);
            Assert.Equal(["late", "dusk", "between"], Found(turns[0], "late", "dusk", "between", "dawn"));
            Assert.Equal(["dawn"], Found(turns[1], "late", "dusk", "between", "dawn"));
            Assert.Equal("environment", (string?)turns[1].Items[0].Json["kind"]);
        }
    }

    /// <summary>VIEW-05.</summary>
    [Fact, Guarantee("VIEW-05")]
    public async Task Turns_that_were_rolled_back_are_counted_and_shown_when_asked_for()
    {
        var log = SampleHome.Turns(2, 1).Turn("undone one").Turn("undone two").Event("thread_rolled_back", "\"num_turns\":2").Turn("kept");
        var store = await OpenAsync(log);
        var request = new ListTurnsRequest(SeedIds.Id(2)) { View = TurnView.Complete };

        var turns = await store.AllTurnsAsync(request, Cancellation);
        Assert.Equal(2, turns.Count);
        var mark = Assert.Single(turns[0].Items, item => item.Type == "rolledBack");
        Assert.Equal(2, (long)mark.Json["turns"]!);
        Assert.Null(mark.Json["items"]);
        var asked = await store.AllTurnsAsync(request with { WithRolledBack = true }, Cancellation);
        var shown = Assert.Single(asked[0].Items, item => item.Type == "rolledBack").Json["items"]!.AsArray();
        Assert.Equal(
            ["settings", "userMessage", "agentMessage", "userMessage", "agentMessage", "tokenUsage"],
            shown.Select(item => (string?)item!["type"])
        );
        Assert.DoesNotContain("undone", Text(asked[1]), StringComparison.Ordinal);
    }

    /// <summary>VIEW-06.</summary>
    [Fact, Guarantee("VIEW-06")]
    public async Task A_log_in_which_no_turn_begins_is_one_turn_of_the_complete_view()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var log = SampleHome.Log(number, SeedIds.Epoch).Item("response_item", Message("assistant", "output_text", "alone"));
            var store = await OpenAsync(log);
            var request = new ListTurnsRequest(SeedIds.Id(number)) { View = TurnView.Complete, Limit = 1 };
            foreach (var direction in Enum.GetValues<SortDirection>())
            {
                var turn = Assert.Single(await store.AllTurnsAsync(request with { Direction = direction }, Cancellation));
                Assert.Equal("alone", Assert.Single(turn.Items).Text);
            }
            Assert.Empty(await store.AllTurnsAsync(request with { View = TurnView.Codex }, Cancellation));
        }
    }

    /// <summary>VIEW-07.</summary>
    [Fact, Guarantee("VIEW-07")]
    public async Task A_fork_shows_everything_of_the_turns_that_it_shares()
    {
        var source = SampleHome
            .Turns(2, 1)
            .StartTurn()
            .UserMessage("Do it")
            .Item("response_item", """{"type":"function_call","call_id":"a","name":"tool","arguments":"{}"}""");
        var fork = source
            .Fork(SeedIds.Id(4), SeedIds.Epoch)
            .Item("response_item", """{"type":"function_call_output","call_id":"a","output":"of the fork"}""");
        var bare = source.Fork(SeedIds.Id(6), SeedIds.Epoch);
        var store = await OpenAsync([
            source.Item("response_item", """{"type":"function_call_output","call_id":"a","output":"of the source"}""").ToSeed(),
            fork.Turn("More").ToSeed(),
            bare.ToSeed(),
        ]);
        var request = new ListTurnsRequest(SeedIds.Id(4)) { View = TurnView.Complete };

        var own = await store.AllTurnsAsync(request, Cancellation);
        Assert.Equal(3, own.Count);
        Assert.DoesNotContain("of the source", string.Concat(own.Select(Text)), StringComparison.Ordinal);
        Assert.Single(own.SelectMany(turn => turn.Items), item => Text(item).Contains("of the fork", StringComparison.Ordinal));
        var shared = await store.AllTurnsAsync(request with { ThreadId = SeedIds.Id(6) }, Cancellation);
        Assert.Equal("dynamicToolCall", shared[1].Items[^1].Type);
        Assert.Equal("inProgress", (string?)shared[1].Items[^1].Json["status"]);
    }

    /// <summary>VIEW-10.</summary>
    [Fact, Guarantee("VIEW-10")]
    public async Task What_names_a_turn_that_there_is_not_is_shown_where_it_stands()
    {
        var log = SampleHome
            .Turns(2, 1)
            .Event("exec_command_end", "\"call_id\":\"a\",\"turn_id\":\"nowhere\",\"command\":[\"ls\"],\"cwd\":\"/w\",\"exit_code\":0")
            .Turn("Again");

        var turns = await CompleteAsync(log, 2);
        Assert.Equal("ls", Assert.Single(turns[0].Items, item => item.Type == "commandExecution").Text);
        Assert.DoesNotContain(turns[1].Items, item => item.Type == "commandExecution");

        // With the call that it is of, if there is one.
        log = SampleHome
            .Log(2, SeedIds.Epoch)
            .UserMessage("Go")
            .Call("a", "shell", """{"command":["bash","-lc","ls"],"justification":"why"}""")
            .Event(
                "exec_command_end",
                "\"call_id\":\"a\",\"turn_id\":\"nowhere\",\"command\":[\"bash\",\"-lc\",\"ls\"],\"cwd\":\"/w\",\"exit_code\":0,\"aggregated_output\":\"printed\""
            )
            .AgentMessage("Said")
            .Output("a", "printed");
        var items = Assert.Single(await CompleteAsync(log, 2)).Items;
        var command = Assert.Single(items, item => item.Type == "commandExecution").Json;
        Assert.Equal(
            ("bash -lc ls", "/w", "printed", null, null, "why"),
            (
                (string?)command["command"],
                (string?)command["cwd"],
                (string?)command["aggregatedOutput"],
                (string?)command["modelOutput"],
                command["modelCall"],
                (string?)command["other"]?["justification"]
            )
        );
        Assert.True(items.ToList().FindIndex(item => item.Type == "commandExecution") < items.Count - 1);
    }

    async Task<List<Turn>> CompleteAsync(RolloutLines log, int number) =>
        await (await OpenAsync(log)).AllTurnsAsync(new ListTurnsRequest(SeedIds.Id(number)) { View = TurnView.Complete }, Cancellation);

    static IEnumerable<string> Found(Turn turn, params string[] words) =>
        words.Where(word => Text(turn).Contains(word, StringComparison.Ordinal));

    static string Text(Turn turn) => string.Join('\n', turn.Items.Select(Text));

    static string Text(ThreadItem item) => item.Json.ToJsonString(Plain);

    static string Message(string role, string part, string text) =>
        new JsonObject
        {
            ["type"] = "message",
            ["role"] = role,
            ["content"] = new JsonArray((JsonNode)new JsonObject { ["type"] = part, ["text"] = text }),
        }.ToJsonString();
}
