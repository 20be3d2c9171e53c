using System.Globalization;
using CsCheck;
using Xunit;

namespace Spool.Tests;

public sealed class PageEnumerationTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_is_asked_for_when_its_first_entry_is_wanted_and_none_too_many()
    {
        var list = new Numbers(7);
        var numbers = list.Enumerate(limit: 3).GetAsyncEnumerator(Cancellation);
        Assert.Empty(list.Asked);

        foreach (var (number, asked) in new[] { (0, 1), (1, 1), (2, 1), (3, 2), (4, 2), (5, 2), (6, 3) })
        {
            Assert.True(await numbers.MoveNextAsync());
            Assert.Equal((number, asked), (numbers.Current, list.Asked.Count));
        }
        Assert.False(await numbers.MoveNextAsync());
        Assert.Equal([null, "3", "6"], list.Asked);
        await numbers.DisposeAsync();
    }

    [Fact]
    public async Task A_last_page_that_is_full_ends_it_and_so_does_an_empty_one()
    {
        var (full, empty) = (new Numbers(6), new Numbers(0));

        Assert.Equal(Enumerable.Range(0, 6), await full.Enumerate(limit: 3).ToListAsync(Cancellation));
        Assert.Equal(2, full.Asked.Count);
        Assert.Empty(await empty.Enumerate(limit: 3).ToListAsync(Cancellation));
        Assert.Single(empty.Asked);
    }

    [Fact]
    public async Task It_begins_at_the_cursor_of_the_request_and_again_each_time()
    {
        var list = new Numbers(9);
        var numbers = list.Enumerate(limit: 2, cursor: "4");

        Assert.Equal([4, 5, 6, 7, 8], await numbers.ToListAsync(Cancellation));
        Assert.Equal([4, 5, 6], await numbers.Take(3).ToListAsync(Cancellation));
        Assert.Equal(["4", "6", "8", "4", "6"], list.Asked);
    }

    [Fact]
    public async Task Cancellation_ends_it_between_two_entries()
    {
        using var stop = new CancellationTokenSource();
        var list = new Numbers(9);
        var seen = new List<int>();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var number in list.Enumerate(limit: 5).WithCancellation(stop.Token))
            {
                seen.Add(number);
                if (number == 2)
                    await stop.CancelAsync();
            }
        });
        Assert.Equal([0, 1, 2], seen);
        Assert.Single(list.Asked);
    }

    [Fact]
    public async Task Cancellation_reaches_the_store_and_before_the_first_page_it_asks_nothing()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        var list = new Numbers(9);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await list.Enumerate(limit: 5).FirstAsync(stop.Token));
        Assert.Empty(list.Asked);
        Assert.Equal(0, await list.Enumerate(limit: 5).FirstAsync(Cancellation));
        Assert.True(list.CanBeCancelled);
    }

    [Fact]
    public async Task An_error_of_a_page_comes_where_the_page_was_wanted()
    {
        var list = new Numbers(9) { FailsAt = "6" };
        var seen = new List<int>();

        var refused = await Assert.ThrowsAsync<ThreadStoreException>(async () =>
        {
            await foreach (var number in list.Enumerate(limit: 3).WithCancellation(Cancellation))
                seen.Add(number);
        });
        Assert.Equal(ThreadStoreErrorCode.Busy, refused.Code);
        Assert.Equal(Enumerable.Range(0, 6), seen);
    }

    [Fact]
    public Task Cursors_that_go_in_a_circle_end_in_an_error_whatever_comes_before_the_circle() =>
        Gen.Select(Gen.Int[0, 40], Gen.Int[1, 40])
            .SampleAsync(
                async (before, circle) =>
                {
                    var asked = 0;
                    var pages = PageEnumeration.EnumerateAsync<ListItemsRequest, int>(
                        new ListItemsRequest(default),
                        (request, _) =>
                        {
                            var at = request.Cursor is { } cursor ? int.Parse(cursor, CultureInfo.InvariantCulture) : 0;
                            asked++;
                            return new(
                                new Page<int>([at], (at + 1 < before + circle ? at + 1 : before).ToString(CultureInfo.InvariantCulture))
                            );
                        },
                        Cancellation
                    );

                    var error = await Assert.ThrowsAsync<ThreadStoreException>(async () => await pages.CountAsync(Cancellation));
                    Assert.Equal(ThreadStoreErrorCode.Internal, error.Code);
                    Assert.InRange(asked, 1, 4 * (before + circle) + 2);
                }
            );

    [Fact]
    public async Task An_empty_page_with_another_one_behind_it_is_an_error()
    {
        var number = 0;
        var pages = PageEnumeration.EnumerateAsync<ListItemsRequest, int>(
            new ListItemsRequest(default),
            (_, _) => new(new Page<int>([], (number++).ToString(CultureInfo.InvariantCulture))),
            Cancellation
        );

        Assert.Equal(
            ThreadStoreErrorCode.Internal,
            (await Assert.ThrowsAsync<ThreadStoreException>(async () => await pages.CountAsync(Cancellation))).Code
        );
        Assert.Equal(1, number);
    }

    [Fact]
    public void What_is_missing_is_misuse_at_once()
    {
        Assert.Throws<ArgumentNullException>(() => PageEnumeration.EnumerateAsync(null!, new ThreadQuery(), Cancellation));
        Assert.Throws<ArgumentNullException>(() => new InMemoryThreadStore().EnumerateAsync((ListTurnsRequest)null!, Cancellation));
        Assert.Throws<ArgumentNullException>(() =>
            PageEnumeration.EnumerateAsync<ListItemsRequest, int>(new ListItemsRequest(default), null!, Cancellation)
        );
    }

    /// <summary>A list of numbers, each with itself as the cursor that leads to it.</summary>
    sealed class Numbers(int count)
    {
        public List<string?> Asked { get; } = [];

        public bool CanBeCancelled { get; private set; }

        public string? FailsAt { get; init; }

        public IAsyncEnumerable<int> Enumerate(int limit, string? cursor = null) =>
            PageEnumeration.EnumerateAsync<ListItemsRequest, int>(
                new ListItemsRequest(default) { Limit = limit, Cursor = cursor },
                PageAsync,
                Cancellation
            );

        ValueTask<Page<int>> PageAsync(ListItemsRequest request, CancellationToken cancellationToken)
        {
            Asked.Add(request.Cursor);
            CanBeCancelled = cancellationToken.CanBeCanceled;
            if (request.Cursor == FailsAt && FailsAt is not null)
                throw ThreadStoreException.Busy("It is busy.", TimeSpan.FromSeconds(1));
            var start = request.Cursor is { } cursor ? int.Parse(cursor, CultureInfo.InvariantCulture) : 0;
            var end = Math.Min(start + request.Limit, count);
            return new(
                new Page<int>([.. Enumerable.Range(start, end - start)], end < count ? end.ToString(CultureInfo.InvariantCulture) : null)
            );
        }
    }
}
