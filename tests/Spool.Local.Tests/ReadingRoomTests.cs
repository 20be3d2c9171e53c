using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>Whoever reads says what room there is, and the store asks before it takes memory.</summary>
public sealed class ReadingRoomTests : IDisposable
{
    const int KiB = 1024;

    readonly TempHome _home = new();

    public ReadingRoomTests()
    {
        var path = _home.Put(Legacy(1));
        using var file = new StreamWriter(new FileStream(path, FileMode.Append));
        for (var i = 0; i < 6; i++)
            file.Write(
                $$$"""{"timestamp":"2026-04-30T09:15:00.120Z","type":"event_msg","payload":{"type":"user_message","message":"{{{new string('a', i % 2 == 0 ? 900 * KiB : 40 * KiB)}}}"}}"""
                    + '\n'
            );
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_history_asks_for_each_long_item_before_it_is_read_and_for_no_other()
    {
        await using var store = _home.Open();
        var room = new Room();

        var items = new List<RolloutItem>();
        await foreach (var item in store.ReadHistoryAsync(new ReadHistoryRequest(Id(1)) { Room = room }, Stop))
            items.Add(item);

        Assert.Equal(
            (await store.HistoryAsync(Id(1), Stop)).Select(item => item.Bytes.ToArray()),
            items.Select(item => item.Bytes.ToArray())
        );
        Assert.Equal(items.Where(item => item.Length > 256 * KiB).Select(item => item.Length + 1), room.Asked);
    }

    [Fact]
    public async Task A_page_of_items_ends_when_it_has_enough_bytes_and_the_next_one_goes_on()
    {
        await using var store = _home.Open();
        var room = new Room();
        var whole = await store.ListItemsAsync(new ListItemsRequest(Id(1)) { Limit = 1000 }, Stop);

        var (items, pages) = (new List<RolloutItem>(), 0);
        for (string? cursor = null; pages == 0 || cursor is not null; pages++)
        {
            var page = await store.ListItemsAsync(
                new ListItemsRequest(Id(1))
                {
                    Limit = 1000,
                    Cursor = cursor,
                    Room = room,
                },
                Stop
            );
            items.AddRange(page.Items);
            cursor = page.NextCursor;
            Assert.InRange(page.Items.SkipLast(1).Sum(item => item.Length), 0, 256 * KiB);
        }

        Assert.Equal(whole.Items.Select(item => (item.Ordinal, item.Length)), items.Select(item => (item.Ordinal, item.Length)));
        Assert.Equal(4, pages);
        Assert.Equal(3, room.Asked.Count);
    }

    [Theory]
    [InlineData(SortDirection.Ascending)]
    [InlineData(SortDirection.Descending)]
    public async Task A_page_of_turns_ends_when_it_has_enough_bytes_and_asks_for_those_of_its_turns(SortDirection direction)
    {
        await using var store = _home.Open();
        var room = new Room();
        var whole = await store.ListTurnsAsync(new ListTurnsRequest(Id(1)) { Direction = direction }, Stop);

        var (turns, pages) = (new List<Turn>(), 0);
        for (string? cursor = null; pages == 0 || cursor is not null; pages++)
        {
            var page = await store.ListTurnsAsync(
                new ListTurnsRequest(Id(1))
                {
                    Cursor = cursor,
                    Direction = direction,
                    Room = room,
                },
                Stop
            );
            turns.AddRange(page.Items);
            cursor = page.NextCursor;
        }

        Assert.Equal(whole.Items.Select(turn => turn.Id), turns.Select(turn => turn.Id));
        Assert.InRange(pages, 3, 4);
        Assert.Equal(3, room.Asked.Count);
        Assert.All(room.Asked, bytes => Assert.InRange(bytes, 1800 * KiB, 2600 * KiB)); // twice what the log has: text
    }

    [Fact]
    public async Task A_turn_that_shows_more_than_there_is_room_for_is_refused()
    {
        await using var store = _home.Open();

        var refusal = await Assert.ThrowsAsync<ThreadStoreException>(async () =>
            await store.ListTurnsAsync(new ListTurnsRequest(Id(1)) { Room = new Room { TurnBytes = 500 * KiB } }, Stop)
        );

        Assert.Equal(ThreadStoreErrorCode.TooLarge, refusal.Code);
    }

    [Fact]
    public async Task Turns_that_a_revert_took_back_need_room_where_they_are_asked_for_and_none_where_they_are_counted()
    {
        var log = Paginated(3).Turn("kept").Turn("undone", new string('a', 900 * KiB));
        _home.Put(log);
        await using var store = _home.Open();
        var request = new ListTurnsRequest(Id(3)) { View = TurnView.Complete };
        await store.RevertAsync(Id(3), (await store.ListTurnsAsync(request, Stop)).Items[^1].Id, Stop);

        var (counted, shown) = (new Room(), new Room());
        Assert.Equal(1, (long)(await store.ListTurnsAsync(request with { Room = counted }, Stop)).Items[^1].Items[^1].Json["turns"]!);
        Assert.Empty(counted.Asked);
        await store.ListTurnsAsync(request with { Room = shown, WithRolledBack = true }, Stop);
        Assert.InRange(Assert.Single(shown.Asked), 1800 * KiB, 5000 * KiB);
        var refusal = await Assert.ThrowsAsync<ThreadStoreException>(async () =>
            await store.ListTurnsAsync(
                request with
                {
                    Room = new Room { TurnBytes = 500 * KiB },
                    WithRolledBack = true,
                },
                Stop
            )
        );
        Assert.Equal(ThreadStoreErrorCode.TooLarge, refusal.Code);
    }

    [Fact]
    public async Task Whoever_has_no_room_for_an_item_gets_those_before_it()
    {
        await using var store = _home.Open();
        var items = 0;

        await Assert.ThrowsAsync<ThreadStoreException>(async () =>
        {
            await foreach (var item in store.ReadHistoryAsync(new ReadHistoryRequest(Id(1)) { Room = new Room { IsFull = true } }, Stop))
                items++;
        });

        Assert.Equal((await store.HistoryAsync(Id(1), Stop)).Count - 6, items);
    }

    sealed class Room : IReadingRoom
    {
        public List<long> Asked { get; } = [];

        public bool IsFull { get; init; }

        public long PageBytes => 256 * KiB;

        public long TurnBytes { get; init; } = long.MaxValue;

        public ValueTask TakeAsync(long bytes, CancellationToken cancellationToken)
        {
            Asked.Add(bytes);
            return IsFull ? throw ThreadStoreException.Busy("There is no room.", TimeSpan.FromSeconds(1)) : default;
        }
    }
}
