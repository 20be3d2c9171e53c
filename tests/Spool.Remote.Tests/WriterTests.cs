using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>What a remote writer does when the server changes under it.</summary>
public sealed class WriterTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact, Guarantee("REMO-06")]
    public async Task Items_that_wait_on_a_server_that_dies_are_sent_to_its_successor()
    {
        await using var first = new InMemoryThreadStore();
        await using var second = new InMemoryThreadStore();
        var old = await RunningServer.StartAsync(first);
        await using var successor = await RunningServer.StartAsync(second);
        await using var proxy = new FaultProxy(old.Address);
        await using var store = await ConnectAsync(old, proxy);
        var threadId = ThreadId.New(TimeProvider.System);
        await using var writer = await store.CreateAsync(new CreateRequest(threadId, Appending.Meta(threadId)), Cancellation);
        var receipt = await writer.AppendAsync(
            new AppendRequest([Appending.Item("waits")]) { Durability = Durability.Buffered },
            Cancellation
        );
        Assert.False(receipt.IsStored);

        // The successor knows nothing: what the old one held in memory is gone for it.
        proxy.Retarget(successor.Address);
        proxy.Break();
        Assert.Equal(2, (await writer.AppendAsync(new AppendRequest([Appending.Item("comes")]), Cancellation)).FirstOrdinal);
        await writer.ShutDownAsync(Cancellation);

        var items = new List<string?>();
        await foreach (var item in second.ReadHistoryAsync(new ReadHistoryRequest(threadId), Cancellation))
            items.Add(item.Type);
        Assert.Equal(["session_meta", "event_msg", "event_msg"], items);
        await old.DisposeAsync();
    }

    [Fact, Guarantee("REMO-70")]
    public async Task An_append_that_is_written_while_the_server_stops_in_order_is_stored_once_by_its_successor()
    {
        await using var memory = new InMemoryThreadStore();
        var old = await RunningServer.StartAsync(memory);
        await using var proxy = new FaultProxy(old.Address);
        await using var store = await ConnectAsync(old, proxy);
        var threadId = ThreadId.New(TimeProvider.System);
        await using var writer = await store.CreateAsync(new CreateRequest(threadId, Appending.Meta(threadId)), Cancellation);

        // The stream is new and its message larger than its window: the server says that it ends the connection before it has seen either.
        var held = proxy.Hold();
        var append = writer.AppendAsync(new AppendRequest([Appending.Item(new string('x', 2_000_000))]), Cancellation);
        await held;
        await old.DisposeAsync();
        await using var successor = await RunningServer.StartAsync(memory);
        proxy.Retarget(successor.Address);

        Assert.Equal(1, (await append).FirstOrdinal);
        Assert.Equal(2, (await writer.AppendAsync(new AppendRequest([Appending.Item("next")]), Cancellation)).FirstOrdinal);
        await writer.ShutDownAsync(Cancellation);
        Assert.Equal(3, (await memory.ListItemsAsync(new ListItemsRequest(threadId), Cancellation)).Items.Count);
    }

    [Fact, Guarantee("REMO-07")]
    public async Task Of_appends_under_way_only_the_wrong_one_is_refused()
    {
        await using var memory = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(memory);
        await using var store = await server.ConnectAsync();
        var threadId = ThreadId.New(TimeProvider.System);
        await using var writer = await store.CreateAsync(new CreateRequest(threadId, Appending.Meta(threadId)), Cancellation);
        await writer.PersistAsync(Cancellation);

        var appends = Enumerable
            .Range(0, 40)
            .Select(i =>
                writer
                    .AppendAsync(
                        new AppendRequest([i == 17 ? new NewItem("event_msg", "no object"u8.ToArray()) : Appending.Item($"{i}")]),
                        Cancellation
                    )
                    .AsTask()
            )
            .ToList();
        var ordinals = new List<long>();
#pragma warning disable VSTHRD003 // begun above
        for (var i = 0; i < appends.Count; i++)
        {
            if (i == 17)
                Assert.Equal(ThreadStoreErrorCode.InvalidRequest, (await Assert.ThrowsAsync<ThreadStoreException>(() => appends[17])).Code);
            else
                ordinals.Add((await appends[i]).FirstOrdinal);
        }
#pragma warning restore VSTHRD003

        Assert.Equal(Enumerable.Range(1, 39).Select(i => (long)i), ordinals);
        Assert.Equal(40, writer.NextOrdinal);
    }

    [Fact, Guarantee("REMO-08")]
    public async Task A_server_that_stays_away_leaves_the_outcome_unknown()
    {
        await using var memory = new InMemoryThreadStore();
        var server = await RunningServer.StartAsync(memory);
        await using var store = await server.ConnectAsync(options => options with { ResolveFor = TimeSpan.FromMilliseconds(300) });
        var threadId = ThreadId.New(TimeProvider.System);
        await using var writer = await store.CreateAsync(new CreateRequest(threadId, Appending.Meta(threadId)), Cancellation);
        await writer.PersistAsync(Cancellation);
        await server.DisposeAsync();

        for (var i = 0; i < 2; i++)
        {
            var error = await Assert.ThrowsAsync<ThreadStoreException>(async () =>
                await writer.AppendAsync(new AppendRequest([Appending.Item("lost?")]), Cancellation)
            );
            Assert.Equal(ThreadStoreErrorCode.OutcomeUnknown, error.Code);
        }
        await writer.DiscardAsync(Cancellation);
    }

    [Fact, Guarantee("REMO-09")]
    public async Task A_writer_whose_thread_was_taken_is_told_by_whom()
    {
        await using var memory = new InMemoryThreadStore();
        var server = await RunningServer.StartAsync(memory);
        await using var successor = await RunningServer.StartAsync(memory);
        await using var proxy = new FaultProxy(server.Address);
        await using var store = await ConnectAsync(server, proxy);
        var threadId = ThreadId.New(TimeProvider.System);
        await using var writer = await store.CreateAsync(new CreateRequest(threadId, Appending.Meta(threadId)), Cancellation);
        await writer.PersistAsync(Cancellation);
        proxy.Script(Enumerable.Repeat(new Fault(FaultKind.Refuse), 3));
        await server.DisposeAsync();
        await using var other = await (await successor.ConnectAsync()).ResumeAsync(new ResumeRequest(threadId), Cancellation);
        proxy.Retarget(successor.Address);

        var first = await TooLateAsync();
        var second = await TooLateAsync();

        // Of one that may have been sent before, nobody knows whether it arrived.
        Assert.Contains(first.Code, new[] { ThreadStoreErrorCode.WriterLost, ThreadStoreErrorCode.OutcomeUnknown });
        Assert.Equal((ThreadStoreErrorCode.WriterLost, "tests", "tests"), (second.Code, second.Owner?.Program, first.Owner?.Program));
        Assert.True(writer.LostToken.WaitHandle.WaitOne(TimeSpan.FromSeconds(10)));

        async Task<ThreadStoreException> TooLateAsync() =>
            await Assert.ThrowsAsync<ThreadStoreException>(async () =>
                await writer.AppendAsync(new AppendRequest([Appending.Item("too late")]), Cancellation)
            );
    }

    [Fact]
    public async Task However_many_end_a_writer_at_once_each_waits_until_it_has_ended_and_none_fails()
    {
        await using var memory = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(memory);
        await using var store = await server.ConnectAsync();
        for (var round = 0; round < 20; round++)
        {
            var threadId = ThreadId.New(TimeProvider.System);
            var writer = await store.CreateAsync(new CreateRequest(threadId, Appending.Meta(threadId)), Cancellation);
            await writer.AppendAsync(new AppendRequest([Appending.Item("one")]) { Durability = Durability.Buffered }, Cancellation);
            var kind = round;
            var ending = Enumerable
                .Range(0, 4)
                .Select(number =>
                    EndAsync(
                        writer,
                        kind % 4 == 0 ? 0
                            : kind % 4 == 1 ? 2
                            : number < kind % 4 - 1 ? 1
                            : 2
                    )
                )
                .ToList();

            await Task.WhenAll(ending.Skip(3));
            if (round % 4 < 2)
                await using (await memory.ResumeAsync(new ResumeRequest(threadId), Cancellation)) { }
            else
                await using (await memory.CreateAsync(new CreateRequest(threadId, Appending.Meta(threadId)), Cancellation)) { }
            await Task.WhenAll(ending);
            await writer.DisposeAsync();
        }

        static async Task EndAsync(IThreadWriter writer, int how)
        {
            if (how == 0)
                await writer.ShutDownAsync(Cancellation);
            else if (how == 1)
                await writer.DiscardAsync(Cancellation);
            else
                await writer.DisposeAsync();
        }
    }

    static Task<RemoteThreadStore> ConnectAsync(RunningServer server, FaultProxy proxy) =>
        server.ConnectAsync(options =>
            options with
            {
                Address = proxy.Address,
                KeepAlive = TimeSpan.FromSeconds(1),
                MaxPause = TimeSpan.FromMilliseconds(200),
            }
        );
}
