using Spool.TestKit;
using Xunit;

namespace Spool.Tests;

/// <summary>Turns that a program records as they happen.</summary>
public sealed class LiveTurnTests : IAsyncDisposable
{
    readonly InMemoryThreadStore _store = new();

    public static TheoryData<string> Modes => [HistoryModes.Legacy, HistoryModes.Paginated];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory, MemberData(nameof(Modes))]
    public async Task A_clock_that_is_set_before_1970_costs_no_turn_and_no_call(string mode)
    {
        var options = new LiveThreadOptions { Time = new Clock(new DateTimeOffset(1969, 7, 20, 20, 17, 0, TimeSpan.Zero)) };
        await using var thread = await _store.StartThreadAsync(
            new StartRequest
            {
                Cwd = "/work",
                Originator = "tests",
                HistoryMode = mode,
            },
            options,
            Cancellation
        );
        await using (var turn = await thread.BeginTurnAsync("When?", Cancellation))
        {
            await turn.ToolCallAsync("clock", "{}", _ => ValueTask.FromResult("1969"), Cancellation);
            await turn.AnswerAsync("Long ago.", Cancellation);
        }

        var shown = Assert.Single((await _store.ListTurnsAsync(new ListTurnsRequest(thread.ThreadId), Cancellation)).Items);
        Assert.Equal((TurnStatus.Completed, 3), (shown.Status, shown.Items.Count));
    }

    [Theory, MemberData(nameof(Modes)), Guarantee("RECD-10")]
    public async Task A_turn_is_shown_as_it_was_recorded(string mode)
    {
        await using var thread = await StartAsync(mode);
        Assert.Null(await _store.FindAsync(thread.ThreadId, Cancellation));
        await using (var turn = await thread.BeginTurnAsync("One and two?", Cancellation))
        {
            await turn.ReasoningAsync("A sum.", Cancellation);
            Assert.Equal("3", await turn.ToolCallAsync("add", "[1,2]", _ => ValueTask.FromResult("3"), Cancellation));
            await turn.ToolCallAsync("log", "{}", "done", Cancellation);
            await turn.AppendAsync(new TurnContextEntry("gpt-x", "/work"), Cancellation);
            Assert.False(turn.HasEnded);
            await turn.AnswerAsync("Three.", Cancellation);
            Assert.True(turn.HasEnded);
        }
        await using (var turn = await thread.BeginTurnAsync("And four?", Cancellation))
            await turn.FailAsync("No more sums.", Cancellation);
        await using (var turn = await thread.BeginTurnAsync("Why?", Cancellation))
            await turn.InterruptAsync(Cancellation);

        var turns = (await _store.ListTurnsAsync(new ListTurnsRequest(thread.ThreadId), Cancellation)).Items;
        Assert.Equal([TurnStatus.Completed, TurnStatus.Failed, TurnStatus.Interrupted], turns.Select(turn => turn.Status));
        Assert.Equal(
            ["One and two?", "A sum.", Tool("add"), Tool("log"), "Three.", "And four?", "Why?"],
            turns.SelectMany(turn => turn.Items).Select(item => item.Text)
        );
        Assert.Equal("No more sums.", (string?)turns[1].Error!["message"]);
        Assert.All(turns, turn => Assert.NotNull(turn.CompletedAt));
        Assert.All(turns, turn => Assert.Equal(0, turn.CallsLeftOut));
        Assert.Equal(("One and two?", "gpt-x"), ((await _store.FindAsync(thread.ThreadId, Cancellation))!.Preview, thread.Facts.Model));

        string Tool(string name) => mode == HistoryModes.Legacy ? $"tools.{name}" : name;
    }

    [Theory, MemberData(nameof(Modes)), Guarantee("RECD-11")]
    public async Task A_turn_that_is_left_is_interrupted_and_its_calls_have_failed(string mode)
    {
        await using var thread = await StartAsync(mode);
        var running = new TaskCompletionSource<string>();
        ValueTask<string> call;
        await using (var turn = await thread.BeginTurnAsync("Wait.", Cancellation))
            call = turn.ToolCallAsync("wait", "{}", _ => new ValueTask<string>(running.Task), Cancellation);
        running.SetResult("too late");
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await call);

        var shown = Assert.Single((await _store.ListTurnsAsync(new ListTurnsRequest(thread.ThreadId), Cancellation)).Items);
        Assert.Equal((TurnStatus.Interrupted, "failed", 0), (shown.Status, (string?)shown.Items[1].Json["status"], shown.CallsLeftOut));
        Assert.Equal(LiveTurn.BrokenOff, Assert.Single((await thread.ReadMessagesAsync(Cancellation))[1].ToolCalls).Output);
        await using var next = await thread.BeginTurnAsync("Next.", Cancellation);
        await next.AnswerAsync("Yes.", Cancellation);
    }

    [Fact, Guarantee("RECD-12")]
    public async Task What_a_tool_throws_comes_through_and_its_call_has_failed()
    {
        await using var thread = await StartAsync(HistoryModes.Legacy);
        await using var turn = await thread.BeginTurnAsync("Divide.", Cancellation);

        var failure = await Assert.ThrowsAsync<DivideByZeroException>(async () =>
            await turn.ToolCallAsync(new CommandEntry(["bc"], "/w"), _ => throw new DivideByZeroException("by nothing"), Cancellation)
        );
        await turn.AnswerAsync("No.", Cancellation);

        Assert.Equal("by nothing", failure.Message);
        var items = Assert.Single((await _store.ListTurnsAsync(new ListTurnsRequest(thread.ThreadId), Cancellation)).Items).Items;
        Assert.Equal(
            ("commandExecution", "failed", "by nothing"),
            (items[1].Type, (string?)items[1].Json["status"], (string?)items[1].Json["aggregatedOutput"])
        );
    }

    [Fact, Guarantee("RECD-13")]
    public async Task One_turn_is_recorded_at_a_time_and_an_ended_one_takes_nothing()
    {
        await using var thread = await StartAsync(HistoryModes.Legacy);
        var turn = await thread.BeginTurnAsync("First.", Cancellation);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await thread.BeginTurnAsync("Second.", Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(async () => await turn.AppendAsync(new TurnStartedEntry(), Cancellation));
        await turn.AnswerAsync("Yes.", Cancellation);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await turn.AnswerAsync("No.", Cancellation));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await turn.ReasoningAsync("Hm.", Cancellation));
        await turn.DisposeAsync();

        Assert.Equal(
            ["First.", "Yes."],
            Assert
                .Single((await _store.ListTurnsAsync(new ListTurnsRequest(thread.ThreadId), Cancellation)).Items)
                .Items.Select(item => item.Text)
        );
    }

    [Fact, Guarantee("RECD-14")]
    public async Task An_end_that_failed_can_be_said_again_and_leaving_never_fails()
    {
        await using var thread = await StartAsync(HistoryModes.Legacy);
        await using (var turn = await thread.BeginTurnAsync("First.", Cancellation))
        {
            await Assert.ThrowsAsync<OperationCanceledException>(async () =>
                await turn.AnswerAsync("No.", new CancellationToken(canceled: true))
            );
            Assert.False(turn.HasEnded);
            await turn.AnswerAsync("Yes.", Cancellation);
        }
        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
            await thread.BeginTurnAsync("Not asked.", new CancellationToken(canceled: true))
        );
        await using (var turn = await thread.BeginTurnAsync("Second.", Cancellation))
            await thread.ShutDownAsync(Cancellation);

        var turns = (await _store.ListTurnsAsync(new ListTurnsRequest(thread.ThreadId), Cancellation)).Items;
        Assert.Equal([(TurnStatus.Completed, 2), (TurnStatus.Interrupted, 1)], turns.Select(turn => (turn.Status, turn.Items.Count)));
    }

    [Fact, Guarantee("RECD-34")]
    public async Task A_tool_that_gives_nothing_back_gave_an_empty_output_and_misuse_comes_with_the_task()
    {
        await using var thread = await StartAsync(HistoryModes.Legacy);
        Assert.IsType<ArgumentNullException>(await TaskErrors.OfAsync(() => thread.BeginTurnAsync((string)null!, Cancellation).AsTask()));
        await using var turn = await thread.BeginTurnAsync("First.", Cancellation);

        Assert.Equal("", await turn.ToolCallAsync("tool", "{}", _ => ValueTask.FromResult<string>(null!), Cancellation));
        foreach (
            var call in (Func<Task>[])
                [
                    () => turn.ReasoningAsync(null!, Cancellation).AsTask(),
                    () => turn.ToolCallAsync(null!, "{}", "", Cancellation).AsTask(),
                    () => turn.ToolCallAsync("tool", null!, _ => ValueTask.FromResult(""), Cancellation).AsTask(),
                    () => turn.FailAsync(null!, Cancellation).AsTask(),
                    () => turn.AnswerAsync(null!, Cancellation).AsTask(),
                ]
        )
            Assert.IsType<ArgumentNullException>(await TaskErrors.OfAsync(call));
        await turn.AnswerAsync("Yes.", Cancellation);
    }

    [Fact, Guarantee("RECD-35")]
    public async Task The_failure_of_a_tool_comes_through_also_when_no_item_can_hold_it()
    {
        await using var thread = await StartAsync(HistoryModes.Legacy);
        await using var turn = await thread.BeginTurnAsync("First.", Cancellation);

        await Assert.ThrowsAsync<WordlessException>(async () =>
            await turn.ToolCallAsync("tool", "{}", _ => throw new WordlessException(null), Cancellation)
        );
        await Assert.ThrowsAsync<WordlessException>(async () =>
            await turn.ToolCallAsync("tool", "{}", _ => throw new WordlessException(new string('x', 170_000_000)), Cancellation)
        );
        await turn.AnswerAsync("Yes.", Cancellation);
    }

    sealed class WordlessException(string? message) : Exception
    {
        public override string Message => message!;
    }

    [Fact, Guarantee("RECD-15")]
    public async Task Calls_that_run_side_by_side_keep_their_outputs()
    {
        await using var thread = await StartAsync(HistoryModes.Paginated);
        await using var turn = await thread.BeginTurnAsync("Many.", Cancellation);

        await Task.WhenAll(
            Enumerable
                .Range(0, 32)
                .Select(number =>
                    Task.Run(
                        async () =>
                            await turn.ToolCallAsync(
                                "echo",
                                $"{number}",
                                async cancel =>
                                {
                                    await Task.Yield();
                                    return $"output {number}";
                                },
                                Cancellation
                            ),
                        Cancellation
                    )
                )
        );
        await turn.AnswerAsync("Done.", Cancellation);

        var calls = (await thread.ReadMessagesAsync(Cancellation)).SelectMany(message => message.ToolCalls).ToList();
        Assert.Equal(32, calls.Count);
        Assert.All(calls, call => Assert.Equal($"output {call.Arguments}", call.Output));
        Assert.Equal(
            34,
            Assert.Single((await _store.ListTurnsAsync(new ListTurnsRequest(thread.ThreadId), Cancellation)).Items).Items.Count
        );
    }

    [Fact, Guarantee("RECD-16")]
    public async Task Whoever_appends_is_told_what_the_mode_leaves_out()
    {
        var leftOut = new List<string?>();
        await using var thread = await _store.StartThreadAsync(
            Request(HistoryModes.Paginated),
            new LiveThreadOptions { OnLeftOut = item => leftOut.Add(NewItemType.Of(item)) },
            Cancellation
        );
        await using var turn = await thread.BeginTurnAsync("Hi.", Cancellation);

        await thread.AppendAsync([Event("user_message"), Event("agent_message_delta"), Event("token_count")], Cancellation);
        await turn.AppendAsync(new WarningEntry("kept"), Cancellation);

        Assert.Equal(["user_message", "agent_message_delta"], leftOut);
        Assert.Equal(
            ["task_started", "message", "item_completed", "token_count", "warning"],
            (await HistoryAsync(thread.ThreadId)).Skip(1).Select(item => item.PayloadType)
        );

        static NewItem Event(string type) => NewItem.FromJson("event_msg", $$"""{"type":"{{type}}"}""");
    }

    [Fact, Guarantee("RECD-17")]
    public async Task Items_are_as_safe_as_the_options_say_and_have_the_time_of_the_clock()
    {
        var time = new Server.Tests.ManualTime();
        var options = new LiveThreadOptions { Durability = Durability.Buffered, Time = time };
        await using var thread = await _store.StartThreadAsync(Request(HistoryModes.Legacy), options, Cancellation);
        await using (var turn = await thread.BeginTurnAsync("Hi.", Cancellation))
        {
            Assert.False(thread.IsStored);
            await turn.ToolCallAsync(
                "wait",
                "{}",
                _ =>
                {
                    time.Advance(TimeSpan.FromSeconds(3));
                    return ValueTask.FromResult("");
                },
                Cancellation
            );
            await turn.AnswerAsync("Yes.", Cancellation);
        }
        await thread.ShutDownAsync(Cancellation);

        var shown = Assert.Single((await _store.ListTurnsAsync(new ListTurnsRequest(thread.ThreadId), Cancellation)).Items);
        Assert.Equal<(DateTimeOffset?, TimeSpan?, long?)>(
            (time.GetUtcNow(), TimeSpan.FromSeconds(3), 3000),
            (shown.CompletedAt, shown.Duration, (long?)shown.Items[1].Json["durationMs"])
        );
        Assert.All(
            (await HistoryAsync(thread.ThreadId)).Skip(1),
            item => Assert.InRange(item.Timestamp!.Value, time.GetUtcNow() - shown.Duration!.Value, time.GetUtcNow())
        );
    }

    internal static StartRequest Request(string mode) =>
        new()
        {
            Cwd = "/work",
            Originator = "tests",
            HistoryMode = mode,
        };

    async Task<LiveThread> StartAsync(string mode) => await _store.StartThreadAsync(Request(mode), null, Cancellation);

    async Task<List<RolloutItem>> HistoryAsync(ThreadId threadId)
    {
        var items = new List<RolloutItem>();
        await foreach (var item in _store.ReadHistoryAsync(new ReadHistoryRequest(threadId), Cancellation))
            items.Add(item);
        return items;
    }

    sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
