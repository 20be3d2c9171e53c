using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees for the one writer of a thread.</summary>
public class WriterExclusionConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    /// <summary>EXCL-01.</summary>
    [Fact, Guarantee("EXCL-01")]
    public async Task A_thread_that_is_written_cannot_be_resumed_by_anybody()
    {
        var store = await OpenAsync([SampleHome.Thread(1).ToSeed(), SampleHome.Thread(2).ToSeed()]);
        var other = await OpenAsync([]);
        foreach (var number in StoreWriting.BothModes)
        {
            await using var writer = await store.ResumeAsync(SeedIds.Id(number), Cancellation);
            foreach (var contender in new[] { store, other })
                await StoreWriting.IsBeingWrittenAsync(async () => await contender.ResumeAsync(SeedIds.Id(number), Cancellation));

            await writer.AppendAsync(StoreWriting.Notes("undisturbed"), Cancellation);
            Assert.Single((await other.HistoryAsync(SeedIds.Id(number), Cancellation)).NoteTexts());
        }
    }

    /// <summary>EXCL-02.</summary>
    [Fact, Guarantee("EXCL-02")]
    public async Task A_thread_that_is_being_created_cannot_be_created_by_anybody_else()
    {
        var (store, other) = (await OpenAsync([]), await OpenAsync([]));
        var log = SampleHome.Thread(1);
        await using var writer = await store.CreateAsync(log, Cancellation);
        foreach (var contender in new[] { store, other })
            await StoreWriting.IsBeingWrittenAsync(async () => await contender.CreateAsync(log, Cancellation));
        await writer.AppendAsync(log.Items(), Cancellation);
        foreach (var contender in new[] { store, other })
            await StoreWriting.IsBeingWrittenAsync(async () => await contender.CreateAsync(log, Cancellation));

        Assert.Equal(log.Lines.Texts(), (await other.HistoryAsync(log.Thread(), Cancellation)).Texts());
    }

    /// <summary>EXCL-20.</summary>
    [Fact, Guarantee("EXCL-20")]
    public async Task A_thread_that_is_being_created_has_a_writer_for_everybody()
    {
        var (store, other) = (await OpenAsync([SampleHome.Thread(3).ToSeed()]), await OpenAsync([]));
        await using var writer = await store.CreateAsync(SampleHome.Log(1, SeedIds.Epoch), Cancellation);
        foreach (var contender in new[] { store, other })
        {
            await StoreWriting.IsBeingWrittenAsync(async () => await contender.ResumeAsync(SeedIds.Id(1), Cancellation));
            await StoreWriting.IsBeingWrittenAsync(async () =>
                await contender.ForkAsync(new ForkRequest(SeedIds.Id(3), SeedIds.Id(1)), Cancellation)
            );
        }
        Assert.Null(await other.FindAsync(SeedIds.Id(1), Cancellation));
    }

    /// <summary>EXCL-03.</summary>
    [Fact, Guarantee("EXCL-03")]
    public async Task A_stored_thread_cannot_be_created_again()
    {
        var store = await OpenAsync([
            SampleHome.Thread(1).ToSeed(),
            SampleHome.Thread(2).ToSeed(SeedPlace.Archived),
            SampleHome.Thread(4).Rubbish("no item"u8).ToSeed(),
        ]);
        foreach (var number in new[] { 1, 2, 4 })
        {
            var before = (await store.HistoryAsync(SeedIds.Id(number), Cancellation)).Texts();
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.AlreadyExists,
                async () => await store.CreateAsync(SampleHome.Log(number, SeedIds.Epoch), Cancellation)
            );
            Assert.Equal(before, (await store.HistoryAsync(SeedIds.Id(number), Cancellation)).Texts());
        }
    }

    /// <summary>EXCL-04.</summary>
    [Fact, Guarantee("EXCL-04")]
    public async Task The_right_to_write_is_given_back_by_shutting_down_discarding_and_disposing()
    {
        var store = await OpenAsync(SampleHome.Thread(1));
        var other = await OpenAsync([]);
        Func<IThreadWriter, ValueTask>[] ends =
        [
            writer => writer.ShutDownAsync(Cancellation),
            writer => writer.DiscardAsync(Cancellation),
            writer => writer.DisposeAsync(),
        ];
        foreach (var end in ends)
        {
            foreach (var owner in new[] { store, other })
            {
                await using var stored = await owner.ResumeAsync(SeedIds.Id(1), Cancellation);
                await end(stored);
                await using var unstored = await owner.CreateAsync(SampleHome.Log(2, SeedIds.Epoch), Cancellation);
                await end(unstored);
            }
        }
        await using var last = await store.ResumeAsync(SeedIds.Id(1), Cancellation);
        Assert.Equal(SampleHome.Thread(1).Lines.Count, last.NextOrdinal);
    }

    /// <summary>EXCL-05.</summary>
    [Fact, Guarantee("EXCL-05")]
    public async Task Every_change_of_a_thread_that_is_written_is_refused()
    {
        var store = await OpenAsync([SampleHome.Turns(1, 2).ToSeed(), SampleHome.Turns(2, 2).ToSeed()]);
        var other = await OpenAsync([]);
        foreach (var number in StoreWriting.BothModes)
        {
            var id = SeedIds.Id(number);
            var turn = (await store.AllTurnsAsync(new ListTurnsRequest(id), Cancellation))[^1].Id;
            await using var writer = await store.ResumeAsync(id, Cancellation);
            var before = (await store.GetAsync(id, Cancellation), string.Join('\n', (await store.HistoryAsync(id, Cancellation)).Texts()));
            foreach (var contender in new[] { store, other })
            {
                foreach (var change in WriteCalls.Changes(contender, id, turn, Cancellation))
                    await StoreWriting.IsBeingWrittenAsync(change);
            }
            Assert.Equal(
                before,
                (await other.GetAsync(id, Cancellation), string.Join('\n', (await other.HistoryAsync(id, Cancellation)).Texts()))
            );
        }
    }

    /// <summary>EXCL-06.</summary>
    [Fact, Guarantee("EXCL-06")]
    public async Task Reading_takes_no_notice_of_a_writer()
    {
        var store = await OpenAsync(SampleHome.Thread(1));
        var other = await OpenAsync([]);
        await using var writer = await store.ResumeAsync(SeedIds.Id(1), Cancellation);
        foreach (var reader in new[] { store, other })
        {
            foreach (var call in ReadCalls.Of(reader, SeedIds.Id(1), Cancellation))
                await call();
        }
    }

    /// <summary>EXCL-07.</summary>
    [Fact, Guarantee("EXCL-07")]
    public async Task Of_many_who_want_to_write_at_once_one_may()
    {
        if (Harness.WhyLacking(StoreTrait.OneWriterOverAllStores) is { } reason)
            Assert.Skip(reason);
        var stores = new[] { await OpenAsync(SampleHome.Thread(1)), await OpenAsync([]) };
        for (var round = 0; round < 5; round++)
        {
            var attempts = await Task.WhenAll(
                Enumerable
                    .Range(0, 16)
                    .Select(number =>
                        Task.Run(
                            async () =>
                            {
                                try
                                {
                                    return await stores[number % 2].ResumeAsync(SeedIds.Id(1), Cancellation);
                                }
                                catch (ThreadStoreException e) when (e is { Code: ThreadStoreErrorCode.HasWriter, Owner: not null })
                                {
                                    return null;
                                }
                            },
                            Cancellation
                        )
                    )
            );
            var winner = Assert.Single(attempts, writer => writer is not null);
            await winner!.DisposeAsync();
        }
    }

    /// <summary>EXCL-21.</summary>
    [Fact, Guarantee("EXCL-21")]
    public async Task Of_two_stores_that_would_write_one_thread_the_one_that_comes_too_late_is_refused()
    {
        await HarnessItself.PutAsync(SampleHome.Thread(2).ToSeed());
        await using var store = await HarnessItself.OpenAsync();
        await using var other = await HarnessItself.OpenAsync();
        await using var first = await store.ResumeAsync(SeedIds.Id(2), Cancellation);
        if (HarnessItself.WhyLacking(StoreTrait.OneWriterOverAllStores) is null)
            await StoreWriting.IsBeingWrittenAsync(async () => await other.ResumeAsync(SeedIds.Id(2), Cancellation));
        else
        {
            await using var second = await other.ResumeAsync(SeedIds.Id(2), Cancellation);
            await first.AppendAsync(StoreWriting.Notes("first"), Cancellation);
            for (var attempt = 0; attempt < 2; attempt++)
                await StoreReading.RefusesAsync(
                    ThreadStoreErrorCode.WriterLost,
                    async () => await second.AppendAsync(StoreWriting.Notes("late"), Cancellation)
                );
            Assert.True(second.LostToken.IsCancellationRequested);
        }
        await first.AppendAsync(StoreWriting.Notes("last"), Cancellation);

        Assert.DoesNotContain(
            (await other.HistoryAsync(SeedIds.Id(2), Cancellation)).NoteTexts(),
            text => text.Contains("late", StringComparison.Ordinal)
        );
    }

    /// <summary>EXCL-08.</summary>
    [Fact, Guarantee("EXCL-08")]
    public async Task Writers_of_different_threads_do_not_hinder_each_other()
    {
        var store = await OpenAsync([]);
        var logs = Enumerable.Range(1, 6).Select(number => SampleHome.Thread(number)).ToList();
        var writers = new List<IThreadWriter>();
        foreach (var log in logs)
            writers.Add(await store.CreateAsync(log, Cancellation));
        for (var index = 0; index < logs.Count; index++)
            await writers[index].AppendAsync(logs[index].Items(), Cancellation);
        foreach (var writer in writers)
            await writer.DisposeAsync();

        foreach (var log in logs)
            Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(log.Thread(), Cancellation)).Texts());
    }

    /// <summary>EXCL-09.</summary>
    [Fact, Guarantee("EXCL-09")]
    public async Task After_the_writer_has_gone_changes_are_possible_again()
    {
        var store = await OpenAsync(SampleHome.Thread(1));
        await using (var writer = await store.ResumeAsync(SeedIds.Id(1), Cancellation))
            await writer.ShutDownAsync(Cancellation);

        await store.UpdateAsync(SeedIds.Id(1), new ThreadPatch { Name = Change.To("Free") }, Cancellation);
        await store.ArchiveAsync(SeedIds.Id(1), Cancellation);
        await store.DeleteAsync(SeedIds.Id(1), Cancellation);
        Assert.Empty(await store.EverythingAsync(Cancellation));
    }
}
