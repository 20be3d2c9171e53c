using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees of <see cref="IThreadStore.ListTurnsAsync"/>.</summary>
public class TurnConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    /// <summary>TURN-01.</summary>
    [Fact, Guarantee("TURN-01")]
    public async Task Turns_come_oldest_first_one_for_each_that_the_log_opens()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var store = await OpenAsync(SampleHome.Turns(number, 3));

            var page = await store.ListTurnsAsync(new ListTurnsRequest(SeedIds.Id(number)), Cancellation);
            Assert.Null(page.NextCursor);
            Assert.Equal(["00000001", "00000002", "00000003"], page.Items.Select(turn => turn.Id[..8]));
            Assert.Equal(page.Items.OrderBy(turn => turn.Ordinal), page.Items);
            Assert.Equal(3, page.Items.Select(turn => turn.Ordinal).Distinct().Count());
            Assert.All(page.Items, turn => Assert.Equal(TurnStatus.Completed, turn.Status));
        }
    }

    /// <summary>TURN-02.</summary>
    [Fact, Guarantee("TURN-02")]
    public async Task Every_page_size_gives_the_same_turns()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var store = await OpenAsync(SampleHome.Turns(number, 6));
            foreach (var direction in Enum.GetValues<SortDirection>())
            {
                var request = new ListTurnsRequest(SeedIds.Id(number)) { Direction = direction };
                var whole = (await store.ListTurnsAsync(request, Cancellation)).Items.Texts();
                Assert.Equal(6, whole.Length);
                for (var limit = 1; limit <= 7; limit++)
                    Assert.Equal(whole, (await store.AllTurnsAsync(request with { Limit = limit }, Cancellation)).Texts());
            }
        }
    }

    /// <summary>TURN-03.</summary>
    [Fact, Guarantee("TURN-03")]
    public async Task Descending_is_the_exact_reverse_of_ascending()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var store = await OpenAsync(SampleHome.Turns(number, 5));
            var request = new ListTurnsRequest(SeedIds.Id(number)) { Limit = 2 };

            var ascending = await store.AllTurnsAsync(request, Cancellation);
            var descending = await store.AllTurnsAsync(request with { Direction = SortDirection.Descending }, Cancellation);
            Assert.Equal(5, ascending.Count);
            Assert.Equal(ascending.Texts().Reverse(), descending.Texts());
        }
    }

    /// <summary>TURN-04.</summary>
    [Fact, Guarantee("TURN-04")]
    public async Task A_turn_that_never_ended_is_shown_as_interrupted()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var store = await OpenAsync(SampleHome.Turns(number, 1).StartTurn().UserMessage("And now?"));

            var turns = await store.AllTurnsAsync(new ListTurnsRequest(SeedIds.Id(number)), Cancellation);
            Assert.Equal([TurnStatus.Completed, TurnStatus.Interrupted], turns.Select(turn => turn.Status));
        }
    }

    /// <summary>TURN-05.</summary>
    [Fact, Guarantee("TURN-05")]
    public async Task A_limit_out_of_range_is_refused()
    {
        var store = await OpenAsync(SampleHome.Turns(2, 2));

        foreach (var limit in new[] { 0, -1, ListTurnsRequest.MaxLimit + 1, int.MaxValue })
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.InvalidRequest,
                async () => await store.ListTurnsAsync(new ListTurnsRequest(SeedIds.Id(2)) { Limit = limit }, Cancellation)
            );
        Assert.Equal(
            2,
            (await store.ListTurnsAsync(new ListTurnsRequest(SeedIds.Id(2)) { Limit = ListTurnsRequest.MaxLimit }, Cancellation))
                .Items
                .Count
        );
    }

    /// <summary>TURN-06.</summary>
    [Fact, Guarantee("TURN-06")]
    public async Task A_cursor_of_another_thread_direction_or_kind_of_page_is_refused()
    {
        var store = await OpenAsync([SampleHome.Turns(2, 3).ToSeed(), SampleHome.Turns(4, 3).ToSeed()]);
        var request = new ListTurnsRequest(SeedIds.Id(2)) { Limit = 1 };
        var cursor = (await store.ListTurnsAsync(request, Cancellation)).NextCursor;
        Assert.NotNull(cursor);
        var foreign = new List<ListTurnsRequest>
        {
            new(SeedIds.Id(4)) { Cursor = cursor },
            request with
            {
                Direction = SortDirection.Descending,
                Cursor = cursor,
            },
            request with
            {
                Cursor = (await store.ListItemsAsync(new ListItemsRequest(SeedIds.Id(2)) { Limit = 1 }, Cancellation)).NextCursor,
            },
            request with
            {
                Cursor = (await store.ListAsync(new ThreadQuery { Limit = 1 }, Cancellation)).NextCursor,
            },
        };
        foreign.AddRange(Garbage.Of(cursor).Select(text => request with { Cursor = text }));

        Assert.All(foreign, bad => Assert.NotNull(bad.Cursor));
        foreach (var bad in foreign)
            await StoreReading.RefusesAsync(ThreadStoreErrorCode.InvalidCursor, async () => await store.ListTurnsAsync(bad, Cancellation));
    }

    /// <summary>TURN-07.</summary>
    [Fact, Guarantee("TURN-07")]
    public async Task The_turns_of_an_unknown_thread_are_not_found()
    {
        var store = await OpenAsync([]);

        await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.NotFound,
            async () => await store.ListTurnsAsync(new ListTurnsRequest(SeedIds.Id(1)), Cancellation)
        );
    }

    /// <summary>TURN-08.</summary>
    [Fact, Guarantee("TURN-08")]
    public async Task The_turns_of_an_unknown_history_mode_are_unsupported()
    {
        var store = await OpenAsync(SampleHome.Conditions());

        await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.Unsupported,
            async () => await store.ListTurnsAsync(new ListTurnsRequest(SeedIds.Id(6)), Cancellation)
        );
    }

    /// <summary>TURN-09.</summary>
    [Fact, Guarantee("TURN-09")]
    public async Task A_thread_without_turns_has_an_empty_last_page()
    {
        var store = await OpenAsync([
            SampleHome.Log(1, SeedIds.Epoch).ToSeed(),
            SampleHome.Log(2, SeedIds.Epoch).ToSeed(SeedPlace.Archived),
        ]);

        foreach (var number in new[] { 1, 2 })
        {
            var page = await store.ListTurnsAsync(new ListTurnsRequest(SeedIds.Id(number)), Cancellation);
            Assert.Empty(page.Items);
            Assert.Null(page.NextCursor);
        }
    }

    /// <summary>TURN-10.</summary>
    [Fact, Guarantee("TURN-10")]
    public async Task A_turn_says_how_many_calls_of_tools_none_of_its_items_shows()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var log = SampleHome
                .Turns(number, 1)
                .StartTurn()
                .UserMessage("Do it")
                .Call("function_call", "shown")
                .Call("custom_tool_call", "a")
                .Call("function_call", "b")
                .Call("function_call", "b")
                .Call("web_search_call")
                .ShowCall("shown")
                .CompleteTurn()
                .Call("local_shell_call", "late")
                .StartTurn()
                .UserMessage("And that")
                .Call("tool_search_call", "c");

            var turns = await (await OpenAsync(log)).AllTurnsAsync(new ListTurnsRequest(SeedIds.Id(number)) { Limit = 1 }, Cancellation);
            Assert.Equal([0, 4, 1], turns.Select(turn => turn.CallsLeftOut));
        }
    }

    /// <summary>TURN-11.</summary>
    [Fact, Guarantee("TURN-11")]
    public async Task The_calls_of_a_source_stay_with_its_turns_in_a_fork()
    {
        var source = SampleHome.Turns(2, 1).StartTurn().UserMessage("Do it").Call("function_call", "a");
        var fork = source
            .Fork(SeedIds.Id(4), SeedIds.Epoch)
            .Call("function_call", "of no turn")
            .StartTurn()
            .Call("function_call", "b")
            .Call("function_call", "c");

        var turns = await (await OpenAsync([source.Call("function_call", "later").ToSeed(), fork.ToSeed()])).AllTurnsAsync(
            new ListTurnsRequest(SeedIds.Id(4)),
            Cancellation
        );
        Assert.Equal([0, 1, 2], turns.Select(turn => turn.CallsLeftOut));
    }
}
