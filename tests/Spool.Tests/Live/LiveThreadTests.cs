using Spool.TestKit;
using Xunit;

namespace Spool.Tests;

/// <summary>A session's handle on its thread, on the store that every other is compared with.</summary>
public sealed class LiveThreadTests : IAsyncDisposable
{
    static readonly ThreadId Id = SeedIds.Id(1);
    static readonly CreateRequest New = new(
        Id,
        new SessionMeta(Id, SeedIds.Epoch)
        {
            Cwd = "/work/a",
            Originator = "tests",
            CliVersion = "1.0",
            ModelProvider = "openai",
        }.ToItem()
    );

    readonly InMemoryThreadStore _store = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact, Guarantee("LIVE-01")]
    public async Task A_start_that_is_not_committed_leaves_nothing()
    {
        await using (
            var start = await LiveThreadStart.CreateAsync(
                _store,
                New,
                new LiveThreadOptions { Durability = Durability.Buffered },
                Cancellation
            )
        )
            await start.Thread.AppendAsync([User("hi")], Cancellation);

        Assert.Null(await _store.FindAsync(Id, Cancellation));
        await using var again = (await LiveThreadStart.CreateAsync(_store, New, null, Cancellation)).Commit();
    }

    [Fact, Guarantee("LIVE-02")]
    public async Task A_start_is_committed_once_and_then_the_thread_goes_on()
    {
        var start = await LiveThreadStart.CreateAsync(_store, New, null, Cancellation);
        await using var thread = start.Commit();
        await start.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => start.Commit());
        Assert.Throws<ObjectDisposedException>(() => start.Thread);
        await thread.AppendAsync([User("hi")], Cancellation);
        Assert.True(thread.IsStored);
    }

    [Fact, Guarantee("LIVE-03")]
    public async Task Items_that_the_mode_does_not_store_are_left_out()
    {
        await using var thread = await CreateAsync();

        Assert.Null(await thread.AppendAsync([Event("agent_message_delta", "\"delta\":\"h\"")], Cancellation));
        Assert.False(thread.IsStored);
        var receipt = await thread.AppendAsync(
            [Event("agent_message_delta", "\"delta\":\"h\""), User("hi"), Event("exec_command_begin", "\"call_id\":\"c\"")],
            Cancellation
        );

        Assert.Equal(new AppendReceipt(1, 1), receipt);
        Assert.Equal(["session_meta", "event_msg"], (await HistoryAsync(thread)).Select(item => item.Type));
    }

    [Fact, Guarantee("LIVE-04")]
    public async Task Facts_are_those_of_the_stored_items_at_every_moment()
    {
        await using var thread = await CreateAsync();
        Assert.Equal(("/work/a", "openai", null), (thread.Facts.Cwd, thread.Facts.ModelProvider, thread.Facts.Preview));

        await thread.AppendAsync(
            [User("first"), NewItem.FromJson("turn_context", """{"cwd":"/work/b","model":"m1","effort":"high","summary":"auto"}""")],
            Cancellation
        );
        await thread.AppendAsync(
            [User("second"), Event("token_count", "\"info\":{\"total_token_usage\":{\"total_tokens\":7}}")],
            Cancellation
        );

        Assert.Equal(
            ("first", "m1", "high", "/work/a", 7),
            (thread.Facts.Preview, thread.Facts.Model, thread.Facts.ReasoningEffort, thread.Facts.Cwd, thread.Facts.TokensUsed)
        );
        var stored = (await _store.FindAsync(Id, Cancellation))!;
        Assert.Equal(
            (stored.Preview, stored.Model, stored.TokensUsed),
            (thread.Facts.Preview, thread.Facts.Model, thread.Facts.TokensUsed)
        );
        Assert.Equal(stored.UpdatedAt, thread.Facts.LastItemAt);
    }

    [Fact, Guarantee("LIVE-05")]
    public async Task A_resumed_thread_knows_what_the_store_knows_and_goes_on()
    {
        await using (var first = await CreateAsync())
        {
            await first.AppendAsync([User("first")], Cancellation);
            await first.ShutDownAsync(Cancellation);
        }
        await using var thread = (await LiveThreadStart.ResumeAsync(_store, new ResumeRequest(Id), null, Cancellation)).Commit();

        Assert.Equal(("first", "/work/a", 2), (thread.Facts.Preview, thread.Facts.Cwd, thread.NextOrdinal));
        await thread.AppendAsync([User("second")], Cancellation);
        Assert.Equal(("first", 3), (thread.Facts.Preview, (await HistoryAsync(thread)).Count));
    }

    [Fact, Guarantee("LIVE-06")]
    public async Task A_resumed_thread_can_be_given_its_history()
    {
        await using (var first = await CreateAsync())
            await first.AppendAsync([User("first")], Cancellation);
        var history = new List<RolloutItem>();
        await foreach (var item in _store.ReadHistoryAsync(new ReadHistoryRequest(Id), Cancellation))
            history.Add(item);

        await using var thread = (await LiveThreadStart.ResumeAsync(_store, new ResumeRequest(Id), history, null, Cancellation)).Commit();

        Assert.Equal(("first", "tests"), (thread.Facts.Preview, thread.Facts.Originator));
    }

    [Fact, Guarantee("LIVE-07")]
    public async Task A_resume_that_fails_gives_the_right_to_write_back()
    {
        await using (var first = await CreateAsync())
            await first.AppendAsync([User("first")], Cancellation);

        await Assert.ThrowsAsync<FormatException>(async () =>
            await LiveThreadStart.ResumeAsync(_store, new ResumeRequest(Id), FailingHistory(), null, Cancellation)
        );

        await using var thread = (await LiveThreadStart.ResumeAsync(_store, new ResumeRequest(Id), null, Cancellation)).Commit();

        static IEnumerable<RolloutItem> FailingHistory()
        {
            yield return new RolloutItem("{}"u8.ToArray(), 0);
            throw new FormatException();
        }
    }

    [Fact, Guarantee("LIVE-08")]
    public async Task A_roll_back_is_an_appended_marker()
    {
        await using var thread = await CreateAsync();
        foreach (var turn in (string[])["t1", "t2"])
            await thread.AppendAsync(
                [
                    Event("task_started", $"\"turn_id\":\"{turn}\""),
                    User(turn),
                    Event("task_complete", $"\"turn_id\":\"{turn}\",\"last_agent_message\":null"),
                ],
                Cancellation
            );

        await thread.RollBackAsync(1, Cancellation);

        Assert.Equal(["t1"], (await _store.ListTurnsAsync(new ListTurnsRequest(Id), Cancellation)).Items.Select(turn => turn.Id));
        Assert.Equal(8, (await HistoryAsync(thread)).Count);
        var refused = await Assert.ThrowsAsync<ThreadStoreException>(async () => await thread.RollBackAsync(0, Cancellation));
        Assert.Equal(ThreadStoreErrorCode.InvalidRequest, refused.Code);
    }

    [Fact, Guarantee("LIVE-09")]
    public async Task A_new_thread_waits_in_memory_until_it_is_persisted_or_flushed_when_buffered()
    {
        await using var thread = await CreateAsync(new LiveThreadOptions { Durability = Durability.Buffered });
        await thread.FlushAsync(cancellationToken: Cancellation);
        Assert.False(thread.IsStored);
        Assert.False((await thread.AppendAsync([User("hi")], Cancellation))!.Value.IsStored);
        Assert.Null(await _store.FindAsync(Id, Cancellation));

        await thread.FlushAsync(cancellationToken: Cancellation);

        Assert.True(thread.IsStored);
        Assert.Equal("hi", (await _store.FindAsync(Id, Cancellation))!.Preview);
    }

    [Fact, Guarantee("LIVE-10")]
    public async Task A_thread_loads_its_own_history_with_what_waits()
    {
        await using var thread = await CreateAsync(new LiveThreadOptions { Durability = Durability.Buffered });
        Assert.Empty(await HistoryAsync(thread));
        Assert.False(thread.IsStored);

        await thread.AppendAsync([User("hi")], Cancellation);

        Assert.Equal(2, (await HistoryAsync(thread)).Count);
    }

    [Fact, Guarantee("LIVE-11")]
    public async Task A_change_through_the_thread_shows_in_its_facts_and_in_the_store()
    {
        await using var thread = await CreateAsync();
        await thread.AppendAsync([User("hi")], Cancellation);

        await thread.UpdateAsync(
            new ThreadPatch
            {
                Name = Change.To(" a name "),
                Branch = Change.To("main"),
                MemoryMode = "disabled",
            },
            Cancellation
        );

        Assert.Equal(("a name", "main", "disabled"), (thread.Facts.Name, thread.Facts.GitInfo?.Branch, thread.Facts.MemoryMode));
        var stored = (await _store.FindAsync(Id, Cancellation))!;
        Assert.Equal(("a name", "main", "disabled"), (stored.Name, stored.GitInfo?.Branch, stored.MemoryMode));
    }

    [Fact, Guarantee("LIVE-12")]
    public async Task Facts_follow_the_order_of_the_log_when_many_append_at_once()
    {
        await using var thread = await CreateAsync();

        await Task.WhenAll(
            Enumerable
                .Range(0, 64)
                .Select(number =>
                    Task.Run(
                        async () =>
                            await thread.AppendAsync(
                                [
                                    User($"message {number}"),
                                    NewItem.FromJson("turn_context", $$"""{"cwd":"/","model":"m{{number}}","summary":"auto"}"""),
                                ],
                                Cancellation
                            ),
                        Cancellation
                    )
                )
        );

        var stored = (await _store.FindAsync(Id, Cancellation))!;
        Assert.Equal((stored.Preview, stored.Model), (thread.Facts.Preview, thread.Facts.Model));
    }

    async Task<LiveThread> CreateAsync(LiveThreadOptions? options = null) =>
        (await LiveThreadStart.CreateAsync(_store, New, options, Cancellation)).Commit();

    static async Task<List<RolloutItem>> HistoryAsync(LiveThread thread)
    {
        var items = new List<RolloutItem>();
        await foreach (var item in thread.LoadHistoryAsync(Cancellation))
            items.Add(item);
        return items;
    }

    static NewItem User(string text) =>
        Event("user_message", $"\"message\":\"{text}\",\"images\":[],\"local_images\":[],\"text_elements\":[]");

    static NewItem Event(string type, string members) => NewItem.FromJson("event_msg", $$"""{"type":"{{type}}",{{members}}}""");
}
