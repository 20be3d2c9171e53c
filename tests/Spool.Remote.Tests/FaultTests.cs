using CsCheck;
using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>Appends and reads through connections that are cut, silent, late, overtaken or refused.</summary>
public sealed class FaultTests
{
    static readonly FaultKind[] Kinds =
    [
        FaultKind.None,
        FaultKind.Refuse,
        FaultKind.Cut,
        FaultKind.Cut,
        FaultKind.Delay,
        FaultKind.Swallow,
        FaultKind.Overtake,
        FaultKind.Overtake,
    ];

    static readonly Gen<Fault> Faults = Gen.Select(
        Gen.Int[0, Kinds.Length - 1].Select(i => Kinds[i]),
        Gen.Long[0, 12_000],
        Gen.Bool,
        (kind, after, back) => new Fault(kind, after, back)
    );

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact, Guarantee("REMO-01")]
    public Task Writers_lose_and_double_nothing_whatever_happens_to_their_connections() =>
        Gen.Select(Faults.Array[1, 5], Gen.Int[1, 3], Gen.Int[0, 1_000_000], (script, writers, seed) => (script, writers, seed))
            .SampleAsync(
                async given =>
                {
                    await using var memory = new InMemoryThreadStore();
                    await using var server = await RunningServer.StartAsync(memory);
                    await using var proxy = new FaultProxy(server.Address);
                    await using var store = await ConnectAsync(server, proxy);
                    var clients = Enumerable.Range(0, given.writers).Select(i => new Appending(store, given.seed + i)).ToList();
                    proxy.Script(given.script);
                    proxy.Break();

                    await Task.WhenAll(
                        clients.Select(client => client.RunAsync(150, client == clients[0] ? HistoryModes.Paginated : HistoryModes.Legacy))
                    );

                    foreach (var client in clients)
                        await client.CheckAsync(memory);
                },
                iter: 12,
                threads: 1
            );

    [Fact, Guarantee("REMO-02")]
    public async Task A_cut_at_any_byte_of_an_append_and_its_answer_stores_it_once()
    {
        for (var after = 0; after < 900; after += 60)
        {
            foreach (var back in new[] { false, true })
            {
                await using var memory = new InMemoryThreadStore();
                await using var server = await RunningServer.StartAsync(memory);
                await using var proxy = new FaultProxy(server.Address);
                await using var store = await ConnectAsync(server, proxy);
                var client = new Appending(store, after);
                proxy.Script(new Fault(FaultKind.Cut, after, back));
                proxy.Break();

                await client.RunAsync(5);
                await client.CheckAsync(memory);
            }
        }
    }

    [Fact, Guarantee("REMO-18")]
    public async Task An_append_that_is_overtaken_by_the_next_connection_is_stored_once_and_in_its_place()
    {
        for (var after = 300; after < 6000; after += 700)
        {
            await using var memory = new InMemoryThreadStore();
            await using var server = await RunningServer.StartAsync(memory);
            await using var proxy = new FaultProxy(server.Address);
            await using var store = await ConnectAsync(server, proxy);
            var client = new Appending(store, after);
            proxy.Script(new Fault(FaultKind.Overtake, after), new Fault(FaultKind.Overtake, after / 2));
            proxy.Break();

            await client.RunAsync(100);
            // the first contact, one that was overtaken, and the one that overtook it
            Assert.True(proxy.Accepted >= 3, $"{proxy.Accepted} connections");
            await client.CheckAsync(memory);
        }
    }

    [Fact, Guarantee("REMO-03")]
    public async Task A_page_and_a_history_whose_stream_breaks_go_on_where_they_were()
    {
        await using var memory = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(memory);
        await using var proxy = new FaultProxy(server.Address);
        await using var store = await ConnectAsync(server, proxy);
        var client = new Appending(memory, 1);
        await client.RunAsync(4000);
        foreach (var after in (long[])[50_000, 300_000, 500_000])
        {
            proxy.Script(new Fault(FaultKind.Cut, after, OnTheWayBack: true), new Fault(FaultKind.Cut, after / 2, OnTheWayBack: true));
            proxy.Break();

            await client.CheckAsync(store);
        }
        proxy.Script(new Fault(FaultKind.Cut, 100_000, OnTheWayBack: true));
        proxy.Break();
        var page = await store.ListItemsAsync(new ListItemsRequest(client.ThreadId) { Limit = 3000 }, Cancellation);
        Assert.Equal(Enumerable.Range(0, 3000).Select(i => (long)i), page.Items.Select(item => item.Ordinal));
    }

    [Fact, Guarantee("REMO-04")]
    public async Task A_log_whose_copy_breaks_is_copied_whole()
    {
        await using var memory = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(memory);
        await using var proxy = new FaultProxy(server.Address);
        await using var store = await ConnectAsync(server, proxy);
        var client = new Appending(memory, 1);
        await client.RunAsync(4000);
        using var expected = new MemoryStream();
        await memory.GetService<IStoredBytes>()!.CopyLogAsync(client.ThreadId, expected, Cancellation);
        proxy.Script(new Fault(FaultKind.Cut, 70_001, OnTheWayBack: true), new Fault(FaultKind.Cut, 200_003, OnTheWayBack: true));
        proxy.Break();

        using var copy = new MemoryStream();
        await store.GetService<IStoredBytes>()!.CopyLogAsync(client.ThreadId, copy, Cancellation);
        Assert.Equal(expected.ToArray(), copy.ToArray());
    }

    static Task<RemoteThreadStore> ConnectAsync(RunningServer server, FaultProxy proxy) =>
        server.ConnectAsync(options =>
            options with
            {
                Address = proxy.Address,
                KeepAlive = TimeSpan.FromSeconds(1),
                MaxPause = TimeSpan.FromMilliseconds(200),
                RetryFor = TimeSpan.FromSeconds(20),
            }
        );
}
