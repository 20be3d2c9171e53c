using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees for taking a thread back to an earlier turn.</summary>
public class RevertConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    /// <summary>REVT-01.</summary>
    [Fact, Guarantee("REVT-01")]
    public async Task A_thread_shows_the_turns_before_the_point_at_every_turn()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            for (var index = 0; index < 4; index++)
            {
                var log = SampleHome.Turns(number, 4);
                var store = await OpenAsync(log);
                var turns = await store.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation);
                var before = await store.GetAsync(log.Thread(), Cancellation);
                var reverted = (await store.RevertAsync(log.Thread(), turns[index].Id, Cancellation)).Thread;

                Assert.Equal(
                    (before.Id, before.CreatedAt, before.Cwd, before.ForkedFromId, ThreadCondition.Ok),
                    (reverted.Id, reverted.CreatedAt, reverted.Cwd, reverted.ForkedFromId, reverted.State)
                );
                foreach (var reader in new[] { store, await OpenAsync([]) })
                {
                    Assert.Equal(
                        turns.Take(index).Texts(),
                        (await reader.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation)).Texts()
                    );
                    Assert.Equal(log.Thread(), Assert.Single(await reader.EverythingAsync(Cancellation)).Id);
                }
                await store.DeleteAsync(log.Thread(), Cancellation);
            }
        }
    }

    /// <summary>CORE-11.</summary>
    [Fact, Guarantee("CORE-11")]
    public async Task The_id_of_a_log_that_a_thread_went_on_from_is_taken()
    {
        var log = SampleHome.Turns(1, 2);
        var store = await OpenAsync(log);
        await RevertAsync(1);
        var more = log.Lines.Count;
        await store.ContinueAsync(log.Thread(), log.Turn("One more").Turn("And another").Items(more), Cancellation);
        await RevertAsync(2);
        var before = (await store.HistoryAsync(log.Thread(), Cancellation)).Texts();
        var observer = new MetadataObserver();
        observer.Observe((await store.HistoryAsync(log.Thread(), Cancellation)).Last(item => item.Kind == RolloutItemKind.SessionMeta));
        var left = observer.Facts.HistoryBase!.RolloutId;
        Assert.NotEqual(log.Thread(), left);

        await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.AlreadyExists,
            async () => await store.CreateAsync(RolloutLines.Paginated(left, SeedIds.Epoch), Cancellation)
        );
        await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.AlreadyExists,
            async () => await store.ForkAsync(new ForkRequest(log.Thread(), left), Cancellation)
        );
        Assert.Equal(before, (await store.HistoryAsync(log.Thread(), Cancellation)).Texts());

        async Task RevertAsync(int turn) =>
            await store.RevertAsync(
                log.Thread(),
                (await store.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation))[turn].Id,
                Cancellation
            );
    }

    /// <summary>REVT-02.</summary>
    [Fact, Guarantee("REVT-02")]
    public async Task A_legacy_log_gets_a_marker_and_keeps_every_line()
    {
        var log = SampleHome.Turns(2, 3);
        var store = await OpenAsync(log);
        await store.RevertAsync(
            log.Thread(),
            (await store.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation))[1].Id,
            Cancellation
        );

        var history = await store.HistoryAsync(log.Thread(), Cancellation);
        Assert.Equal(log.Lines.Texts(), history.SkipLast(1).Texts());
        Assert.Equal("""{"type":"thread_rolled_back","num_turns":2}""", System.Text.Encoding.UTF8.GetString(history[^1].Payload.Span));
    }

    /// <summary>REVT-03.</summary>
    [Fact, Guarantee("REVT-03")]
    public async Task A_paginated_history_goes_on_from_the_point_and_a_fork_of_what_was_after_it_stays_whole()
    {
        var log = SampleHome.Turns(1, 3);
        var store = await OpenAsync(log);
        await store.ForkAsync(new ForkRequest(log.Thread(), SeedIds.Id(50)), Cancellation);
        var fork = (await store.HistoryAsync(SeedIds.Id(50), Cancellation)).Texts();
        await store.RevertAsync(
            log.Thread(),
            (await store.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation))[1].Id,
            Cancellation
        );

        var history = await store.HistoryAsync(log.Thread(), Cancellation);
        Assert.Equal(log.Lines.Take(9).Texts(), history.SkipLast(1).Texts());
        Assert.Equal((RolloutItemKind.SessionMeta, 9L), (history[^1].Kind, history[^1].Ordinal));
        Assert.Equal(fork, (await store.HistoryAsync(SeedIds.Id(50), Cancellation)).Texts());
        Assert.Equal(3, (await store.AllTurnsAsync(new ListTurnsRequest(SeedIds.Id(50)), Cancellation)).Count);
    }

    /// <summary>REVT-04.</summary>
    [Fact, Guarantee("REVT-04")]
    public async Task A_thread_that_was_taken_back_goes_on_and_can_be_taken_back_again()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Turns(number, 3);
            var store = await OpenAsync(log);
            var kept = (await store.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation))
                .Take(2)
                .Select(turn => turn.Id)
                .ToList();
            for (var round = 0; round < 3; round++)
            {
                var last = (await store.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation))[^1].Id;
                await store.RevertAsync(log.Thread(), last, Cancellation);
                Assert.Equal(kept, (await store.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation)).Select(turn => turn.Id));
                var before = log.Lines.Count;
                await store.ContinueAsync(log.Thread(), log.Turn($"Instead {round}").Items(before), Cancellation);
                Assert.Equal(3, (await (await OpenAsync([])).AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation)).Count);
            }
            var thread = await store.GetAsync(log.Thread(), Cancellation);
            Assert.Equal(("Question 1", ThreadCondition.Ok), (thread.Preview, thread.State));
            await store.DeleteAsync(log.Thread(), Cancellation);
        }
    }

    /// <summary>REVT-05.</summary>
    [Fact, Guarantee("REVT-05")]
    public async Task An_unknown_thread_or_turn_or_an_archived_thread_is_refused()
    {
        var store = await OpenAsync([
            SampleHome.Turns(1, 2).ToSeed(),
            SampleHome.Turns(2, 2).ToSeed(),
            SampleHome.Turns(3, 2).ToSeed(SeedPlace.Archived),
            SampleHome.Turns(4, 2).ToSeed(SeedPlace.Archived),
        ]);
        var before = await store.EverythingAsync(Cancellation);
        await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.NotFound,
            async () => await store.RevertAsync(SeedIds.Id(99), "x", Cancellation)
        );
        foreach (var number in StoreWriting.BothModes)
        {
            foreach (
                var turn in new[]
                {
                    "",
                    "stranger",
                    (await store.AllTurnsAsync(new ListTurnsRequest(SeedIds.Id(3 - number)), Cancellation))[0].Id,
                }
            )
                await StoreReading.RefusesAsync(
                    ThreadStoreErrorCode.InvalidRequest,
                    async () => await store.RevertAsync(SeedIds.Id(number), turn, Cancellation)
                );
            var archived = (await store.AllTurnsAsync(new ListTurnsRequest(SeedIds.Id(number + 2)), Cancellation))[0].Id;
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.Archived,
                async () => await store.RevertAsync(SeedIds.Id(number + 2), archived, Cancellation)
            );
        }
        Assert.Equal(before, await store.EverythingAsync(Cancellation));
    }

    /// <summary>REVT-06.</summary>
    [Fact, Guarantee("REVT-06")]
    public async Task A_thread_that_was_taken_back_keeps_its_name_and_its_place_by_creation()
    {
        var store = await OpenAsync([
            SampleHome.Turns(1, 2).ToSeed(name: "One"),
            SampleHome.Turns(2, 2).ToSeed(name: "Two"),
            SampleHome.Turns(3, 1).ToSeed(),
        ]);
        var before = await store.EverythingAsync(Cancellation);
        foreach (var number in StoreWriting.BothModes)
            await store.RevertAsync(
                SeedIds.Id(number),
                (await store.AllTurnsAsync(new ListTurnsRequest(SeedIds.Id(number)), Cancellation))[1].Id,
                Cancellation
            );

        var after = await store.EverythingAsync(Cancellation);
        Assert.Equal(
            before.Select(thread => (thread.Id, thread.Name, thread.Preview, thread.CreatedAt)),
            after.Select(thread => (thread.Id, thread.Name, thread.Preview, thread.CreatedAt))
        );
    }

    /// <summary>REVT-07.</summary>
    [Fact, Guarantee("REVT-07")]
    public async Task A_fork_of_a_thread_that_was_taken_back_shows_what_the_thread_shows()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Turns(number, 3);
            var store = await OpenAsync(log);
            var turns = await store.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation);
            await store.RevertAsync(log.Thread(), turns[1].Id, Cancellation);
            var before = log.Lines.Count;
            await store.ContinueAsync(log.Thread(), log.Turn("Instead").Items(before), Cancellation);
            var shown = (await store.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation)).ConvertAll(turn => turn.Id);
            Assert.Equal(2, shown.Count);
            foreach (
                var (point, count) in new[]
                {
                    (ForkPoint.Latest, 2),
                    (ForkPoint.Before(shown[1]), 1),
                    (ForkPoint.Through(shown[0]), 1),
                    (ForkPoint.Before(shown[0]), 0),
                }
            )
            {
                await store.ForkAsync(new ForkRequest(log.Thread(), SeedIds.Id(50)) { Point = point }, Cancellation);
                Assert.Equal(
                    shown.Take(count),
                    (await store.AllTurnsAsync(new ListTurnsRequest(SeedIds.Id(50)), Cancellation)).Select(turn => turn.Id)
                );
                await store.DeleteAsync(SeedIds.Id(50), Cancellation);
            }
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.InvalidRequest,
                async () =>
                    await store.ForkAsync(
                        new ForkRequest(log.Thread(), SeedIds.Id(50)) { Point = ForkPoint.Before(turns[2].Id) },
                        Cancellation
                    )
            );
            await store.DeleteAsync(log.Thread(), Cancellation);
        }
    }

    /// <summary>REVT-08.</summary>
    [Fact, Guarantee("REVT-08")]
    public async Task What_cannot_be_read_before_the_turn_stays()
    {
        var log = SampleHome.Turns(1, 2).Rubbish("no item"u8);
        var kept = log.Lines.Texts();
        var store = await OpenAsync(log.Turn("Too much"));
        var turns = await store.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation);
        await store.RevertAsync(log.Thread(), turns[^1].Id, Cancellation);

        Assert.Equal(kept, (await store.HistoryAsync(log.Thread(), Cancellation)).Texts().Take(kept.Length));
        Assert.Equal(2, (await store.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation)).Count);
    }
}
