using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees for logs of early Codex, whose lines have no envelope: they are threads like any other, and only a fork of one goes
/// on.</summary>
public class EarlyLogConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    static readonly ThreadId Early = SeedIds.Id(1);
    static readonly ThreadId Fork = SeedIds.Id(9);

    /// <summary>EARL-01.</summary>
    [Fact, Guarantee("EARL-01")]
    public async Task A_log_without_envelopes_says_of_its_thread_what_others_say()
    {
        var store = await OpenAsync(EarlyLog.Of(1, 2));

        var thread = Assert.Single(await store.ListAllAsync(new ThreadQuery { SearchTerm = "question 1" }, Cancellation));
        Assert.Equal(
            new StoredThread
            {
                Id = Early,
                Preview = "Question 1",
                CreatedAt = SeedIds.Epoch,
                UpdatedAt = SeedIds.Epoch,
                RecencyAt = SeedIds.Epoch,
                Cwd = "/home/dev/app",
                Source = new SessionSource("\"cli\""),
                GitInfo = new GitInfo(new string('a', 40), "main", null),
                Revision = thread.Revision,
            },
            thread
        );
    }

    /// <summary>EARL-02.</summary>
    [Fact, Guarantee("EARL-02")]
    public async Task Lines_without_envelopes_are_items_of_the_type_that_an_envelope_would_name()
    {
        var log = EarlyLog.Of(1, 1);
        var store = await OpenAsync(log);

        foreach (
            var items in new[]
            {
                await store.HistoryAsync(Early, Cancellation),
                await store.AllItemsAsync(new ListItemsRequest(Early) { Limit = 1 }, Cancellation),
            }
        )
        {
            Assert.Equal(log.Lines.Texts(), items.Texts());
            Assert.Equal(
                [
                    "session_meta",
                    "state",
                    "response_item",
                    "response_item",
                    "state",
                    "response_item",
                    "response_item",
                    "response_item",
                    "response_item",
                ],
                items.Select(item => item.Type)
            );
            Assert.Equal(
                [null, null, "message", "message", null, "reasoning", "function_call", "function_call_output", "message"],
                items.Select(item => item.PayloadType)
            );
        }
    }

    /// <summary>EARL-03.</summary>
    [Fact, Guarantee("EARL-03")]
    public async Task Turns_of_a_log_without_events_are_made_of_its_messages_thoughts_and_calls()
    {
        var store = await OpenAsync(EarlyLog.Of(1, 3));

        for (var limit = 1; limit <= 4; limit++)
        {
            var turns = await store.AllTurnsAsync(new ListTurnsRequest(Early) { Limit = limit }, Cancellation);
            Assert.Equal(["rollout-3", "rollout-9", "rollout-15"], turns.Select(turn => turn.Id));
            for (var turn = 1; turn <= 3; turn++)
                Assert.Equal(
                    [$"Question {turn}", $"Thought {turn}", "ls -l", $"Answer {turn}"],
                    turns[turn - 1].Items.Select(item => item.Text)
                );
            Assert.All(
                turns,
                turn => Assert.Equal(["userMessage", "reasoning", "commandExecution", "agentMessage"], turn.Items.Select(item => item.Type))
            );
            Assert.All(
                turns,
                turn =>
                    Assert.Equal(
                        (TurnStatus.Completed, "\"a.txt\\n\"", "0"),
                        (
                            turn.Status,
                            turn.Items[2].Json["aggregatedOutput"]?.ToJsonString(),
                            turn.Items[2].Json["exitCode"]?.ToJsonString()
                        )
                    )
            );
            turns.Reverse();
            Assert.Equal(
                turns.Texts(),
                (
                    await store.AllTurnsAsync(
                        new ListTurnsRequest(Early) { Limit = limit, Direction = SortDirection.Descending },
                        Cancellation
                    )
                ).Texts()
            );
        }
    }

    /// <summary>EARL-04.</summary>
    [Fact, Guarantee("EARL-04")]
    public async Task A_log_without_envelopes_is_never_appended_to()
    {
        var log = EarlyLog.Of(1, 2);
        var store = await OpenAsync(log);

        foreach (var damage in Enum.GetValues<DamagedLog>())
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.Unsupported,
                async () => await store.ResumeAsync(new ResumeRequest(Early) { OnDamage = damage }, Cancellation)
            );
        await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.Unsupported,
            async () => await store.RevertAsync(Early, "rollout-9", Cancellation)
        );
        await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.Unsupported,
            async () => await store.UpdateAsync(Early, new ThreadPatch { Name = Change.To("Named"), MemoryMode = "disabled" }, Cancellation)
        );
        await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.Unsupported,
            async () => await store.UpdateAsync(Early, new ThreadPatch { Branch = Change.To("other") }, Cancellation)
        );

        Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(Early, Cancellation)).Texts());
        Assert.Null((await store.GetAsync(Early, Cancellation)).Name);
    }

    /// <summary>EARL-05.</summary>
    [Fact, Guarantee("EARL-05")]
    public async Task A_thread_without_envelopes_is_named_archived_and_deleted_like_any_other()
    {
        var log = EarlyLog.Of(1, 1);
        var store = await OpenAsync(log);

        Assert.Equal(
            "Old times",
            (await store.UpdateAsync(Early, new ThreadPatch { Name = Change.To("Old times") }, Cancellation)).Thread.Name
        );
        Assert.NotNull((await store.ArchiveAsync(Early, Cancellation)).Thread.ArchivedAt);
        Assert.Empty(await store.ListAllAsync(new ThreadQuery(), Cancellation));
        Assert.Null((await store.UnarchiveAsync(Early, Cancellation)).Thread.ArchivedAt);
        Assert.Equal(
            ("Old times", SeedIds.Epoch),
            (await store.GetAsync(Early, Cancellation)) is { } thread ? (thread.Name, thread.CreatedAt) : default
        );
        Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(Early, Cancellation)).Texts());
        Assert.Equal(1, (await store.DeleteAsync(Early, Cancellation)).Rollouts);
        Assert.Null(await store.FindAsync(Early, Cancellation));
    }

    /// <summary>EARL-06.</summary>
    [Fact, Guarantee("EARL-06")]
    public async Task A_fork_of_a_log_without_envelopes_has_them_and_goes_on()
    {
        var log = EarlyLog.Of(1, 3);
        var store = await OpenAsync(log);

        var fork = (await store.ForkAsync(new ForkRequest(Early, Fork) { Point = ForkPoint.Before("rollout-15") }, Cancellation)).Thread;
        Assert.Equal(
            (HistoryModes.Legacy, "Question 1", "/home/dev/app", Early, "main", ThreadCondition.Ok),
            (fork.HistoryMode, fork.Preview, fork.Cwd, fork.ForkedFromId, fork.GitInfo?.Branch, fork.State)
        );
        await store.ContinueAsync(Fork, [NewItem.FromJson("event_msg", "{\"type\":\"user_message\",\"message\":\"More\"}")], Cancellation);

        var items = await store.HistoryAsync(Fork, Cancellation);
        Assert.All(items, item => Assert.False(item.IsBare));
        Assert.Equal(
            log.Lines.Skip(1).Take(14).Where(line => new RolloutItem(line, 0).Kind == RolloutItemKind.ResponseItem).Texts(),
            items.Where(item => item.Kind == RolloutItemKind.ResponseItem).Select(item => item.Payload).Texts()
        );
        var turns = await store.AllTurnsAsync(new ListTurnsRequest(Fork), Cancellation);
        Assert.Equal(
            ["Question 1", "Thought 1", "Answer 1", "Question 2", "Thought 2", "Answer 2", "More"],
            turns.SelectMany(turn => turn.Items).Where(item => item.Type != "commandExecution").Select(item => item.Text)
        );
        Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(Early, Cancellation)).Texts());
    }

    /// <summary>EARL-07.</summary>
    [Fact, Guarantee("EARL-07")]
    public async Task Lines_with_and_without_envelopes_may_stand_in_one_log()
    {
        var mixed = SampleHome.Log(2, SeedIds.Epoch).Turn("Today").BareTurn(1).Turn("Today again");
        var continued = EarlyLog.Of(4, 1).Turn("Today");
        var store = await OpenAsync([mixed.ToSeed(), continued.ToSeed()]);

        foreach (var log in new[] { mixed, continued })
        {
            var thread = await store.GetAsync(log.Thread(), Cancellation);
            Assert.Equal((ThreadCondition.Ok, (string?)null), (thread.State, thread.StateReason));
            Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(thread.Id, Cancellation)).Texts());
        }
        await store.ContinueAsync(mixed.Thread(), StoreWriting.Notes("on"), Cancellation);
        Assert.Equal(
            ["Today", "Question 1", "Today again"],
            (await store.AllTurnsAsync(new ListTurnsRequest(mixed.Thread()), Cancellation))
                .SelectMany(turn => turn.Items)
                .Where(item => item.Type == "userMessage")
                .Select(item => item.Text)
        );
        Assert.Equal(
            ["Question 1", "Today"],
            (await store.AllTurnsAsync(new ListTurnsRequest(continued.Thread()), Cancellation))
                .SelectMany(turn => turn.Items)
                .Where(item => item.Type == "userMessage")
                .Select(item => item.Text)
        );
    }
}
