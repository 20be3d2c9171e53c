using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees for archiving and unarchiving.</summary>
public class ArchiveConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    /// <summary>ARCH-01.</summary>
    [Fact, Guarantee("ARCH-01")]
    public async Task An_archived_thread_is_on_the_other_side_with_the_time_and_all_it_had()
    {
        var (store, other) = (
            await OpenAsync([SampleHome.Thread(1).ToSeed(name: "One"), SampleHome.Thread(2).ToSeed()]),
            await OpenAsync([])
        );
        foreach (var number in StoreWriting.BothModes)
        {
            var before = await store.GetAsync(SeedIds.Id(number), Cancellation);
            var earliest = TimeProvider.System.GetUtcNow().AddSeconds(-1);
            var archived = (await store.ArchiveAsync(SeedIds.Id(number), Cancellation)).Thread;

            // A store whose format has no place for the time gives that of the last change.
            if (archived.ArchivedAt != before.UpdatedAt)
                Assert.InRange(archived.ArchivedAt!.Value, earliest, TimeProvider.System.GetUtcNow().AddSeconds(1));
            Assert.Equal(before, archived with { ArchivedAt = null, Revision = before.Revision });
            foreach (var reader in new[] { store, other, await OpenAsync([]) })
            {
                Assert.Equal(archived, await reader.FindAsync(SeedIds.Id(number), Cancellation));
                Assert.DoesNotContain(
                    SeedIds.Id(number),
                    (await reader.ListAllAsync(new ThreadQuery(), Cancellation)).Select(thread => thread.Id)
                );
                Assert.Contains(archived, await reader.ListAllAsync(new ThreadQuery { Archive = ArchiveFilter.Archived }, Cancellation));
                Assert.Equal(
                    SampleHome.Thread(number).Lines.Texts(),
                    (await reader.HistoryAsync(SeedIds.Id(number), Cancellation)).Texts()
                );
            }
        }
    }

    /// <summary>ARCH-02.</summary>
    [Fact, Guarantee("ARCH-02")]
    public async Task An_unarchived_thread_is_back_as_it_was()
    {
        var store = await OpenAsync([
            SampleHome.Thread(1).ToSeed(name: "One"),
            SampleHome.Thread(2).ToSeed(),
            SampleHome.Thread(3).ToSeed(),
        ]);
        var before = await store.EverythingAsync(Cancellation);
        foreach (var id in before.Select(thread => thread.Id))
            await store.ArchiveAsync(id, Cancellation);
        Assert.Empty((await store.ListAsync(new ThreadQuery(), Cancellation)).Items);
        foreach (var thread in before)
            Assert.Equal(thread.WithoutRevision(), (await store.UnarchiveAsync(thread.Id, Cancellation)).Thread.WithoutRevision());

        Assert.Equal(Facts(before), Facts(await store.ListAllAsync(new ThreadQuery(), Cancellation)));
        Assert.Equal(Facts(before), Facts(await (await OpenAsync([])).EverythingAsync(Cancellation)));

        static List<StoredThread?> Facts(List<StoredThread> threads) => threads.ConvertAll(thread => thread.WithoutRevision());
    }

    /// <summary>ARCH-03.</summary>
    [Fact, Guarantee("ARCH-03")]
    public async Task Archiving_and_unarchiving_again_changes_nothing()
    {
        var store = await OpenAsync([SampleHome.Thread(1).ToSeed(), SampleHome.Thread(2).ToSeed(SeedPlace.Archived)]);
        var first = (await store.ArchiveAsync(SeedIds.Id(1), Cancellation)).Thread;
        Assert.Equal(first, (await store.ArchiveAsync(SeedIds.Id(1), Cancellation)).Thread);
        var seeded = await store.GetAsync(SeedIds.Id(2), Cancellation);
        Assert.Equal(seeded, (await store.ArchiveAsync(SeedIds.Id(2), Cancellation)).Thread);
        foreach (var number in new[] { 1, 2 })
        {
            var back = (await store.UnarchiveAsync(SeedIds.Id(number), Cancellation)).Thread;
            Assert.Null(back.ArchivedAt);
            Assert.Equal(back, (await store.UnarchiveAsync(SeedIds.Id(number), Cancellation)).Thread);
        }
    }

    /// <summary>ARCH-04.</summary>
    [Fact, Guarantee("ARCH-04")]
    public async Task Archiving_moves_no_other_thread_and_none_in_the_order()
    {
        var store = await OpenAsync(SampleHome.Ties(9, 3));
        foreach (var sort in Enum.GetValues<ThreadSort>())
        {
            var query = new ThreadQuery { Archive = ArchiveFilter.Any, Sort = sort };
            var before = (await store.ListAllAsync(query, Cancellation)).Ids();
            foreach (var number in new[] { 4, 0, 8 })
                await store.ArchiveAsync(SeedIds.Id(number), Cancellation);
            Assert.Equal(before, (await store.ListAllAsync(query, Cancellation)).Ids());
            foreach (var number in new[] { 0, 4, 8 })
                await store.UnarchiveAsync(SeedIds.Id(number), Cancellation);
            Assert.Equal(before, (await store.ListAllAsync(query, Cancellation)).Ids());
        }
    }

    /// <summary>ARCH-05.</summary>
    [Fact, Guarantee("ARCH-05")]
    public async Task An_unknown_thread_is_neither_archived_nor_unarchived()
    {
        var store = await OpenAsync(SampleHome.Thread(1));
        await StoreReading.RefusesAsync(ThreadStoreErrorCode.NotFound, async () => await store.ArchiveAsync(SeedIds.Id(99), Cancellation));
        await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.NotFound,
            async () => await store.UnarchiveAsync(SeedIds.Id(99), Cancellation)
        );

        Assert.Single(await store.EverythingAsync(Cancellation));
    }

    /// <summary>ARCH-06.</summary>
    [Fact, Guarantee("ARCH-06")]
    public async Task A_thread_of_any_condition_goes_to_the_archive_and_back()
    {
        var store = await OpenAsync(Conditions());
        foreach (var thread in await store.EverythingAsync(Cancellation))
        {
            var history = (await store.HistoryAsync(thread.Id, Cancellation)).Texts();
            await store.ArchiveAsync(thread.Id, Cancellation);
            Assert.Equal(history, (await store.HistoryAsync(thread.Id, Cancellation)).Texts());
            await store.UnarchiveAsync(thread.Id, Cancellation);
            Assert.Equal(thread.WithoutRevision(), (await store.GetAsync(thread.Id, Cancellation)).WithoutRevision());
            Assert.Equal(history, (await store.HistoryAsync(thread.Id, Cancellation)).Texts());
        }
    }

    /// <summary>ARCH-07.</summary>
    [Fact, Guarantee("ARCH-07")]
    public async Task A_fork_stays_whole_while_its_parent_goes_to_the_archive_and_back()
    {
        var parent = SampleHome.Turns(1, 2);
        var fork = parent.Fork(SeedIds.Id(3), SeedIds.Epoch.AddHours(1)).Turn("Another way");
        var store = await OpenAsync([parent.ToSeed(), fork.ToSeed()]);
        var history = (await store.HistoryAsync(SeedIds.Id(3), Cancellation)).Texts();
        foreach (
            var move in new Func<ValueTask<ChangedThread>>[]
            {
                () => store.ArchiveAsync(SeedIds.Id(1), Cancellation),
                () => store.UnarchiveAsync(SeedIds.Id(1), Cancellation),
            }
        )
        {
            await move();
            Assert.Equal(history, (await store.HistoryAsync(SeedIds.Id(3), Cancellation)).Texts());
            Assert.Equal(ThreadCondition.Ok, (await store.GetAsync(SeedIds.Id(3), Cancellation)).State);
        }
    }

    /// <summary>ARCH-08.</summary>
    [Fact, Guarantee("ARCH-08")]
    public async Task A_thread_that_was_just_written_can_be_archived_and_written_again_afterwards()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var store = await OpenAsync([]);
            var log = SampleHome.Thread(number);
            await store.WriteAsync(log, Cancellation);
            await store.ArchiveAsync(log.Thread(), Cancellation);
            await store.UnarchiveAsync(log.Thread(), Cancellation);
            var before = log.Lines.Count;
            await store.ContinueAsync(log.Thread(), log.Turn("Again").Items(before), Cancellation);

            Assert.Equal(log.Lines.Texts(), (await (await OpenAsync([])).HistoryAsync(log.Thread(), Cancellation)).Texts());
        }
    }
}
