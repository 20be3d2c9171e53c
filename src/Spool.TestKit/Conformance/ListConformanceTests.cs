using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees of <see cref="IThreadStore.ListAsync"/>: what is listed, and in which order.</summary>
public class ListConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    /// <summary>LIST-01.</summary>
    [Fact, Guarantee("LIST-01")]
    public async Task An_empty_store_lists_an_empty_last_page()
    {
        var store = await OpenAsync([]);

        var page = await store.ListAsync(new ThreadQuery(), Cancellation);
        Assert.Empty(page.Items);
        Assert.Null(page.NextCursor);
    }

    /// <summary>LIST-02.</summary>
    [Fact, Guarantee("LIST-02")]
    public async Task A_list_without_wishes_shows_active_threads_newest_first_25_a_page()
    {
        var store = await OpenAsync([.. SampleHome.Ties(30, 1), SampleHome.Thread(99).ToSeed(SeedPlace.Archived)]);

        var page = await store.ListAsync(new ThreadQuery(), Cancellation);
        Assert.Equal(Enumerable.Range(5, 25).Reverse().Select(number => SeedIds.Id(number)), page.Items.Select(thread => thread.Id));
        Assert.NotNull(page.NextCursor);
    }

    /// <summary>LIST-03.</summary>
    [Fact, Guarantee("LIST-03")]
    public async Task Each_sort_follows_its_own_time()
    {
        var minute = TimeSpan.FromMinutes(1);
        var store = await OpenAsync([
            SampleHome.Thread(1, SeedIds.Epoch).Wait(9 * minute).Item("compacted", "{\"message\":\"Short\"}").ToSeed(),
            SampleHome.Thread(2, SeedIds.Epoch + minute).Wait(5 * minute).Turn("Again").ToSeed(),
            SampleHome.Thread(3, SeedIds.Epoch + 2 * minute).ToSeed(),
        ]);

        async Task<string[]> Sorted(ThreadSort sort) => (await store.ListAsync(new ThreadQuery { Sort = sort }, Cancellation)).Items.Ids();
        Assert.Equal([Id(3), Id(2), Id(1)], await Sorted(ThreadSort.Created));
        Assert.Equal([Id(1), Id(2), Id(3)], await Sorted(ThreadSort.Updated));
        Assert.Equal([Id(2), Id(3), Id(1)], await Sorted(ThreadSort.Recency));
    }

    /// <summary>LIST-04.</summary>
    [Fact, Guarantee("LIST-04")]
    public async Task Ascending_is_the_exact_reverse_of_descending()
    {
        var store = await OpenAsync(SampleHome.Ties(11, 4));

        foreach (var sort in Enum.GetValues<ThreadSort>())
        {
            var descending = await store.ListAllAsync(new ThreadQuery { Sort = sort, Limit = 3 }, Cancellation);
            var ascending = await store.ListAllAsync(
                new ThreadQuery
                {
                    Sort = sort,
                    Limit = 3,
                    Direction = SortDirection.Ascending,
                },
                Cancellation
            );
            Assert.Equal(11, descending.Count);
            Assert.Equal(descending.Ids().Reverse(), ascending.Ids());
        }
    }

    /// <summary>LIST-05.</summary>
    [Fact, Guarantee("LIST-05")]
    public async Task Threads_of_the_same_instant_follow_their_ids()
    {
        var store = await OpenAsync([Now(7), Now(2), Now(9), Now(4)]);

        var threads = await store.ListAllAsync(new ThreadQuery { Direction = SortDirection.Ascending }, Cancellation);
        Assert.Equal([Id(2), Id(4), Id(7), Id(9)], threads.Ids());
    }

    /// <summary>LIST-06.</summary>
    [Fact, Guarantee("LIST-06")]
    public async Task Threads_without_a_preview_are_listed_only_when_all_are_asked_for()
    {
        var store = await OpenAsync([SampleHome.Thread(1).ToSeed(), SampleHome.Log(2, SeedIds.Epoch.AddMinutes(2)).ToSeed()]);

        Assert.Equal([Id(1)], (await store.ListAsync(new ThreadQuery(), Cancellation)).Items.Ids());
        Assert.Equal(
            [Id(2), Id(1)],
            (await store.ListAsync(new ThreadQuery { Visibility = ThreadVisibility.All }, Cancellation)).Items.Ids()
        );
    }

    /// <summary>LIST-07.</summary>
    [Fact, Guarantee("LIST-07")]
    public async Task Every_thread_is_on_exactly_one_side_of_the_archive()
    {
        var store = await OpenAsync(
            Enumerable
                .Range(1, 8)
                .Select(number => SampleHome.Thread(number).ToSeed(number % 3 == 0 ? SeedPlace.Archived : SeedPlace.Active))
        );

        async Task<string[]> Side(ArchiveFilter side) =>
            (await store.ListAsync(new ThreadQuery { Archive = side }, Cancellation)).Items.Ids();
        Assert.Equal([Id(8), Id(7), Id(5), Id(4), Id(2), Id(1)], await Side(ArchiveFilter.Active));
        Assert.Equal([Id(6), Id(3)], await Side(ArchiveFilter.Archived));
        Assert.Equal([Id(8), Id(7), Id(6), Id(5), Id(4), Id(3), Id(2), Id(1)], await Side(ArchiveFilter.Any));
    }

    /// <summary>LIST-08.</summary>
    [Fact, Guarantee("LIST-08")]
    public async Task A_limit_out_of_range_is_refused()
    {
        var store = await OpenAsync(SampleHome.Ties(3, 1));

        foreach (var limit in new[] { 0, -1, int.MinValue, ThreadQuery.MaxLimit + 1, int.MaxValue })
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.InvalidRequest,
                async () => await store.ListAsync(new ThreadQuery { Limit = limit }, Cancellation)
            );
        Assert.Equal(3, (await store.ListAsync(new ThreadQuery { Limit = ThreadQuery.MaxLimit }, Cancellation)).Items.Count);
    }

    /// <summary>LIST-09.</summary>
    [Fact, Guarantee("LIST-09")]
    public async Task Reading_changes_nothing_and_reorders_nothing()
    {
        var store = await OpenAsync([
            .. Conditions(),
            SampleHome.Thread(8).ToSeed(SeedPlace.Archived),
            SampleHome.Thread(10).ToSeed(SeedPlace.Archived),
        ]);
        var query = new ThreadQuery
        {
            Archive = ArchiveFilter.Any,
            Visibility = ThreadVisibility.All,
            Sort = ThreadSort.Updated,
        };
        var before = await store.ListAllAsync(query, Cancellation);

        foreach (var thread in before)
        {
            await store.FindAsync(thread.Id, Cancellation);
            await store.HistoryAsync(thread.Id, Cancellation);
            await store.AllItemsAsync(new ListItemsRequest(thread.Id), Cancellation);
        }
        Assert.Equal(before, await store.ListAllAsync(query, Cancellation));
        Assert.Equal(before, await (await OpenAsync([])).ListAllAsync(query, Cancellation));
    }

    /// <summary>LIST-10.</summary>
    [Fact, Guarantee("LIST-10")]
    public async Task A_missing_query_is_misuse()
    {
        var store = await OpenAsync([]);

        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.ListAsync(null!, Cancellation));
        ThreadQuery[] holes =
        [
            new() { Sources = null! },
            new() { Sources = [null!] },
            new() { ModelProviders = null! },
            new() { ModelProviders = ["a", null!] },
            new() { Cwds = null! },
            new() { Cwds = [null!] },
        ];
        foreach (var query in holes)
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await store.ListAsync(query, Cancellation));
    }

    /// <summary>LIST-11.</summary>
    [Fact, Guarantee("LIST-11")]
    public async Task A_thread_of_any_id_and_any_time_is_one_like_the_others()
    {
        string[] ids =
        [
            "00000000-0000-0000-0000-000000000000",
            "00000000-0000-7000-8000-000000000000",
            "11111111-2222-4333-8444-555555555555",
            "e677d21f-dbff-7fff-bfff-ffffffffffff",
            "e677d21f-dc00-7000-8000-000000000000",
            "ffffffff-ffff-7fff-bfff-ffffffffffff",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
        ];
        var times = new[]
        {
            DateTimeOffset.MinValue,
            DateTimeOffset.UnixEpoch.AddMilliseconds(-1),
            DateTimeOffset.UnixEpoch,
            SeedIds.Epoch,
            DateTimeOffset.MaxValue.AddSeconds(-1),
        };
        var seeds = ids.Select(
                (id, number) => RolloutLines.Paginated(ThreadId.Parse(id), times[number % times.Length]).Turn($"Question {number}").ToSeed()
            )
            .ToList();
        var store = await OpenAsync([SampleHome.Thread(1).ToSeed(), .. seeds]);

        foreach (var sort in Enum.GetValues<ThreadSort>())
        {
            foreach (var direction in Enum.GetValues<SortDirection>())
            {
                var listed = await store.ListAllAsync(
                    new ThreadQuery
                    {
                        Sort = sort,
                        Direction = direction,
                        Limit = 2,
                    },
                    Cancellation
                );
                Assert.Equal([.. seeds.Select(seed => seed.Id.ToString()).Append(Id(1)).Order()], listed.Ids().Order());
            }
        }
        foreach (var seed in seeds)
        {
            var thread = await store.GetAsync(seed.Id, Cancellation);
            Assert.Equal(seed.CreatedAt.ToUnixTimeMilliseconds(), thread.CreatedAt.ToUnixTimeMilliseconds());
            Assert.Equal(seed.Lines.Texts(), (await store.HistoryAsync(seed.Id, Cancellation)).Texts());
            Assert.Single((await store.ListTurnsAsync(new ListTurnsRequest(seed.Id), Cancellation)).Items);
            await store.DeleteAsync(seed.Id, Cancellation);
            Assert.Null(await store.FindAsync(seed.Id, Cancellation));
        }
        Assert.Equal([Id(1)], (await store.EverythingAsync(Cancellation)).Ids());
    }

    /// <summary>LIST-12.</summary>
    [Fact, Guarantee("LIST-12")]
    public async Task A_list_of_a_store_of_which_everything_can_be_read_has_no_problems()
    {
        var store = await OpenAsync([]);
        Assert.Empty((await store.ListAsync(new ThreadQuery(), Cancellation)).Problems);
        store = await OpenAsync(Conditions());
        Assert.Empty((await store.ListAsync(new ThreadQuery { Visibility = ThreadVisibility.All }, Cancellation)).Problems);
    }

    static ThreadSeed Now(int number) => SampleHome.Thread(number, SeedIds.Epoch).ToSeed();

    static string Id(int number) => SeedIds.Id(number).ToString();
}
