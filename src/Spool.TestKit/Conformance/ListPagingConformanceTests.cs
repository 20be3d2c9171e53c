using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees of paging through <see cref="IThreadStore.ListAsync"/>.</summary>
public class ListPagingConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    /// <summary>PAGE-01.</summary>
    [Fact, Guarantee("PAGE-01")]
    public async Task Every_page_size_gives_the_whole_list_once_in_the_same_order()
    {
        var store = await OpenAsync(SampleHome.Ties(9, 3));

        foreach (var sort in Enum.GetValues<ThreadSort>())
        {
            foreach (var direction in Enum.GetValues<SortDirection>())
            {
                var query = new ThreadQuery { Sort = sort, Direction = direction };
                var whole = (await store.ListAsync(query, Cancellation)).Items.Ids();
                Assert.Equal(9, whole.Distinct().Count());
                for (var limit = 1; limit <= 10; limit++)
                    Assert.Equal(whole, (await store.ListAllAsync(query with { Limit = limit }, Cancellation)).Ids());
            }
        }
    }

    /// <summary>PAGE-02.</summary>
    [Fact, Guarantee("PAGE-02")]
    public async Task The_last_page_has_no_cursor_even_when_it_is_full()
    {
        var store = await OpenAsync(SampleHome.Ties(6, 2));

        var first = await store.ListAsync(new ThreadQuery { Limit = 3 }, Cancellation);
        var last = await store.ListAsync(new ThreadQuery { Limit = 3, Cursor = first.NextCursor }, Cancellation);
        Assert.NotNull(first.NextCursor);
        Assert.Equal(3, last.Items.Count);
        Assert.Null(last.NextCursor);
    }

    /// <summary>PAGE-03.</summary>
    [Fact, Guarantee("PAGE-03")]
    public async Task The_limit_may_change_from_page_to_page()
    {
        var store = await OpenAsync(SampleHome.Ties(9, 4));
        var whole = await store.ListAllAsync(new ThreadQuery(), Cancellation);
        var query = new ThreadQuery();
        var seen = new List<StoredThread>();

        foreach (var limit in new[] { 1, 5, 2, 100 })
        {
            var page = await store.ListAsync(query with { Limit = limit }, Cancellation);
            seen.AddRange(page.Items);
            query = query with { Cursor = page.NextCursor };
        }
        Assert.Null(query.Cursor);
        Assert.Equal(whole.Ids(), seen.Ids());
    }

    /// <summary>PAGE-04.</summary>
    [Fact, Guarantee("PAGE-04")]
    public Task Threads_added_while_paging_appear_when_they_sort_after_the_cursor_and_disturb_nothing() =>
        AddWhilePagingAsync(SortDirection.Descending);

    /// <summary>PAGE-09.</summary>
    [Fact, Guarantee("PAGE-09")]
    public Task Threads_added_while_paging_upwards_appear_when_they_sort_after_the_cursor_and_disturb_nothing() =>
        AddWhilePagingAsync(SortDirection.Ascending);

    /// <summary>PAGE-05.</summary>
    [Fact, Guarantee("PAGE-05")]
    public async Task A_cursor_of_another_query_is_refused()
    {
        var store = await OpenAsync(SampleHome.Ties(6, 2));
        var cursor = (await store.ListAsync(new ThreadQuery { Limit = 2 }, Cancellation)).NextCursor;
        Assert.NotNull(cursor);

        foreach (
            var other in new[]
            {
                new ThreadQuery { Sort = ThreadSort.Updated },
                new ThreadQuery { Sort = ThreadSort.Recency },
                new ThreadQuery { Direction = SortDirection.Ascending },
                new ThreadQuery { Archive = ArchiveFilter.Any },
                new ThreadQuery { Archive = ArchiveFilter.Archived },
                new ThreadQuery { Visibility = ThreadVisibility.All },
                new ThreadQuery { Sources = ["cli"] },
                new ThreadQuery { ModelProviders = ["openai"] },
                new ThreadQuery { Cwds = ["/home/dev/app"] },
                new ThreadQuery { SearchTerm = "Question" },
                new ThreadQuery { SearchTerm = "" },
                new ThreadQuery { Parent = SeedIds.Id(1) },
            }
        )
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.InvalidCursor,
                async () => await store.ListAsync(other with { Cursor = cursor }, Cancellation)
            );
    }

    /// <summary>CORE-10.</summary>
    [Fact, Guarantee("CORE-10")]
    public async Task A_query_that_means_the_same_goes_on_with_the_same_cursor()
    {
        var store = await OpenAsync(SampleHome.Ties(6, 2));
        var query = new ThreadQuery
        {
            Limit = 4,
            Sources = ["cli", "exec", "subAgent"],
            ModelProviders = ["openai", "\ud800"],
            Cwds = ["/home/dev/app", @"c:\work"],
        };
        var first = await store.ListAsync(query, Cancellation);
        var last = await store.ListAsync(query with { Cursor = first.NextCursor }, Cancellation);
        Assert.Equal((4, 2), (first.Items.Count, last.Items.Count));

        foreach (
            var same in new[]
            {
                query with
                {
                    Limit = 2,
                },
                query with
                {
                    Sources = ["subAgent", "exec", "cli", "cli"],
                },
                query with
                {
                    Sources = ["cli", "exec", "subAgentReview", "subAgentCompact", "subAgentThreadSpawn", "subAgentOther", "subAgent"],
                },
                query with
                {
                    ModelProviders = ["\uFFFD", "openai", "openai"],
                },
                query with
                {
                    Cwds = ["C:/work/", "/home/dev/app/", "/mnt/c/work"],
                },
            }
        )
            Assert.Equal(last.Items, (await store.ListAsync(same with { Cursor = first.NextCursor }, Cancellation)).Items);
    }

    /// <summary>PAGE-06.</summary>
    [Fact, Guarantee("PAGE-06")]
    public async Task A_cursor_that_no_store_made_is_refused()
    {
        var store = await OpenAsync(SampleHome.Ties(6, 2));
        var cursor = (await store.ListAsync(new ThreadQuery { Limit = 2 }, Cancellation)).NextCursor!;

        foreach (var bad in Garbage.Of(cursor))
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.InvalidCursor,
                async () => await store.ListAsync(new ThreadQuery { Cursor = bad }, Cancellation)
            );
    }

    /// <summary>PAGE-07.</summary>
    [Fact, Guarantee("PAGE-07")]
    public async Task A_cursor_of_turns_or_items_is_refused()
    {
        var log = SampleHome.Turns(2, 3);
        var store = await OpenAsync(log);
        var turns = (await store.ListTurnsAsync(new ListTurnsRequest(SeedIds.Id(2)) { Limit = 1 }, Cancellation)).NextCursor;
        var items = (await store.ListItemsAsync(new ListItemsRequest(SeedIds.Id(2)) { Limit = 1 }, Cancellation)).NextCursor;
        Assert.NotNull(turns);
        Assert.NotNull(items);

        foreach (var foreign in new[] { turns, items })
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.InvalidCursor,
                async () => await store.ListAsync(new ThreadQuery { Cursor = foreign }, Cancellation)
            );
    }

    /// <summary>PAGE-08.</summary>
    [Fact, Guarantee("PAGE-08")]
    public async Task A_cursor_outlives_the_store_that_made_it()
    {
        var store = await OpenAsync(SampleHome.Ties(7, 3));
        var whole = await store.ListAllAsync(new ThreadQuery(), Cancellation);
        var first = await store.ListAsync(new ThreadQuery { Limit = 3 }, Cancellation);
        await store.DisposeAsync();

        var rest = await (await OpenAsync([])).ListAsync(new ThreadQuery { Cursor = first.NextCursor }, Cancellation);
        Assert.Equal(whole.Ids(), first.Items.Concat(rest.Items).Ids());
    }

    async Task AddWhilePagingAsync(SortDirection direction)
    {
        var query = new ThreadQuery { Direction = direction, Limit = 4 };
        var store = await OpenAsync(
            Enumerable.Range(0, 10).Select(number => SampleHome.Thread(10 * number, SeedIds.Epoch.AddMinutes(number / 5)).ToSeed())
        );
        var first = await store.ListAsync(query, Cancellation);
        var anchor = first.Items[^1];
        var number = (int)anchor.Id.Value.ToByteArray(bigEndian: true)[^1];
        var forward = direction == SortDirection.Ascending ? 1 : -1;

        var reopened = await OpenAsync([
            SampleHome.Thread(number + forward, anchor.CreatedAt).ToSeed(),
            SampleHome.Thread(number - forward, anchor.CreatedAt).ToSeed(),
        ]);
        var rest = await reopened.ListAllAsync(query with { Cursor = first.NextCursor }, Cancellation);
        var whole = await reopened.ListAllAsync(query, Cancellation);

        Assert.Equal(12, whole.Count);
        Assert.Equal(SeedIds.Id(number + forward), rest[0].Id);
        Assert.Equal(whole.Ids().Where(id => id != SeedIds.Id(number - forward).ToString()), first.Items.Concat(rest).Ids());
    }
}
