using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees for deleting threads.</summary>
public class DeleteConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    /// <summary>DELE-01.</summary>
    [Fact, Guarantee("DELE-01")]
    public async Task A_deleted_thread_is_gone_from_everywhere_and_the_receipt_says_what_went()
    {
        var (store, other) = (
            await OpenAsync([SampleHome.Thread(1).ToSeed(), SampleHome.Thread(2).ToSeed(name: "Named"), SampleHome.Thread(3).ToSeed()]),
            await OpenAsync([])
        );
        foreach (var number in StoreWriting.BothModes)
        {
            var id = SeedIds.Id(number);
            var receipt = await store.DeleteAsync(id, Cancellation);

            Assert.Equal((id, 1, SampleHome.Thread(number).ByteLength), (receipt.ThreadId, receipt.Rollouts, receipt.Bytes));
            Assert.Equal(number == 2, receipt.Names > 0);
            Assert.Empty(receipt.Left);
            foreach (var reader in new[] { store, other, await OpenAsync([]) })
            {
                Assert.Null(await reader.FindAsync(id, Cancellation));
                Assert.DoesNotContain(id, (await reader.EverythingAsync(Cancellation)).Select(thread => thread.Id));
                await StoreReading.RefusesAsync(ThreadStoreErrorCode.NotFound, () => reader.HistoryAsync(id, Cancellation));
                await StoreReading.RefusesAsync(
                    ThreadStoreErrorCode.NotFound,
                    async () => await reader.ListTurnsAsync(new ListTurnsRequest(id), Cancellation)
                );
                await StoreReading.RefusesAsync(
                    ThreadStoreErrorCode.NotFound,
                    async () => await reader.ListItemsAsync(new ListItemsRequest(id), Cancellation)
                );
                await StoreReading.RefusesAsync(ThreadStoreErrorCode.NotFound, async () => await reader.ResumeAsync(id, Cancellation));
            }
        }
        Assert.Equal(SampleHome.Thread(3).Lines.Texts(), (await store.HistoryAsync(SeedIds.Id(3), Cancellation)).Texts());
    }

    /// <summary>DELE-02.</summary>
    [Fact, Guarantee("DELE-02")]
    public async Task The_id_can_be_created_again_and_knows_nothing_of_before()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var store = await OpenAsync([SampleHome.Thread(number).ToSeed(name: "Old name")]);
            var id = SeedIds.Id(number);
            await store.UpdateAsync(
                id,
                new ThreadPatch
                {
                    Name = Change.To("Older name"),
                    MemoryMode = "disabled",
                    Branch = Change.To("old"),
                },
                Cancellation
            );
            await store.ArchiveAsync(id, Cancellation);
            await store.DeleteAsync(id, Cancellation);
            var log = SampleHome.Log(number, SeedIds.Epoch).Turn("New");
            await store.WriteAsync(log, Cancellation);

            var thread = await (await OpenAsync([])).GetAsync(id, Cancellation);
            Assert.Equal(
                (null, "enabled", null, null, "New"),
                (thread.Name, thread.MemoryMode, thread.GitInfo, thread.ArchivedAt, thread.Preview)
            );
            Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(id, Cancellation)).Texts());
            await store.DeleteAsync(id, Cancellation);
        }
    }

    /// <summary>DELE-03.</summary>
    [Fact, Guarantee("DELE-03")]
    public async Task A_thread_whose_items_a_fork_needs_is_kept_until_the_fork_is_deleted()
    {
        var parent = SampleHome.Turns(1, 2);
        var store = await OpenAsync(parent);
        await store.ForkAsync(new ForkRequest(SeedIds.Id(1), SeedIds.Id(3)), Cancellation);
        await store.ForkAsync(new ForkRequest(SeedIds.Id(3), SeedIds.Id(5)), Cancellation);
        await store.ArchiveAsync(SeedIds.Id(5), Cancellation);
        foreach (var (needed, fork) in new[] { (1, 3), (3, 5) })
        {
            var refused = await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.Referenced,
                async () => await store.DeleteAsync(SeedIds.Id(needed), Cancellation)
            );
            Assert.Equal([SeedIds.Id(fork)], refused.Forks);
        }
        Assert.Equal(parent.Lines.Count + 2, (await store.HistoryAsync(SeedIds.Id(5), Cancellation)).Count);
        foreach (var number in new[] { 5, 3, 1 })
            Assert.Equal(1, (await store.DeleteAsync(SeedIds.Id(number), Cancellation)).Rollouts);
        Assert.Empty(await (await OpenAsync([])).EverythingAsync(Cancellation));
    }

    /// <summary>DELE-30.</summary>
    [Fact, Guarantee("DELE-30")]
    public async Task Of_many_forks_that_need_a_thread_sixteen_are_named_in_the_order_of_their_ids()
    {
        var store = await OpenAsync(SampleHome.Turns(1, 2));
        var forks = Enumerable
            .Range(10, 20)
            .Select(number => SeedIds.Id(number))
            .OrderBy(id => id.ToString(), StringComparer.Ordinal)
            .ToList();
        foreach (var fork in forks.AsEnumerable().Reverse())
            await store.ForkAsync(new ForkRequest(SeedIds.Id(1), fork), Cancellation);
        await store.ArchiveAsync(forks[1], Cancellation);

        var refused = await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.Referenced,
            async () => await store.DeleteAsync(SeedIds.Id(1), Cancellation)
        );

        Assert.Equal(forks.Take(ThreadStoreException.MaxForks), refused.Forks);
    }

    /// <summary>DELE-04.</summary>
    [Fact, Guarantee("DELE-04")]
    public async Task A_fork_that_copied_its_items_needs_nobody()
    {
        var log = SampleHome.Turns(2, 2);
        var store = await OpenAsync(log);
        await store.ForkAsync(new ForkRequest(SeedIds.Id(2), SeedIds.Id(4)), Cancellation);
        await store.DeleteAsync(SeedIds.Id(2), Cancellation);

        Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(SeedIds.Id(4), Cancellation)).Skip(1).Texts());
        Assert.Equal(2, (await store.AllTurnsAsync(new ListTurnsRequest(SeedIds.Id(4)), Cancellation)).Count);
    }

    /// <summary>DELE-05.</summary>
    [Fact, Guarantee("DELE-05")]
    public async Task A_thread_of_any_condition_and_on_either_side_of_the_archive_can_be_deleted()
    {
        var store = await OpenAsync([.. Conditions(), SampleHome.Thread(8).ToSeed(SeedPlace.Archived)]);
        var threads = await store.EverythingAsync(Cancellation);
        Assert.Equal(Conditions().Count + 1, threads.Count);
        foreach (var thread in threads)
            Assert.Equal(1, (await store.DeleteAsync(thread.Id, Cancellation)).Rollouts);

        Assert.Empty(await store.EverythingAsync(Cancellation));
        Assert.Empty(await (await OpenAsync([])).EverythingAsync(Cancellation));
    }

    /// <summary>DELE-06.</summary>
    [Fact, Guarantee("DELE-06")]
    public async Task What_is_not_there_or_not_stored_yet_cannot_be_deleted()
    {
        var store = await OpenAsync([SampleHome.Thread(1).ToSeed(), SampleHome.Thread(2).ToSeed()]);
        await store.DeleteAsync(SeedIds.Id(1), Cancellation);
        foreach (var number in new[] { 1, 99 })
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.NotFound,
                async () => await store.DeleteAsync(SeedIds.Id(number), Cancellation)
            );

        Assert.Single(await store.EverythingAsync(Cancellation));

        // So is what is being created, as long as nothing of it is stored: also for those who only ask.
        var log = SampleHome.Thread(3);
        await using var writer = await store.CreateAsync(log, Cancellation);
        for (var items = 0; items < 2; items++)
        {
            await StoreReading.RefusesAsync(ThreadStoreErrorCode.NotFound, async () => await store.DeleteAsync(log.Thread(), Cancellation));
            if (store.GetService<IDeletionCheck>() is { } check)
                await StoreReading.RefusesAsync(
                    ThreadStoreErrorCode.NotFound,
                    async () => await check.RequireDeletableAsync(log.Thread(), Cancellation)
                );
            await writer.AppendAsync(new AppendRequest(log.Items()) { Durability = Durability.Buffered }, Cancellation);
        }
        await writer.PersistAsync(Cancellation);
        await StoreReading.RefusesAsync(ThreadStoreErrorCode.HasWriter, async () => await store.DeleteAsync(log.Thread(), Cancellation));
    }

    /// <summary>DELE-07.</summary>
    [Fact, Guarantee("DELE-07")]
    public async Task With_a_thread_that_was_taken_back_everything_before_and_after_goes()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Turns(number, 3);
            var store = await OpenAsync(log);
            await store.RevertAsync(
                log.Thread(),
                (await store.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation))[1].Id,
                Cancellation
            );
            var receipt = await store.DeleteAsync(log.Thread(), Cancellation);

            Assert.Equal(number == 2 ? 1 : 2, receipt.Rollouts);
            Assert.True(receipt.Bytes > log.ByteLength);
            Assert.Empty(await (await OpenAsync([])).EverythingAsync(Cancellation));
        }
    }
}
