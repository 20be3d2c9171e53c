using Spool.Server.Tests;
using Spool.TestKit;
using Xunit;

namespace Spool.Tests;

/// <summary>Threads that go on after their program ended, or died.</summary>
public sealed class ContinuedThreadTests : IAsyncDisposable
{
    readonly InMemoryThreadStore _store = new();
    readonly ManualTime _time = new();

    public static TheoryData<string> Modes => [HistoryModes.Legacy, HistoryModes.Paginated];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory, MemberData(nameof(Modes)), Guarantee("RECD-20")]
    public async Task A_turn_whose_program_died_is_ended_and_the_next_one_is_whole(string mode)
    {
        var dead = await _store.StartThreadAsync(LiveTurnTests.Request(mode), null, Cancellation);
        await using (var first = await dead.BeginTurnAsync("Before.", Cancellation))
            await first.AnswerAsync("Yes.", Cancellation);
        var left = await dead.BeginTurnAsync("Add.", Cancellation);
        await left.ToolCallAsync("log", "{}", "logged", Cancellation);
        _ = left.ToolCallAsync("add", "[1]", _ => new ValueTask<string>(new TaskCompletionSource<string>().Task), Cancellation).AsTask();
        _ = left.ToolCallAsync(
                new McpToolCallEntry("sums", "sub", "[2]"),
                _ => new ValueTask<string>(new TaskCompletionSource<string>().Task),
                Cancellation
            )
            .AsTask();
        await dead.DiscardAsync(Cancellation);

        await using (var thread = await _store.ContinueThreadAsync(dead.ThreadId, cancellationToken: Cancellation))
        await using (var next = await thread.BeginTurnAsync("Again.", Cancellation))
            await next.AnswerAsync("Three.", Cancellation);

        var turns = (await _store.ListTurnsAsync(new ListTurnsRequest(dead.ThreadId), Cancellation)).Items;
        Assert.Equal([TurnStatus.Completed, TurnStatus.Interrupted, TurnStatus.Completed], turns.Select(turn => turn.Status));
        Assert.Equal(left.Id, turns[1].Id);
        Assert.NotNull(turns[1].CompletedAt);
        Assert.Equal([null, "completed", "failed", "failed"], turns[1].Items.Select(item => (string?)item.Json["status"]));
        var add = mode == HistoryModes.Legacy ? "tools.add" : "add";
        Assert.Equal(["sums.sub", add], turns[1].Items.Select(item => item.Text).Reverse().Take(2));
        Assert.All(turns, turn => Assert.Equal(0, turn.CallsLeftOut));
        var messages = await _store.ReadMessagesAsync(dead.ThreadId, Cancellation);
        Assert.Equal(
            ["logged", LiveTurn.BrokenOff, LiveTurn.BrokenOff],
            messages.SelectMany(message => message.ToolCalls).Select(call => call.Output)
        );
        Assert.Equal(["Before.", "Yes.", "Add.", "", "", "Again.", "Three."], messages.Select(message => message.Text));
    }

    [Theory, MemberData(nameof(Modes)), Guarantee("RECD-21")]
    public async Task A_thread_whose_last_turn_ended_goes_on_without_anything_said(string mode)
    {
        await using (var thread = await _store.StartThreadAsync(LiveTurnTests.Request(mode), null, Cancellation))
        await using (var turn = await thread.BeginTurnAsync("Before.", Cancellation))
            await turn.FailAsync("No.", Cancellation);
        var stored = Assert.Single((await _store.ListAsync(new ThreadQuery(), Cancellation)).Items);

        await using var next = await _store.ContinueThreadAsync(stored.Id, cancellationToken: Cancellation);

        Assert.Equal(5, next.NextOrdinal);
        Assert.Equal("Before.", next.Facts.Preview);
    }

    [Fact, Guarantee("RECD-22")]
    public async Task The_right_to_write_of_a_writer_that_died_is_waited_for()
    {
        var dead = await _store.StartThreadAsync(LiveTurnTests.Request(HistoryModes.Legacy), null, Cancellation);
        await using (var turn = await dead.BeginTurnAsync("Hi.", Cancellation))
            await turn.AnswerAsync("Yes.", Cancellation);
        var going = _store.ContinueThreadAsync(dead.ThreadId, new LiveThreadOptions { Time = _time }, Cancellation).AsTask();
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.False(going.IsCompleted);

        await dead.DiscardAsync(Cancellation);
        await AdvanceUntilDoneAsync(going);

        await using var thread = await going;
        Assert.Equal(dead.ThreadId, thread.ThreadId);
    }

    [Fact, Guarantee("RECD-23")]
    public async Task A_writer_that_lives_is_told_of_when_the_wait_is_over()
    {
        var request = LiveTurnTests.Request(HistoryModes.Legacy);
        await using var thread = await _store.StartThreadAsync(request, null, Cancellation);
        await using var turn = await thread.BeginTurnAsync("Hi.", Cancellation);
        var options = new LiveThreadOptions { Time = _time, WriterWait = TimeSpan.Zero };
        var first = await Assert.ThrowsAsync<ThreadStoreException>(async () =>
            await _store.ContinueThreadAsync(thread.ThreadId, options, Cancellation)
        );

        options = options with { WriterWait = TimeSpan.FromSeconds(5) };
        var going = _store.ContinueThreadAsync(thread.ThreadId, options, Cancellation).AsTask();
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(going.IsCompleted);
        await AdvanceUntilDoneAsync(going);
#pragma warning disable VSTHRD003 // begun above
        var second = await Assert.ThrowsAsync<ThreadStoreException>(async () => await going);
#pragma warning restore VSTHRD003

        Assert.Equal((ThreadStoreErrorCode.HasWriter, ThreadStoreErrorCode.HasWriter), (first.Code, second.Code));
        Assert.NotNull(second.Owner);
        await turn.AnswerAsync("I am here.", Cancellation);
    }

    [Fact, Guarantee("RECD-24")]
    public async Task What_cannot_be_continued_is_refused_at_once_and_nothing_is_held()
    {
        var missing = await Assert.ThrowsAsync<ThreadStoreException>(async () =>
            await _store.ContinueThreadAsync(EntrySamples.ThreadId, cancellationToken: Cancellation)
        );
        Assert.Equal(ThreadStoreErrorCode.NotFound, missing.Code);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () =>
            await _store.ContinueThreadAsync(
                EntrySamples.ThreadId,
                new LiveThreadOptions { WriterWait = TimeSpan.FromSeconds(-1) },
                Cancellation
            )
        );

        var request = LiveTurnTests.Request(HistoryModes.Legacy) with { ThreadId = EntrySamples.ThreadId };
        await using var thread = await _store.StartThreadAsync(request, null, Cancellation);
        Assert.Equal(EntrySamples.ThreadId, thread.ThreadId);
    }

    // What goes on when a timer is due may go on a moment later.
    async Task AdvanceUntilDoneAsync(Task going)
    {
        while (!going.IsCompleted)
        {
            Cancellation.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
    }
}
