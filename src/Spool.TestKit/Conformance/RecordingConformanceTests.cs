using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees for threads that a program records turn by turn.</summary>
public class RecordingConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    static readonly string[] Modes = [HistoryModes.Legacy, HistoryModes.Paginated];

    /// <summary>RECO-01.</summary>
    [Fact, Guarantee("RECO-01")]
    public async Task A_recorded_turn_is_shown_and_told_to_the_model_as_it_was_recorded()
    {
        var store = await OpenAsync([]);
        foreach (var mode in Modes)
        {
            await using var thread = await StartAsync(store, mode);
            Assert.Null(await store.FindAsync(thread.ThreadId, Cancellation));
            await using (var turn = await thread.BeginTurnAsync("One and two?", Cancellation))
            {
                await turn.ReasoningAsync("A sum.", Cancellation);
                await turn.ToolCallAsync("add", "[1,2]", _ => ValueTask.FromResult("3"), Cancellation);
                await turn.AnswerAsync("Three.", Cancellation);
            }
            await using (var turn = await thread.BeginTurnAsync("And four?", Cancellation))
                await turn.FailAsync("No more sums.", Cancellation);
            var told = await thread.ReadMessagesAsync(Cancellation);
            await thread.ShutDownAsync(Cancellation);

            var turns = await store.AllTurnsAsync(new ListTurnsRequest(thread.ThreadId), Cancellation);
            Assert.Equal([TurnStatus.Completed, TurnStatus.Failed], turns.Select(turn => turn.Status));
            Assert.Equal(
                ["One and two?", "A sum.", ToolOf(mode), "Three.", "And four?"],
                turns.SelectMany(turn => turn.Items).Select(item => item.Text)
            );
            Assert.All(turns, turn => Assert.Equal(0, turn.CallsLeftOut));
            Assert.Equal(
                ["user One and two?", "assistant ", "assistant Three.", "user And four?"],
                told.Select(message => $"{message.Role} {message.Text}")
            );
            Assert.Equal("3", Assert.Single(told[1].ToolCalls).Output);
            Assert.Equal(
                told.Select(message => message.Text),
                (await store.ReadMessagesAsync(thread.ThreadId, Cancellation)).Select(message => message.Text)
            );
            Assert.Equal("One and two?", (await store.GetAsync(thread.ThreadId, Cancellation)).Preview);
        }
    }

    /// <summary>RECO-02.</summary>
    [Fact, Guarantee("RECO-02")]
    public async Task A_turn_that_its_program_left_has_ended_when_the_thread_goes_on()
    {
        foreach (var mode in Modes)
        {
            var store = await OpenAsync([]);
            var thread = await StartAsync(store, mode);
            await using (var turn = await thread.BeginTurnAsync("First.", Cancellation))
                await turn.AnswerAsync("Yes.", Cancellation);
            var left = await thread.BeginTurnAsync("Add.", Cancellation);
            _ = left.ToolCallAsync("add", "[1]", _ => new ValueTask<string>(new TaskCompletionSource<string>().Task), Cancellation)
                .AsTask();
            await thread.FlushAsync(cancellationToken: Cancellation);
            await thread.DiscardAsync(Cancellation);

            var other = await OpenAsync([]);
            await using (var next = await other.ContinueThreadAsync(thread.ThreadId, cancellationToken: Cancellation))
            {
                await using (var turn = await next.BeginTurnAsync("Again.", Cancellation))
                    await turn.AnswerAsync("One.", Cancellation);
                await next.ShutDownAsync(Cancellation);
            }

            var turns = await other.AllTurnsAsync(new ListTurnsRequest(thread.ThreadId), Cancellation);
            Assert.Equal([TurnStatus.Completed, TurnStatus.Interrupted, TurnStatus.Completed], turns.Select(turn => turn.Status));
            Assert.Equal((left.Id, "failed"), (turns[1].Id, (string?)turns[1].Items[1].Json["status"]));
            Assert.NotNull(turns[1].CompletedAt);
            var told = await other.ReadMessagesAsync(thread.ThreadId, Cancellation);
            Assert.Equal(["First.", "Yes.", "Add.", "", "Again.", "One."], told.Select(message => message.Text));
            Assert.Equal(LiveTurn.BrokenOff, Assert.Single(told[3].ToolCalls).Output);
        }
    }

    static string ToolOf(string mode) => mode == HistoryModes.Legacy ? $"{ToolCallEntry.DefaultNamespace}.add" : "add";

    static ValueTask<LiveThread> StartAsync(IThreadStore store, string mode)
    {
        var request = new StartRequest
        {
            Cwd = "/work",
            Originator = "conformance",
            HistoryMode = mode,
        };
        return store.StartThreadAsync(request, null, Cancellation);
    }
}
