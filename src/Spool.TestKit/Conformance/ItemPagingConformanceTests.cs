using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees of <see cref="IThreadStore.ListItemsAsync"/>.</summary>
public class ItemPagingConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    /// <summary>ITEM-01.</summary>
    [Fact, Guarantee("ITEM-01")]
    public async Task Pages_of_every_size_are_together_the_history()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var store = await OpenAsync(SampleHome.Turns(number, 2));
            var history = await store.HistoryAsync(SeedIds.Id(number), Cancellation);

            for (var limit = 1; limit <= history.Count + 1; limit++)
            {
                var items = await store.AllItemsAsync(new ListItemsRequest(SeedIds.Id(number)) { Limit = limit }, Cancellation);
                Assert.Equal(history.Texts(), items.Texts());
                Assert.Equal(history.Select(item => (item.Ordinal, item.Kind)), items.Select(item => (item.Ordinal, item.Kind)));
            }
        }
    }

    /// <summary>ITEM-02.</summary>
    [Fact, Guarantee("ITEM-02")]
    public async Task A_limit_out_of_range_is_refused()
    {
        var store = await OpenAsync(SampleHome.Turns(2, 1));

        foreach (var limit in new[] { 0, -1, ListItemsRequest.MaxLimit + 1, int.MaxValue })
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.InvalidRequest,
                async () => await store.ListItemsAsync(new ListItemsRequest(SeedIds.Id(2)) { Limit = limit }, Cancellation)
            );
        Assert.NotEmpty(
            (await store.ListItemsAsync(new ListItemsRequest(SeedIds.Id(2)) { Limit = ListItemsRequest.MaxLimit }, Cancellation)).Items
        );
    }

    /// <summary>ITEM-03.</summary>
    [Fact, Guarantee("ITEM-03")]
    public async Task A_cursor_of_another_thread_or_kind_of_page_is_refused()
    {
        var store = await OpenAsync([SampleHome.Turns(2, 3).ToSeed(), SampleHome.Turns(4, 3).ToSeed()]);
        var request = new ListItemsRequest(SeedIds.Id(2)) { Limit = 1 };
        var cursor = (await store.ListItemsAsync(request, Cancellation)).NextCursor;
        Assert.NotNull(cursor);
        var foreign = new List<ListItemsRequest>
        {
            new(SeedIds.Id(4)) { Cursor = cursor },
            request with
            {
                Cursor = (await store.ListTurnsAsync(new ListTurnsRequest(SeedIds.Id(2)) { Limit = 1 }, Cancellation)).NextCursor,
            },
            request with
            {
                Cursor = (await store.ListAsync(new ThreadQuery { Limit = 1 }, Cancellation)).NextCursor,
            },
        };
        foreign.AddRange(Garbage.Of(cursor).Select(text => request with { Cursor = text }));

        Assert.All(foreign, bad => Assert.NotNull(bad.Cursor));
        foreach (var bad in foreign)
            await StoreReading.RefusesAsync(ThreadStoreErrorCode.InvalidCursor, async () => await store.ListItemsAsync(bad, Cancellation));
    }

    /// <summary>ITEM-04.</summary>
    [Fact, Guarantee("ITEM-04")]
    public async Task The_items_of_an_unknown_thread_are_not_found()
    {
        var store = await OpenAsync([]);

        await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.NotFound,
            async () => await store.ListItemsAsync(new ListItemsRequest(SeedIds.Id(1)), Cancellation)
        );
    }

    /// <summary>ITEM-05.</summary>
    [Fact, Guarantee("ITEM-05")]
    public async Task The_last_page_has_no_cursor_even_when_it_is_full()
    {
        var log = SampleHome.Turns(2, 1);
        var store = await OpenAsync(log);

        var page = await store.ListItemsAsync(new ListItemsRequest(SeedIds.Id(2)) { Limit = log.Lines.Count }, Cancellation);
        Assert.Equal(log.Lines.Count, page.Items.Count);
        Assert.Null(page.NextCursor);
    }

    /// <summary>ITEM-06.</summary>
    [Fact, Guarantee("ITEM-06")]
    public async Task Damaged_lines_and_repeated_ordinals_make_no_page_skip_or_repeat_an_item()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var log = SampleHome
                .Log(number, SeedIds.Epoch)
                .Rubbish("cut {"u8)
                .Rubbish("short"u8)
                .Turn("One")
                .Rubbish("{\"timestamp\":\"2026"u8)
                .Turn("Two");
            var store = await OpenAsync(log);

            for (var limit = 1; limit <= log.Lines.Count; limit++)
                Assert.Equal(
                    log.Lines.Texts(),
                    (await store.AllItemsAsync(new ListItemsRequest(SeedIds.Id(number)) { Limit = limit }, Cancellation)).Texts()
                );
        }
    }

    /// <summary>ITEM-07.</summary>
    [Fact, Guarantee("ITEM-07")]
    public async Task A_cursor_outlives_the_store_that_made_it()
    {
        var log = SampleHome.Turns(1, 2);
        var store = await OpenAsync(log);
        var first = await store.ListItemsAsync(new ListItemsRequest(SeedIds.Id(1)) { Limit = 5 }, Cancellation);
        await store.DisposeAsync();

        var rest = await (await OpenAsync([])).ListItemsAsync(
            new ListItemsRequest(SeedIds.Id(1)) { Cursor = first.NextCursor },
            Cancellation
        );
        Assert.Equal(log.Lines.Texts(), first.Items.Concat(rest.Items).Texts());
    }
}
