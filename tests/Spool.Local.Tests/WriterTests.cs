using static Spool.Local.Tests.Writing;

namespace Spool.Local.Tests;

/// <summary>A writer of the local store: what is on the disk when, and what an append that is sent again does.</summary>
public sealed class WriterTests : IDisposable
{
    readonly TempHome _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData(Durability.Buffered)]
    [InlineData(Durability.Flushed)]
    [InlineData(Durability.Fsynced)]
    public async Task What_was_appended_is_read_back_and_gone_on_with(Durability durability)
    {
        await using var store = _home.Open();
        await using (var writer = await store.CreateAsync(1))
        {
            await writer.PersistAsync(Stop);
            Assert.Equal(new AppendReceipt(1, 2), await writer.AppendAsync(Items("one", "two") with { Durability = durability }, Stop));
            Assert.Equal(["one", "two"], await store.StoredAsync(1));
            await writer.ShutDownAsync(Stop);
        }

        await using var again = await store.ResumeAsync(1);
        Assert.Equal(3, again.NextOrdinal);
        Assert.Equal(new AppendReceipt(3, 1), await again.AppendAsync(Items("three") with { Durability = durability }, Stop));

        Assert.Equal(["one", "two", "three"], await store.StoredAsync(1));
        Assert.Equal(ThreadCondition.Ok, (await store.FindAsync(HomeBuilding.Id(1), Stop))!.State);
    }

    [Fact]
    public async Task Many_appends_at_once_are_stored_in_the_order_of_their_receipts()
    {
        await using var store = _home.Open(options => options with { MaxQueuedBytes = 64 * 1024 });
        await using var writer = await store.CreateAsync(1, HistoryModes.Paginated);
        var appends = Enumerable.Range(1, 3000).Select(number => writer.AppendAsync(Items($"{number}") with { Durability = (Durability)(number % 2) }, Stop).AsTask()).ToList();

        var receipts = await Task.WhenAll(appends);
        await writer.ShutDownAsync(Stop);

        Assert.Equal(Enumerable.Range(1, 3000).Select(number => (long)number), receipts.Select(receipt => receipt.FirstOrdinal));
        Assert.Equal(Enumerable.Range(1, 3000).Select(number => $"{number}"), await store.StoredAsync(1));
    }
}
