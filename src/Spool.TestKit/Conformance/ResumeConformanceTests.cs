using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees for going on with a stored thread.</summary>
public class ResumeConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    /// <summary>RESU-01.</summary>
    [Fact, Guarantee("RESU-01")]
    public async Task A_resumed_thread_goes_on_where_its_log_ended()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Turns(number, 2);
            var store = await OpenAsync(log);
            var stored = log.Lines.Count;
            await using var writer = await store.ResumeAsync(log.Thread(), Cancellation);
            Assert.Equal((log.Thread(), (long)stored, true), (writer.ThreadId, writer.NextOrdinal, writer.IsStored));
            Assert.Equal(number % 2 == 0 ? HistoryModes.Legacy : HistoryModes.Paginated, writer.HistoryMode);
            var receipt = await writer.AppendAsync(log.Turn("More").Items(stored), Cancellation);

            Assert.Equal(stored, receipt.FirstOrdinal);
            Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(log.Thread(), Cancellation)).Texts());
            Assert.Equal(3, (await store.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation)).Count);
        }
    }

    /// <summary>RESU-02.</summary>
    [Fact, Guarantee("RESU-02")]
    public async Task Resuming_and_shutting_down_changes_nothing()
    {
        var store = await OpenAsync([SampleHome.Thread(1).ToSeed(), SampleHome.Thread(2).ToSeed(name: "Two")]);
        var before = await store.EverythingAsync(Cancellation);
        foreach (var number in StoreWriting.BothModes)
        {
            await using var writer = await store.ResumeAsync(SeedIds.Id(number), Cancellation);
            await writer.PersistAsync(Cancellation);
            await writer.FlushAsync(Durability.Fsynced, Cancellation);
            await writer.ShutDownAsync(Cancellation);
            Assert.Equal(SampleHome.Thread(number).Lines.Texts(), (await store.HistoryAsync(SeedIds.Id(number), Cancellation)).Texts());
        }
        Assert.Equal(before, await store.EverythingAsync(Cancellation));
        Assert.Equal(before, await (await OpenAsync([])).EverythingAsync(Cancellation));
    }

    /// <summary>RESU-03.</summary>
    [Fact, Guarantee("RESU-03")]
    public async Task An_unknown_thread_cannot_be_resumed()
    {
        var store = await OpenAsync(SampleHome.Thread(1));

        await StoreReading.RefusesAsync(ThreadStoreErrorCode.NotFound, async () => await store.ResumeAsync(SeedIds.Id(99), Cancellation));
        Assert.Single(await store.EverythingAsync(Cancellation));
    }

    /// <summary>RESU-04.</summary>
    [Fact, Guarantee("RESU-04")]
    public async Task An_archived_thread_has_to_be_unarchived_first()
    {
        var store = await OpenAsync(StoreWriting.BothModes.Select(number => SampleHome.Thread(number).ToSeed(SeedPlace.Archived)));
        foreach (var number in StoreWriting.BothModes)
        {
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.Archived,
                async () => await store.ResumeAsync(SeedIds.Id(number), Cancellation)
            );
            await store.UnarchiveAsync(SeedIds.Id(number), Cancellation);
            await store.ContinueAsync(SeedIds.Id(number), StoreWriting.Notes("back"), Cancellation);
            Assert.Single((await store.HistoryAsync(SeedIds.Id(number), Cancellation)).NoteTexts());
        }
    }

    /// <summary>RESU-05.</summary>
    [Fact, Guarantee("RESU-05")]
    public async Task A_thread_of_an_unknown_history_mode_is_not_written()
    {
        var log = RolloutLines
            .From(new RolloutHead(SeedIds.Id(6), SeedIds.Epoch) { HistoryMode = "holographic" })
            .Event("user_message", "\"message\":\"Hello\"");
        var store = await OpenAsync(log);
        foreach (var onDamage in Enum.GetValues<DamagedLog>())
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.Unsupported,
                async () => await store.ResumeAsync(new ResumeRequest(SeedIds.Id(6)) { OnDamage = onDamage }, Cancellation)
            );

        Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(SeedIds.Id(6), Cancellation)).Texts());
    }

    /// <summary>RESU-06.</summary>
    [Fact, Guarantee("RESU-06")]
    public async Task A_damaged_thread_is_refused_and_left_as_it_is()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Thread(number).Rubbish("no item"u8).Turn("More");
            var store = await OpenAsync(log);
            for (var attempt = 0; attempt < 2; attempt++)
                await StoreReading.RefusesAsync(
                    ThreadStoreErrorCode.Corrupt,
                    async () => await store.ResumeAsync(log.Thread(), Cancellation)
                );

            Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(log.Thread(), Cancellation)).Texts());
        }
    }

    /// <summary>RESU-07.</summary>
    [Fact, Guarantee("RESU-07")]
    public async Task A_damaged_thread_goes_on_behind_the_damage_when_asked_to()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Thread(number).Rubbish("no item"u8).Turn("More").Rubbish([0xFF, 0xFE]).Turn("Still more");
            var store = await OpenAsync(log);
            await using var writer = await store.ResumeAsync(
                new ResumeRequest(log.Thread()) { OnDamage = DamagedLog.AppendBehind },
                Cancellation
            );
            // Lines without ordinals are counted; where they carry them, rubbish takes none.
            Assert.Equal(number % 2 == 0 ? log.Lines.Count : log.NextOrdinal, writer.NextOrdinal);
            var before = log.Lines.Count;
            await writer.AppendAsync(log.Turn("After").Items(before), Cancellation);

            Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(log.Thread(), Cancellation)).Texts());
            Assert.Equal(4, (await store.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation)).Count);
        }
    }

    /// <summary>RESU-08.</summary>
    [Fact, Guarantee("RESU-08")]
    public async Task A_torn_last_line_is_set_aside_and_everything_whole_before_it_stays()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var whole = SampleHome.Turns(number, 2);
            var lines = whole.Lines;
            var store = await OpenAsync(whole.Event("lost", "\"text\":\"half a line\"").Torn());
            await using var writer = await store.ResumeAsync(whole.Thread(), Cancellation);
            Assert.Equal(lines.Count, writer.NextOrdinal);
            await writer.AppendAsync(StoreWriting.Notes("behind"), Cancellation);

            var history = await store.HistoryAsync(whole.Thread(), Cancellation);
            Assert.Equal(lines.Texts(), history[..^1].Texts());
            Assert.Equal(StoreWriting.Notes("behind").NoteTexts(), history[^1..].NoteTexts());
            Assert.Equal(lines.Count, history[^1].Ordinal);
            Assert.Equal(ThreadCondition.Ok, (await (await OpenAsync([])).GetAsync(whole.Thread(), Cancellation)).State);
        }
    }

    /// <summary>RESU-09.</summary>
    [Fact, Guarantee("RESU-09")]
    public async Task A_last_line_that_lacks_only_its_line_end_is_kept()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Thread(number);
            var store = await OpenAsync([log.ToSeed() with { End = SeedEnd.Torn }]);
            var before = log.Lines.Count;
            await store.ContinueAsync(log.Thread(), log.Turn("More").Items(before), Cancellation);

            Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(log.Thread(), Cancellation)).Texts());
        }
    }

    /// <summary>RESU-10.</summary>
    [Fact, Guarantee("RESU-10")]
    public async Task A_log_that_does_not_say_whose_it_is_is_refused()
    {
        var store = await OpenAsync([
            RolloutLines.Headless(SeedIds.Id(2), SeedIds.Epoch).ToSeed(),
            RolloutLines.Headless(SeedIds.Id(4), SeedIds.Epoch).Turn("Whose?").ToSeed(),
            RolloutLines.Headless(SeedIds.Id(6), SeedIds.Epoch).Rubbish("no item"u8).ToSeed(),
        ]);
        foreach (var number in new[] { 2, 4, 6 })
        {
            foreach (var damage in Enum.GetValues<DamagedLog>())
                await StoreReading.RefusesAsync(
                    ThreadStoreErrorCode.Corrupt,
                    async () => await store.ResumeAsync(new ResumeRequest(SeedIds.Id(number)) { OnDamage = damage }, Cancellation)
                );
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.Corrupt,
                async () => await store.RevertAsync(SeedIds.Id(number), "turn", Cancellation)
            );
        }

        Assert.Equal(3, (await store.EverythingAsync(Cancellation)).Count);
    }

    /// <summary>RESU-11.</summary>
    [Fact, Guarantee("RESU-11")]
    public async Task A_fork_that_refers_to_its_parent_goes_on_in_its_own_log()
    {
        var parent = SampleHome.Turns(1, 2);
        var shared = parent.Lines;
        var fork = parent.Fork(SeedIds.Id(3), SeedIds.Epoch.AddHours(1)).Turn("Another way");
        var store = await OpenAsync([parent.ToSeed(), fork.ToSeed()]);
        await using var writer = await store.ResumeAsync(SeedIds.Id(3), Cancellation);
        Assert.Equal(shared.Count + fork.Lines.Count, writer.NextOrdinal);
        var before = fork.Lines.Count;
        await writer.AppendAsync(fork.Turn("Further").Items(before), Cancellation);

        Assert.Equal(shared.Concat(fork.Lines).Texts(), (await store.HistoryAsync(SeedIds.Id(3), Cancellation)).Texts());
        Assert.Equal(parent.Lines.Texts(), (await store.HistoryAsync(SeedIds.Id(1), Cancellation)).Texts());
    }

    /// <summary>RESU-12.</summary>
    [Fact, Guarantee("RESU-12")]
    public async Task Writer_after_writer_makes_one_log()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Log(number, SeedIds.Epoch);
            await (await OpenAsync([])).WriteAsync(log.Turn("Turn 0"), Cancellation);
            for (var turn = 1; turn < 6; turn++)
            {
                var before = log.Lines.Count;
                await (await OpenAsync([])).ContinueAsync(log.Thread(), log.Turn($"Turn {turn}").Items(before), Cancellation);
            }
            Assert.Equal(log.Lines.Texts(), (await (await OpenAsync([])).HistoryAsync(log.Thread(), Cancellation)).Texts());
        }
    }
}
