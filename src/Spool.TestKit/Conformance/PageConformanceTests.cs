using System.Globalization;
using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees of every list that is paged: of threads, turns and items alike.</summary>
public class PageConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    /// <summary>PAGE-10.</summary>
    [Fact, Guarantee("PAGE-10")]
    public async Task Every_list_in_the_other_direction_is_its_exact_reverse()
    {
        foreach (var list in Lists(await OpenAsync(Home())))
        {
            var whole = await list.AllAsync(SortDirection.Ascending, 100);
            Assert.True(whole.Count >= 4, $"{list.Name}: {whole.Count} entries are too few for this test.");
            for (var limit = 1; limit <= 4; limit++)
                Assert.Equal(whole.Reverse(), await list.AllAsync(SortDirection.Descending, limit));
        }
    }

    /// <summary>PAGE-11.</summary>
    [Fact, Guarantee("PAGE-11")]
    public async Task The_backwards_cursor_of_a_page_leads_back_from_its_first_entry_that_one_included()
    {
        foreach (var list in Lists(await OpenAsync(Home())))
        {
            foreach (var direction in Enum.GetValues<SortDirection>())
            {
                var seen = new List<string>();
                for (string? cursor = null; seen.Count == 0 || cursor is not null; )
                {
                    var page = await list.Page(direction, 3, cursor);
                    Assert.NotNull(page.BackwardsCursor);
                    Assert.Equal(seen.Append(page.Items[0]).Reverse(), await list.AllAsync(Other(direction), 2, page.BackwardsCursor));
                    seen.AddRange(page.Items);
                    cursor = page.NextCursor;
                }
            }
        }
    }

    /// <summary>PAGE-12.</summary>
    [Fact, Guarantee("PAGE-12")]
    public async Task What_was_added_is_seen_from_the_backwards_cursor_of_the_newest_page()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var store = await OpenAsync(SampleHome.Turns(number, 3));
            var lists = new[] { Turns(store, SeedIds.Id(number)), Items(store, SeedIds.Id(number)), Threads(store, ThreadSort.Created) };
            var before = new List<(IReadOnlyList<string> Whole, Page<string> Newest)>();
            foreach (var list in lists)
                before.Add((await list.AllAsync(SortDirection.Ascending, 100), await list.Page(SortDirection.Descending, 1, null)));

            await store.ContinueAsync(
                SeedIds.Id(number),
                SampleHome.Turns(number, 5).Items(SampleHome.Turns(number, 3).Lines.Count),
                Cancellation
            );
            await store.WriteAsync(SampleHome.Log(6 + number, SeedIds.Epoch.AddDays(10 - number)).Turn("Later"), Cancellation);
            foreach (var (list, (old, newest)) in lists.Zip(before))
            {
                var whole = await list.AllAsync(SortDirection.Ascending, 100);
                Assert.Equal(old, whole.Take(old.Count));
                Assert.Equal(newest.Items, [old[^1]]);
                Assert.True(whole.Count > old.Count, $"{list.Name}: nothing was added.");
                Assert.Equal(whole.Skip(old.Count - 1), await list.AllAsync(SortDirection.Ascending, 1, newest.BackwardsCursor));
            }
        }
    }

    /// <summary>PAGE-13.</summary>
    [Fact, Guarantee("PAGE-13")]
    public async Task A_cursor_leads_in_one_direction_only()
    {
        foreach (var list in Lists(await OpenAsync(Home())))
        {
            foreach (var direction in Enum.GetValues<SortDirection>())
            {
                var page = await list.Page(direction, 2, null);
                await StoreReading.RefusesAsync(
                    ThreadStoreErrorCode.InvalidCursor,
                    async () => await list.Page(Other(direction), 2, page.NextCursor)
                );
                await StoreReading.RefusesAsync(
                    ThreadStoreErrorCode.InvalidCursor,
                    async () => await list.Page(direction, 2, page.BackwardsCursor)
                );
            }
        }
    }

    /// <summary>PAGE-14.</summary>
    [Fact, Guarantee("PAGE-14")]
    public async Task A_page_without_entries_has_no_cursors()
    {
        var store = await OpenAsync([SampleHome.Log(1, SeedIds.Epoch).ToSeed(), SampleHome.Log(2, SeedIds.Epoch).ToSeed()]);

        foreach (var direction in Enum.GetValues<SortDirection>())
        {
            var pages = new List<Page<string>>
            {
                Texts(
                    await store.ListAsync(new ThreadQuery { Direction = direction, SearchTerm = "nothing like it" }, Cancellation),
                    thread => thread.Preview
                ),
            };
            foreach (var number in StoreWriting.BothModes)
                pages.Add(await Turns(store, SeedIds.Id(number)).Page(direction, 1, null));
            Assert.All(pages, page => Assert.Equal((0, null, null), (page.Items.Count, page.NextCursor, page.BackwardsCursor)));
        }
    }

    /// <summary>PAGE-15.</summary>
    [Fact, Guarantee("PAGE-15")]
    public async Task An_enumeration_gives_the_whole_list_from_its_cursor_on()
    {
        var store = await OpenAsync(Home());
        foreach (var limit in new[] { 1, 3, 100 })
        {
            foreach (var direction in Enum.GetValues<SortDirection>())
            {
                var query = new ThreadQuery { Limit = limit, Direction = direction };
                Assert.Equal(
                    await store.ListAllAsync(query, Cancellation),
                    await store.EnumerateAsync(query, Cancellation).ToListAsync(Cancellation)
                );
                var turns = new ListTurnsRequest(SeedIds.Id(1)) { Limit = limit, Direction = direction };
                Assert.Equal(
                    (await store.AllTurnsAsync(turns, Cancellation)).Texts(),
                    (await store.EnumerateAsync(turns, Cancellation).ToListAsync(Cancellation)).Texts()
                );
                var items = new ListItemsRequest(SeedIds.Id(1)) { Limit = limit, Direction = direction };
                Assert.Equal(
                    (await store.AllItemsAsync(items, Cancellation)).Texts(),
                    (await store.EnumerateAsync(items, Cancellation).ToListAsync(Cancellation)).Texts()
                );
            }
        }

        var first = await store.ListItemsAsync(new ListItemsRequest(SeedIds.Id(1)) { Limit = 5 }, Cancellation);
        var rest = await store
            .EnumerateAsync(new ListItemsRequest(SeedIds.Id(1)) { Limit = 2, Cursor = first.NextCursor }, Cancellation)
            .ToListAsync(Cancellation);
        Assert.Equal((await store.HistoryAsync(SeedIds.Id(1), Cancellation)).Texts(), first.Items.Concat(rest).Texts());
    }

    IEnumerable<ThreadSeed> Home() => [.. SampleHome.Ties(9, 3).Skip(5), .. Threads()];

    // Threads with turns in both modes, a fork by reference, lines of no item and ordinals that repeat.
    List<ThreadSeed> Threads()
    {
        var parent = SampleHome.Turns(1, 4);
        var fork = parent.Fork(SeedIds.Id(3), SeedIds.Epoch.AddHours(1)).Turn("Another way").Turn("And on");
        var damaged = SampleHome
            .Log(5, SeedIds.Epoch)
            .Turn("One")
            .Rubbish("cut {"u8)
            .Rubbish("short"u8)
            .Turn("Two")
            .Rubbish("{\"timestamp\":\"2026"u8)
            .Turn("Three")
            .Turn("Four");
        return Possible([SampleHome.Turns(2, 5).ToSeed(), parent.Turn("Only in the parent").ToSeed(), fork.ToSeed(), damaged.ToSeed()]);
    }

    IEnumerable<PagedList> Lists(IThreadStore store)
    {
        foreach (var sort in Enum.GetValues<ThreadSort>())
            yield return Threads(store, sort);
        foreach (var id in Threads().ConvertAll(seed => seed.Id))
        {
            yield return Turns(store, id);
            yield return Items(store, id);
        }
    }

    static PagedList Threads(IThreadStore store, ThreadSort sort) =>
        new(
            $"threads by {sort}",
            async (direction, limit, cursor) =>
                Texts(
                    await store.ListAsync(
                        new ThreadQuery
                        {
                            Sort = sort,
                            Direction = direction,
                            Limit = limit,
                            Cursor = cursor,
                        },
                        Cancellation
                    ),
                    thread => thread.Id.ToString()
                )
        );

    static PagedList Turns(IThreadStore store, ThreadId threadId) =>
        new(
            $"turns of {threadId}",
            async (direction, limit, cursor) =>
                Texts(
                    await store.ListTurnsAsync(
                        new ListTurnsRequest(threadId)
                        {
                            Direction = direction,
                            Limit = limit,
                            Cursor = cursor,
                        },
                        Cancellation
                    ),
                    turn => StoreReading.Texts([turn])[0]
                )
        );

    static PagedList Items(IThreadStore store, ThreadId threadId) =>
        new(
            $"items of {threadId}",
            async (direction, limit, cursor) =>
                Texts(
                    await store.ListItemsAsync(
                        new ListItemsRequest(threadId)
                        {
                            Direction = direction,
                            Limit = limit,
                            Cursor = cursor,
                        },
                        Cancellation
                    ),
                    item => item.Ordinal.ToString(CultureInfo.InvariantCulture) + " " + StoreReading.Texts([item])[0]
                )
        );

    static Page<string> Texts<T>(Page<T> page, Func<T, string> textOf) =>
        new([.. page.Items.Select(textOf)], page.NextCursor) { BackwardsCursor = page.BackwardsCursor };

    static SortDirection Other(SortDirection direction) =>
        direction == SortDirection.Ascending ? SortDirection.Descending : SortDirection.Ascending;

    sealed record PagedList(string Name, Func<SortDirection, int, string?, Task<Page<string>>> Page)
    {
        public async Task<IReadOnlyList<string>> AllAsync(SortDirection direction, int limit, string? cursor = null)
        {
            var all = new List<string>();
            do
            {
                var page = await Page(direction, limit, cursor);
                all.AddRange(page.Items);
                cursor = page.NextCursor;
                Assert.True(
                    page.Items.Count == limit || cursor is null,
                    $"{Name}: a page of {limit} held {page.Items.Count}, and there is another."
                );
            } while (cursor is not null);
            return all;
        }
    }
}
