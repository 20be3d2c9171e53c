using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees for making forks.</summary>
public class ForkChangeConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    static readonly ThreadId Fork = SeedIds.Id(50);

    /// <summary>BRAN-01.</summary>
    [Fact, Guarantee("BRAN-01")]
    public async Task A_fork_is_an_exact_prefix_at_every_turn()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Turns(number, 4);
            var store = await OpenAsync(log);
            var turns = (await store.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation)).ConvertAll(turn => turn.Id);
            var points = turns
                .SelectMany((turn, index) => new[] { (ForkPoint.Before(turn), index), (ForkPoint.Through(turn), index + 1) })
                .Append((ForkPoint.Latest, 4));
            foreach (var (point, count) in points)
            {
                var forked = (await store.ForkAsync(new ForkRequest(log.Thread(), Fork) { Point = point }, Cancellation)).Thread;
                // A head of one line, then eight lines a turn.
                await AssertPrefixAsync(await OpenAsync([]), log, 1 + 8 * count, turns.Take(count));

                Assert.Equal((Fork, log.Thread()), (forked.Id, forked.ForkedFromId));
                Assert.Equal(count == 0 ? "" : "Question 1", forked.Preview);
                Assert.Equal(forked, await store.FindAsync(Fork, Cancellation));
                await store.DeleteAsync(Fork, Cancellation);
            }
            Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(log.Thread(), Cancellation)).Texts());
        }
    }

    /// <summary>BRAN-02.</summary>
    [Fact, Guarantee("BRAN-02")]
    public async Task A_fork_of_a_fork_is_a_prefix_of_the_whole_history_at_every_turn()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Turns(number, 2);
            var store = await OpenAsync(log);
            var (child, id) = (SeedIds.Id(40 + number), log.Thread());
            await store.ForkAsync(new ForkRequest(id, child), Cancellation);
            var before = log.Lines.Count;
            await store.ContinueAsync(child, log.Turn("Question 3").Turn("Question 4").Items(before), Cancellation);
            var source = await store.HistoryAsync(child, Cancellation);
            var turns = await store.AllTurnsAsync(new ListTurnsRequest(child), Cancellation);
            Assert.Equal(4, turns.Count);
            foreach (var (turn, index) in turns.Select((turn, index) => (turn, index)))
            {
                await store.ForkAsync(new ForkRequest(child, Fork) { Point = ForkPoint.Before(turn.Id) }, Cancellation);
                var history = await store.HistoryAsync(Fork, Cancellation);
                // The source up to the record that opens the turn, and one head more.
                var prefix = source.TakeWhile(item => item.Ordinal < turn.Ordinal).ToList();
                Assert.Equal(prefix.Count + 1, history.Count);
                Assert.Equal(prefix.Texts(), history.Where(item => !NamesThread(item, Fork)).Texts());
                Assert.Equal(
                    turns.Take(index).Select(shown => shown.Id),
                    (await store.AllTurnsAsync(new ListTurnsRequest(Fork), Cancellation)).Select(shown => shown.Id)
                );
                Assert.Equal(child, (await store.GetAsync(Fork, Cancellation)).ForkedFromId);
                await store.DeleteAsync(Fork, Cancellation);
            }
        }
    }

    /// <summary>BRAN-03.</summary>
    [Fact, Guarantee("BRAN-03")]
    public async Task A_fork_of_an_archived_thread_is_active_and_whole()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Turns(number, 2);
            var store = await OpenAsync([log.ToSeed(SeedPlace.Archived)]);
            var forked = (await store.ForkAsync(new ForkRequest(log.Thread(), Fork), Cancellation)).Thread;

            Assert.Equal((null, ThreadCondition.Ok), (forked.ArchivedAt, forked.State));
            Assert.NotNull((await store.GetAsync(log.Thread(), Cancellation)).ArchivedAt);
            await AssertPrefixAsync(
                store,
                log,
                log.Lines.Count,
                (await store.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation)).Select(turn => turn.Id)
            );
            await store.DeleteAsync(Fork, Cancellation);
        }
    }

    /// <summary>BRAN-04.</summary>
    [Fact, Guarantee("BRAN-04")]
    public async Task A_thread_that_is_being_written_can_be_forked_and_neither_disturbs_the_other()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var (store, other) = (await OpenAsync([]), await OpenAsync([]));
            var log = SampleHome.Thread(number);
            await using var writer = await store.CreateAsync(log, Cancellation);
            await writer.AppendAsync(log.Items(), Cancellation);
            var stored = log.Lines.Count;
            await other.ForkAsync(new ForkRequest(log.Thread(), Fork), Cancellation);
            await writer.AppendAsync(log.Turn("Only in the source").Items(stored), Cancellation);
            await other.ContinueAsync(Fork, StoreWriting.Notes("only in the fork"), Cancellation);

            Assert.Equal(log.Lines.Texts(), (await other.HistoryAsync(log.Thread(), Cancellation)).Texts());
            var fork = await store.HistoryAsync(Fork, Cancellation);
            Assert.Equal(log.Lines.Take(stored).Texts(), fork.SkipLast(1).Where(item => !NamesThread(item, Fork)).Texts());
            Assert.Equal(StoreWriting.Notes("only in the fork").NoteTexts(), fork.NoteTexts());
            await store.DeleteAsync(Fork, Cancellation);
        }
    }

    /// <summary>BRAN-05.</summary>
    [Fact, Guarantee("BRAN-05")]
    public async Task A_fork_under_an_id_that_is_taken_is_refused()
    {
        var store = await OpenAsync([
            SampleHome.Thread(1).ToSeed(),
            SampleHome.Thread(2).ToSeed(),
            SampleHome.Thread(3).ToSeed(SeedPlace.Archived),
        ]);
        await using var writer = await store.CreateAsync(SampleHome.Log(4, SeedIds.Epoch), Cancellation);
        var before = await store.EverythingAsync(Cancellation);
        foreach (var source in StoreWriting.BothModes)
        {
            for (var taken = 1; taken <= 4; taken++)
                await StoreReading.RefusesAsync(
                    taken == 4 ? ThreadStoreErrorCode.HasWriter : ThreadStoreErrorCode.AlreadyExists,
                    async () => await store.ForkAsync(new ForkRequest(SeedIds.Id(source), SeedIds.Id(taken)), Cancellation)
                );
        }
        Assert.Equal(before, await store.EverythingAsync(Cancellation));
    }

    /// <summary>BRAN-06.</summary>
    [Fact, Guarantee("BRAN-06")]
    public async Task An_unknown_source_or_turn_is_refused_and_nothing_is_stored()
    {
        var store = await OpenAsync([SampleHome.Turns(1, 2).ToSeed(), SampleHome.Turns(2, 2).ToSeed()]);
        await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.NotFound,
            async () => await store.ForkAsync(new ForkRequest(SeedIds.Id(99), Fork), Cancellation)
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
            {
                foreach (var point in new[] { ForkPoint.Before(turn), ForkPoint.Through(turn) })
                    await StoreReading.RefusesAsync(
                        ThreadStoreErrorCode.InvalidRequest,
                        async () => await store.ForkAsync(new ForkRequest(SeedIds.Id(number), Fork) { Point = point }, Cancellation)
                    );
            }
        }
        Assert.Null(await store.FindAsync(Fork, Cancellation));
        Assert.Equal(2, (await (await OpenAsync([])).EverythingAsync(Cancellation)).Count);
    }

    /// <summary>BRAN-07.</summary>
    [Fact, Guarantee("BRAN-07")]
    public async Task A_damaged_thread_is_not_forked_and_of_a_torn_one_whatever_is_whole()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var whole = SampleHome.Turns(number, 2);
            var lines = whole.Lines.Count;
            var torn = whole.Event("lost", "\"text\":\"half a line\"").Torn();
            var damaged = SampleHome.Thread(number + 2).Rubbish("no item"u8).Turn("More");
            var store = await OpenAsync([torn.ToSeed(), damaged.ToSeed()]);
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.Corrupt,
                async () => await store.ForkAsync(new ForkRequest(SeedIds.Id(number + 2), Fork), Cancellation)
            );
            Assert.Null(await store.FindAsync(Fork, Cancellation));

            Assert.Equal(ThreadCondition.Ok, (await store.ForkAsync(new ForkRequest(SeedIds.Id(number), Fork), Cancellation)).Thread.State);
            await AssertPrefixAsync(
                store,
                whole,
                lines,
                (await store.AllTurnsAsync(new ListTurnsRequest(SeedIds.Id(number)), Cancellation)).Select(turn => turn.Id)
            );
            Assert.Equal(torn.Lines.Texts(), (await store.HistoryAsync(SeedIds.Id(number), Cancellation)).Texts());
            await store.DeleteAsync(Fork, Cancellation);
        }
    }

    /// <summary>BRAN-08.</summary>
    [Fact, Guarantee("BRAN-08")]
    public async Task A_fork_begins_with_what_its_source_is_and_is_called_and_with_a_time_of_its_own()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var head = new RolloutHead(SeedIds.Id(number), SeedIds.Epoch)
            {
                HistoryMode = number % 2 == 0 ? null : HistoryModes.Paginated,
                Source = "\"exec\"",
                ModelProvider = "azure",
                Cwd = "/work/é",
                Git = new GitInfo("abc", "main", null),
            };
            var store = await OpenAsync([RolloutLines.From(head).Turn("Question").ToSeed(name: "Mine")]);
            await store.UpdateAsync(
                SeedIds.Id(number),
                new ThreadPatch { MemoryMode = "disabled", Branch = Change.To("other") },
                Cancellation
            );
            var earliest = TimeProvider.System.GetUtcNow().AddMilliseconds(-1);
            var source = await store.GetAsync(SeedIds.Id(number), Cancellation);
            var fork = (await store.ForkAsync(new ForkRequest(source.Id, Fork), Cancellation)).Thread;

            Assert.Equal(
                (
                    source.Cwd,
                    source.Source,
                    source.ModelProvider,
                    source.HistoryMode,
                    source.MemoryMode,
                    source.GitInfo,
                    source.CliVersion,
                    source.Originator,
                    source.Preview
                ),
                (
                    fork.Cwd,
                    fork.Source,
                    fork.ModelProvider,
                    fork.HistoryMode,
                    fork.MemoryMode,
                    fork.GitInfo,
                    fork.CliVersion,
                    fork.Originator,
                    fork.Preview
                )
            );
            Assert.Equal(("Mine", source.Id), (fork.Name, fork.ForkedFromId));
            await store.UpdateAsync(source.Id, new ThreadPatch { Name = Change.To("Another") }, Cancellation);
            Assert.Equal("Mine", (await store.GetAsync(Fork, Cancellation)).Name);
            Assert.True(fork.CreatedAt >= earliest && fork.UpdatedAt >= earliest);
            await store.DeleteAsync(Fork, Cancellation);
        }
    }

    /// <summary>BRAN-09.</summary>
    [Fact, Guarantee("BRAN-09")]
    public async Task A_given_first_item_is_used_and_the_store_adds_what_makes_it_a_fork()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Turns(number, 2);
            var store = await OpenAsync(log);
            var head = new RolloutHead(Fork, SeedIds.Epoch.AddDays(9))
            {
                HistoryMode = number % 2 == 0 ? null : HistoryModes.Paginated,
                Cwd = "/elsewhere",
            };
            var fork = (
                await store.ForkAsync(new ForkRequest(log.Thread(), Fork) { SessionMeta = RolloutLines.From(head).Head() }, Cancellation)
            ).Thread;

            Assert.Equal(
                ("/elsewhere", SeedIds.Epoch.AddDays(9), log.Thread(), ThreadCondition.Ok),
                (fork.Cwd, fork.CreatedAt, fork.ForkedFromId, fork.State)
            );
            await AssertPrefixAsync(
                store,
                log,
                log.Lines.Count,
                (await store.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation)).Select(turn => turn.Id)
            );
            await store.DeleteAsync(Fork, Cancellation);
        }
    }

    /// <summary>BRAN-10.</summary>
    [Fact, Guarantee("BRAN-10")]
    public async Task A_given_first_item_of_another_thread_or_history_mode_is_refused()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var store = await OpenAsync(SampleHome.Thread(number));
            var other = SampleHome.Log(number + 2, SeedIds.Epoch).Head();
            var mode = RolloutLines
                .From(new RolloutHead(Fork, SeedIds.Epoch) { HistoryMode = number % 2 == 0 ? HistoryModes.Paginated : null })
                .Head();
            foreach (var head in new[] { other, mode, StoreWriting.Notes("no head")[0] })
                await StoreReading.RefusesAsync(
                    ThreadStoreErrorCode.InvalidRequest,
                    async () => await store.ForkAsync(new ForkRequest(SeedIds.Id(number), Fork) { SessionMeta = head }, Cancellation)
                );

            Assert.Null(await store.FindAsync(Fork, Cancellation));
        }
    }

    /// <summary>BRAN-11.</summary>
    [Fact, Guarantee("BRAN-11")]
    public async Task A_fork_is_written_on_like_any_thread()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Turns(number, 2);
            var store = await OpenAsync(log);
            var turn = (await store.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation))[1].Id;
            await store.ForkAsync(new ForkRequest(log.Thread(), Fork) { Point = ForkPoint.Before(turn) }, Cancellation);
            var before = await store.HistoryAsync(Fork, Cancellation);
            await using var writer = await store.ResumeAsync(Fork, Cancellation);
            Assert.Equal(before.Count, writer.NextOrdinal);
            await writer.AppendAsync(log.Items(9), Cancellation);

            var after = await store.HistoryAsync(Fork, Cancellation);
            Assert.Equal(before.Texts(), after.Take(before.Count).Texts());
            Assert.Equal(Enumerable.Range(0, after.Count).Select(ordinal => (long)ordinal), after.Select(item => item.Ordinal));
            Assert.Equal(2, (await store.AllTurnsAsync(new ListTurnsRequest(Fork), Cancellation)).Count);
            Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(log.Thread(), Cancellation)).Texts());
            await writer.DisposeAsync();
            await store.DeleteAsync(Fork, Cancellation);
        }
    }

    /// <summary>BRAN-12.</summary>
    [Fact, Guarantee("BRAN-12")]
    public async Task A_last_line_that_lacks_only_its_line_end_is_in_the_fork_and_both_go_on_behind_it()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Turns(number, 2);
            var store = await OpenAsync([log.ToSeed() with { End = SeedEnd.Torn }]);
            var turns = (await store.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation)).ConvertAll(turn => turn.Id);
            foreach (var point in (ForkPoint[])[ForkPoint.Latest, ForkPoint.Through(turns[^1])])
            {
                Assert.Equal(
                    ThreadCondition.Ok,
                    (await store.ForkAsync(new ForkRequest(log.Thread(), Fork) { Point = point }, Cancellation)).Thread.State
                );
                await AssertPrefixAsync(store, log, log.Lines.Count, turns);
                Assert.Equal(TurnStatus.Completed, (await store.AllTurnsAsync(new ListTurnsRequest(Fork), Cancellation))[^1].Status);
                await store.DeleteAsync(Fork, Cancellation);
            }
            await store.ForkAsync(new ForkRequest(log.Thread(), Fork), Cancellation);
            await store.ContinueAsync(log.Thread(), StoreWriting.Notes("only in the source"), Cancellation);
            await store.ContinueAsync(Fork, StoreWriting.Notes("only in the fork"), Cancellation);

            var fork = await store.HistoryAsync(Fork, Cancellation);
            Assert.Equal(log.Lines.Texts(), fork.SkipLast(1).Where(item => !NamesThread(item, Fork)).Texts());
            Assert.Equal(StoreWriting.Notes("only in the fork").NoteTexts(), fork.NoteTexts());
            Assert.Equal(Enumerable.Range(0, fork.Count).Select(ordinal => (long)ordinal), fork.Select(item => item.Ordinal));
            Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(log.Thread(), Cancellation)).SkipLast(1).Texts());
            await store.DeleteAsync(Fork, Cancellation);
        }
    }

    static bool NamesThread(RolloutItem item, ThreadId threadId) =>
        item.Kind == RolloutItemKind.SessionMeta
        && item.Payload.Span.IndexOf(System.Text.Encoding.UTF8.GetBytes($"\"id\":\"{threadId}\"")) >= 0;

    // A fork by reference has its head where the prefix ends, a copy has it first.
    static async Task AssertPrefixAsync(IThreadStore store, RolloutLines source, int lines, IEnumerable<string> turns)
    {
        var history = await store.HistoryAsync(Fork, Cancellation);
        Assert.Equal(lines + 1, history.Count);
        Assert.True(NamesThread(history[0], Fork) || NamesThread(history[^1], Fork));
        Assert.Equal(source.Lines.Take(lines).Texts(), history.Where(item => !NamesThread(item, Fork)).Texts());
        Assert.Equal(Enumerable.Range(0, lines + 1).Select(ordinal => (long)ordinal), history.Select(item => item.Ordinal));
        Assert.Equal(turns, (await store.AllTurnsAsync(new ListTurnsRequest(Fork), Cancellation)).Select(turn => turn.Id));
        Assert.Contains(Fork, (await store.EverythingAsync(Cancellation)).Select(thread => thread.Id));
    }
}
