using Spool.TestKit;

namespace Spool.Remote.Tests;

#pragma warning disable VSTHRD003 // appends are begun first and awaited later: that is what is tested

/// <summary>Appends that are called without waiting for those before them, some of which are refused, repeated or taken back.</summary>
public sealed class PipelineTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact, Guarantee("REMO-22")]
    public async Task Appends_that_expect_a_wrong_ordinal_are_refused_and_the_others_are_stored_once_in_their_order()
    {
        foreach (var behind in new[] { 1, 3, 8, 300 })
        {
            await using var memory = new InMemoryThreadStore();
            await using var server = await RunningServer.StartAsync(memory);
            await using var store = await server.ConnectAsync();
            await using var writer = await CreateAsync(store);
            await writer.AppendAsync(new AppendRequest([Appending.Item("first")]), Cancellation);
            var next = writer.NextOrdinal;

            // Something large goes first, so that the server has read what follows before it answers.
            var slow = Append(writer, new string('x', 2_000_000));
            var wrong = new[]
            {
                Append(writer, "later", next + 1 + behind),
                Append(writer, "much later", next + 5000),
                Append(writer, "earlier", 1),
            };
            var good = Enumerable.Range(0, behind).Select(i => Append(writer, $"{i}")).ToList();
            var last = Append(writer, "last", next + 1 + behind);

            Assert.Equal(next, (await slow).FirstOrdinal);
            foreach (var refused in wrong)
                Assert.Equal(ThreadStoreErrorCode.WrongOrdinal, (await Assert.ThrowsAsync<ThreadStoreException>(() => refused)).Code);
            for (var i = 0; i < behind; i++)
                Assert.Equal(next + 1 + i, (await good[i]).FirstOrdinal);
            Assert.Equal(next + 1 + behind, (await last).FirstOrdinal);
            Assert.Equal(next + 2 + behind, writer.NextOrdinal);
            Assert.Equal(
                next + 2 + behind,
                (await memory.ListItemsAsync(new ListItemsRequest(writer.ThreadId) { Limit = 10_000 }, Cancellation)).Items.Count
            );
        }
    }

    [Fact, Guarantee("REMO-23")]
    public async Task A_batch_that_is_called_again_is_the_same_also_behind_many_refusals_and_never_in_the_way_of_others()
    {
        await using var memory = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(memory);
        await using var store = await server.ConnectAsync();
        foreach (var refusals in new[] { 1, 130, 400 })
        {
            await using var writer = await CreateAsync(store);
            var batch = new AppendRequest([Appending.Item("batch")]) { BatchId = Guid.NewGuid() };
            var wrong = Enumerable.Range(0, refusals).Select(_ => Append(writer, "wrong", 999_999)).ToList();
            var first = writer.AppendAsync(batch, Cancellation).AsTask();
            var update = writer.UpdateAsync(new ThreadPatch { Name = Change.To("a name") }, Cancellation).AsTask();
            var again = writer.AppendAsync(batch, Cancellation).AsTask();
            var innocent = Append(writer, "innocent");

            foreach (var refused in wrong)
                Assert.Equal(ThreadStoreErrorCode.WrongOrdinal, (await Assert.ThrowsAsync<ThreadStoreException>(() => refused)).Code);
            Assert.Equal(await first, await again);
            await update;
            Assert.True((await innocent).FirstOrdinal > (await first).FirstOrdinal);
            Assert.Equal((await innocent).NextOrdinal, writer.NextOrdinal);
        }
    }

    [Fact, Guarantee("REMO-24")]
    public async Task Appends_that_are_cancelled_while_they_wait_are_not_stored_and_the_others_move_up()
    {
        await using var memory = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(memory);
        await using var proxy = new FaultProxy(server.Address);
        await using var store = await server.ConnectAsync(options =>
            options with
            {
                Address = proxy.Address,
                MaxBytesUnderWay = 1000,
                MaxPause = TimeSpan.FromMilliseconds(50),
            }
        );
        await using var writer = await CreateAsync(store);
        await writer.AppendAsync(new AppendRequest([Appending.Item("first")]), Cancellation);
        using var cancelling = new CancellationTokenSource();
        var appends = new List<Task<AppendReceipt>>();
        for (var i = 0; i < 5000; i++)
            appends.Add(
                writer
                    .AppendAsync(new AppendRequest([Appending.Item($"{i}")]), i % 2 == 0 ? CancellationToken.None : cancelling.Token)
                    .AsTask()
            );
        await cancelling.CancelAsync();

        var stored = 0;
        foreach (var append in appends)
        {
            try
            {
                Assert.Equal(2 + stored, (await append).FirstOrdinal);
                stored++;
            }
            catch (OperationCanceledException)
            {
                continue;
            }
        }
        Assert.InRange(stored, 2500, 4999);
        Assert.Equal(
            2 + stored,
            (await memory.ListItemsAsync(new ListItemsRequest(writer.ThreadId) { Limit = 10_000 }, Cancellation)).Items.Count
        );
    }

    [Fact, Guarantee("REMO-25")]
    public async Task A_writer_that_was_shut_down_is_never_lost()
    {
        await using var memory = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(memory);
        await using var store = await server.ConnectAsync();
        var tokens = new List<CancellationToken>();
        for (var i = 0; i < 200; i++)
        {
            await using var writer = await CreateAsync(store);
            await writer.AppendAsync(new AppendRequest([Appending.Item("one")]), Cancellation);
            tokens.Add(writer.LostToken);
            await writer.ShutDownAsync(Cancellation);
        }
        await server.DisposeAsync();
        Assert.All(tokens, token => Assert.False(token.IsCancellationRequested));
    }

    [Fact, Guarantee("REMO-27")]
    public async Task Writers_that_come_and_go_leave_nothing_that_counts_against_the_limits_of_the_server()
    {
        await using var memory = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(
            memory,
            with: options => options with { Limits = options.Limits with { MaxInFlightBytes = 20_000, MaxCalls = 8 } }
        );
        await using var store = await server.ConnectAsync(options =>
            options with
            {
                RetryFor = TimeSpan.FromSeconds(1),
                ResolveFor = TimeSpan.FromSeconds(1),
            }
        );
        await using var open = await CreateAsync(store);
        for (var i = 0; i < 300; i++)
        {
            await using var writer = await CreateAsync(store);
            await writer.AppendAsync(new AppendRequest([Appending.Item("one")]), Cancellation);
            await writer.ShutDownAsync(Cancellation);
        }
        Assert.Equal(1, (await open.AppendAsync(new AppendRequest([Appending.Item("still open")]), Cancellation)).FirstOrdinal);
    }

    static async Task<IThreadWriter> CreateAsync(RemoteThreadStore store)
    {
        var threadId = ThreadId.New(TimeProvider.System);
        return await store.CreateAsync(new CreateRequest(threadId, Appending.Meta(threadId)), Cancellation);
    }

    static Task<AppendReceipt> Append(IThreadWriter writer, string text, long? expected = null) =>
        writer.AppendAsync(new AppendRequest([Appending.Item(text)]) { ExpectedOrdinal = expected }, Cancellation).AsTask();
}
