using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees for logs that are not whole: nothing is hidden, and nothing readable is lost.</summary>
public abstract class DamagedThreadConformanceTests : StoreConformanceTests
{
    /// <summary>DAMG-01.</summary>
    [Fact, Trait("Guarantee", "DAMG-01")]
    public async Task A_torn_last_line_is_kept_and_shown_as_an_unreadable_item()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var log = SampleHome.Turns(number, 2).Torn();
            var store = await OpenAsync(log);

            var items = await store.HistoryAsync(SeedIds.Id(number), Cancellation);
            Assert.Equal(log.Lines.Texts(), items.Texts());
            Assert.Equal(RolloutItemKind.Unreadable, items[^1].Kind);
            Assert.DoesNotContain(items.SkipLast(1), item => item.Kind == RolloutItemKind.Unreadable);
            Assert.Equal(ThreadCondition.Torn, (await store.FindAsync(SeedIds.Id(number), Cancellation))?.State);
        }
    }

    /// <summary>DAMG-02.</summary>
    [Fact, Trait("Guarantee", "DAMG-02")]
    public async Task An_unreadable_line_in_the_middle_costs_only_itself()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var log = SampleHome.Turns(number, 1).Rubbish("{\"timestamp\":\"2026-04-30T09"u8).Turn("After");
            var store = await OpenAsync(log);

            Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(SeedIds.Id(number), Cancellation)).Texts());
            Assert.Equal(2, (await store.AllTurnsAsync(new ListTurns(SeedIds.Id(number)), Cancellation)).Count);
            var thread = await store.FindAsync(SeedIds.Id(number), Cancellation);
            Assert.Equal((ThreadCondition.Damaged, "Question 1"), (thread?.State, thread?.Preview));
        }
    }

    /// <summary>DAMG-03.</summary>
    [Fact, Trait("Guarantee", "DAMG-03")]
    public async Task An_empty_log_is_listed_as_unreadable()
    {
        var store = await OpenAsync([RolloutLines.Headless(SeedIds.Id(1), SeedIds.Epoch).ToSeed()]);

        await AssertUnreadableAsync(store, []);
    }

    /// <summary>DAMG-04.</summary>
    [Fact, Trait("Guarantee", "DAMG-04")]
    public async Task A_log_without_one_item_is_listed_as_unreadable_and_its_lines_are_kept()
    {
        var log = RolloutLines.Headless(SeedIds.Id(1), SeedIds.Epoch).Rubbish("PK\u0003\u0004"u8).Rubbish([0xFF, 0xFE, 0x00]).Rubbish("{}"u8);
        var store = await OpenAsync(log);

        await AssertUnreadableAsync(store, log.Lines.Texts());
    }

    /// <summary>DAMG-05.</summary>
    [Fact, Trait("Guarantee", "DAMG-05")]
    public async Task A_log_without_a_head_is_damaged_and_its_items_are_served()
    {
        var log = RolloutLines.Headless(SeedIds.Id(1), SeedIds.Epoch).Turn("Where is my head?");
        var store = await OpenAsync(log);

        var thread = Assert.Single(await store.ListAllAsync(new ThreadQuery(), Cancellation));
        Assert.Equal((SeedIds.Id(1), ThreadCondition.Damaged, "Where is my head?"), (thread.Id, thread.State, thread.Preview));
        Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(SeedIds.Id(1), Cancellation)).Texts());
    }

    /// <summary>DAMG-06.</summary>
    [Fact, Trait("Guarantee", "DAMG-06")]
    public async Task An_unknown_history_mode_is_named_and_its_items_are_served()
    {
        var seed = SampleHome.Conditions()[4];
        var store = await OpenAsync([seed]);

        var thread = Assert.Single(await store.ListAllAsync(new ThreadQuery(), Cancellation));
        Assert.Equal((ThreadCondition.UnknownFormat, "holographic", "Hello"), (thread.State, thread.HistoryMode, thread.Preview));
        Assert.Equal(seed.Lines.Texts(), (await store.HistoryAsync(seed.Id, Cancellation)).Texts());
        Assert.Equal(seed.Lines.Texts(), (await store.AllItemsAsync(new ListItems(seed.Id) { Limit = 1 }, Cancellation)).Texts());
    }

    /// <summary>DAMG-07.</summary>
    [Fact, Trait("Guarantee", "DAMG-07")]
    public async Task No_thread_is_hidden_by_its_own_damage_or_that_of_another()
    {
        foreach (var place in Enum.GetValues<SeedPlace>())
        {
            var store = await OpenAsync(SampleHome.Conditions().Select(seed => seed with { Place = place }));
            var query = new ThreadQuery { Visibility = ThreadVisibility.All, Limit = 2, Archive = place == SeedPlace.Archived ? ArchiveFilter.Archived : ArchiveFilter.Active };

            var threads = await store.ListAllAsync(query, Cancellation);
            Assert.Equal(SampleHome.Conditions().Select(seed => seed.Id.ToString()).Order(), threads.Ids().Order());
            Assert.Equal(
                [ThreadCondition.Ok, ThreadCondition.Torn, ThreadCondition.Damaged, ThreadCondition.Unreadable, ThreadCondition.UnknownFormat],
                threads.OrderBy(thread => thread.Id.ToString(), StringComparer.Ordinal).Select(thread => thread.State));
        }
    }

    /// <summary>DAMG-08.</summary>
    [Fact, Trait("Guarantee", "DAMG-08")]
    public async Task A_damaged_thread_that_has_a_preview_is_in_the_list_without_asking()
    {
        var store = await OpenAsync(SampleHome.Conditions());

        var listed = await store.ListAllAsync(new ThreadQuery(), Cancellation);
        Assert.Equal(4, listed.Count);
        Assert.DoesNotContain(SeedIds.Id(5), listed.Select(thread => thread.Id));
    }

    /// <summary>DAMG-09.</summary>
    [Fact, Trait("Guarantee", "DAMG-09")]
    public async Task Every_condition_but_ok_has_a_reason_of_one_sentence_without_paths()
    {
        var store = await OpenAsync(SampleHome.Conditions());

        foreach (var thread in await store.ListAllAsync(new ThreadQuery { Visibility = ThreadVisibility.All }, Cancellation))
        {
            if (thread.State == ThreadCondition.Ok)
                Assert.Null(thread.StateReason);
            else
                Assert.Matches(@"^[A-Z0-9][^/\\\n]+\.$", thread.StateReason);
        }
    }

    static async Task AssertUnreadableAsync(IThreadStore store, string[] lines)
    {
        Assert.Empty(await store.ListAllAsync(new ThreadQuery(), Cancellation));
        var thread = Assert.Single(await store.ListAllAsync(new ThreadQuery { Visibility = ThreadVisibility.All }, Cancellation));
        Assert.Equal((SeedIds.Id(1), ThreadCondition.Unreadable), (thread.Id, thread.State));
        Assert.Equal(thread, await store.FindAsync(thread.Id, Cancellation));
        Assert.Equal(lines, (await store.HistoryAsync(thread.Id, Cancellation)).Texts());
        Assert.Equal(lines, (await store.AllItemsAsync(new ListItems(thread.Id) { Limit = 1 }, Cancellation)).Texts());
        Assert.Empty(await store.AllTurnsAsync(new ListTurns(thread.Id), Cancellation));
    }
}
