using System.Text;
using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>The edges of the log: ordinals, lineages and ids at their limits.</summary>
public sealed class EdgeTests : IDisposable
{
    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MaxValue - 1)]
    [InlineData((1L << 62) + 1)]
    [InlineData(1L << 62)]
    [InlineData((1L << 62) - 1)]
    public async Task Ordinals_at_the_end_of_their_range_do_not_overflow(long last)
    {
        var log = RolloutLines.Paginated(Id(1), At(1)).Turn("one");
        var text = Encoding.UTF8.GetString(log.ToSeed().ToLog());
        for (var ordinal = 0; ordinal < log.NextOrdinal; ordinal++) // all of them, because a gap would be damage
            text = text.Replace($"\"ordinal\":{ordinal},", $"\"ordinal\":{last - (log.NextOrdinal - 1 - ordinal)},", StringComparison.Ordinal);
        _home.Write(PathOf(Id(1), At(1)), Encoding.UTF8.GetBytes(text));
        await using var store = _home.Open();

        AppendReceipt receipt;
        await using (var writer = await store.ResumeAsync(new ResumeRequest(Id(1)), Stop))
            receipt = await writer.AppendAsync(new AppendRequest(StoreWriting.Notes("more", 3)), Stop);
        var history = await store.HistoryAsync(Id(1), Stop);
        var fork = await store.ForkAsync(new ForkRequest(Id(1), Id(2)), Stop);

        Assert.Equal(Enumerable.Range(0, 3).Select(i => receipt.FirstOrdinal + i), history[^3..].Select(item => item.Ordinal));
        Assert.All(history.Zip(history.Skip(1)), pair => Assert.InRange(pair.Second.Ordinal, pair.First.Ordinal + 1, long.MaxValue));
        Assert.Equal(history.Texts(), (await store.AllItemsAsync(new ListItemsRequest(Id(1)) { Limit = 1 }, Stop)).Texts());
        Assert.Equal(ThreadCondition.Ok, fork.Thread.State);
        Assert.Equal(history.Count + 1, (await store.HistoryAsync(Id(2), Stop)).Count);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public async Task A_new_thread_that_goes_on_at_no_ordinal_is_refused(long end)
    {
        await using var store = _home.Open();
        var log = RolloutLines.From(
            new RolloutHead(Id(2), At(2)) { HistoryMode = HistoryModes.Paginated, Base = new HistoryBase(Id(1), end, 100) }
        );

        Assert.Equal(
            ThreadStoreErrorCode.InvalidRequest,
            (await Assert.ThrowsAsync<ThreadStoreException>(async () => await store.CreateAsync(log, Stop))).Code
        );
    }

    [Fact]
    public async Task A_history_that_runs_through_as_many_rollouts_as_it_may_is_refused_one_more()
    {
        var log = RolloutLines.Paginated(Id(1), At(1)).Turn("the first");
        _home.Put(log);
        for (var number = 2; number <= LineageResolver.MaxSegments; number++)
            _home.Put(log = log.Fork(Id(number), At(number)));
        var deepest = Id(LineageResolver.MaxSegments);
        log.Turn("the last");
        _home.Put(log);
        await using var store = _home.Open();
        var thread = (await store.FindAsync(deepest, Stop))!;
        var turns = await store.ListTurnsAsync(new ListTurnsRequest(deepest) { Direction = SortDirection.Descending, Limit = 1 }, Stop);

        var fork = await Assert.ThrowsAsync<ThreadStoreException>(async () =>
            await store.ForkAsync(new ForkRequest(deepest, Id(5000)), Stop)
        );
        var revert = await Assert.ThrowsAsync<ThreadStoreException>(async () => await store.RevertAsync(deepest, turns.Items[0].Id, Stop));

        Assert.Equal((ThreadCondition.Ok, "the first"), (thread.State, thread.Preview));
        Assert.Equal((ThreadStoreErrorCode.TooLarge, ThreadStoreErrorCode.TooLarge), (fork.Code, revert.Code));
        Assert.Contains("1000 rollouts", fork.Message, StringComparison.Ordinal);
        Assert.Null(await store.FindAsync(Id(5000), Stop));
        Assert.Equal(thread, await store.FindAsync(deepest, Stop));
        Assert.Equal(LineageResolver.MaxSegments, (await store.EverythingAsync()).Count(listed => listed.State == ThreadCondition.Ok));
    }

    [Fact]
    public async Task A_new_thread_takes_no_id_under_which_a_spare_rollout_is_listed()
    {
        _home.Write(PathOf(Id(1), At(1)), Legacy(1, "the older").ToSeed().ToLog());
        _home.Write(PathOf(Id(1), At(5)), Legacy(1, "the newer").ToSeed().ToLog());
        await using var store = _home.Open();
        var before = await store.EverythingAsync();
        var spare = Assert.Single(before, thread => thread.State == ThreadCondition.Duplicate).Id;

        foreach (
            var call in new Func<Task>[]
            {
                async () => await store.CreateAsync(RolloutLines.Legacy(spare, At(9)), Stop),
                async () => await store.ForkAsync(new ForkRequest(Id(1), spare), Stop),
            }
        )
            Assert.Equal(ThreadStoreErrorCode.InvalidRequest, (await Assert.ThrowsAsync<ThreadStoreException>(call)).Code);
        Assert.Equal(before, await store.EverythingAsync());
    }
}
