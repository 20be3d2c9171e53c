using System.Text;
using Grpc.Net.Client;
using Spool.Contracts;
using Spool.Remote;
using Spool.Server;
using Codex = Spool.Contracts.CodexV1;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Benchmarks;

/// <summary>Appends and reads through a server on this machine. Client and server share one process and its cores.</summary>
static class RemoteBenchmark
{
    const int LineBytes = 1024;
    const int LinesPerAppend = 64;

    // a thread that the server never heard of is begun with its first item
    const string CodexThread = "019f2d00-0000-7000-8000-000000000001";

    public static async Task RunAsync(BenchmarkRun run)
    {
        await using var memory = new InMemoryThreadStore();
        await using var server = await ServeAsync(memory);
        await using var store = new RemoteThreadStore(new RemoteThreadStoreOptions(new Uri(server.Addresses[0])));
        await OneByOneAsync(run, server, store);

        await StreamedAsync(run, "memory", store, 200_000);
        await using (var local = run.Open(run.NewFolder("served"), reconcile: TimeSpan.FromHours(1)))
        {
            await using var localServer = await ServeAsync(local);
            await using var remote = new RemoteThreadStore(new RemoteThreadStoreOptions(new Uri(localServer.Addresses[0])));
            await StreamedAsync(run, "local", remote, 100_000);
        }
        await HistoryAsync(run, store);
    }

    static async Task OneByOneAsync(BenchmarkRun run, SpoolServer server, RemoteThreadStore store)
    {
        using var channel = GrpcChannel.ForAddress(server.Addresses[0]);
        var client = new Wire.ThreadStore.ThreadStoreClient(channel);
        var codex = new Codex.ThreadStore.ThreadStoreClient(channel);
        await using var writer = await CreateAsync(store);
        var (leased, lease) = await OpenAsync(client);
        var empty = new Samples("an empty call");
        var unary = new Samples("Append, of one line");
        var unaryCodex = new Samples("AppendItems of Codex's contract, of one line");
        var append = new Samples("AppendAsync of one line, on its stream");
        var item = Item();
        var json = $$"""{"type":"event_msg","payload":{{Encoding.UTF8.GetString(item.Payload.Span)}}}""";
        for (var round = 0; round < (run.Settings.IsQuick ? 300 : 10_000); round++)
        {
            await empty.MeasureAsync(async () => await client.GetCapabilitiesAsync(new Wire.GetCapabilitiesRequest()));
            await unary.MeasureAsync(async () =>
                await client.AppendAsync(
                    new Wire.AppendRequest
                    {
                        ThreadId = leased.ToString(),
                        LeaseId = lease.ToString(),
                        Items = { WireItems.ToWire(item) },
                    }
                )
            );
            await unaryCodex.MeasureAsync(async () =>
                await codex.AppendItemsAsync(new Codex.AppendThreadItemsRequest { ThreadId = CodexThread, ItemsJson = { json } })
            );
            await append.MeasureAsync(async () => await writer.AppendAsync(new AppendRequest([item])));
        }
        run.Show(ResultTable.Of(empty, empty, unary, unaryCodex, append));
        foreach (var measured in (Samples[])[unary, unaryCodex, append])
            run.Targets.AtMost($"{measured.Name}, against an empty call", measured.Median / empty.Median, 2, "x");
    }

    static async Task<(ThreadId ThreadId, Guid Lease)> OpenAsync(Wire.ThreadStore.ThreadStoreClient client)
    {
        var (threadId, lease) = (ThreadId.New(TimeProvider.System), Guid.CreateVersion7());
        await client.OpenWriterAsync(WireWrites.ToWire(new CreateRequest(threadId, MetaOf(threadId)), lease, owner: null));
        return (threadId, lease);
    }

    static async Task StreamedAsync(BenchmarkRun run, string name, RemoteThreadStore store, int target)
    {
        var lines = run.Settings.IsQuick ? 6_400 : 640_000;
        var samples = new Samples($"{lines:#,0} lines into {name}");
        for (var round = 0; round < (run.Settings.IsQuick ? 2 : 5); round++)
        {
            await using var writer = await CreateAsync(store);
            await writer.PersistAsync();
            NewItem[] items = [.. Enumerable.Repeat(Item(), LinesPerAppend)];
            await samples.MeasureAsync(() => AppendAllAsync(writer, items, lines));
            await writer.ShutDownAsync();
            await store.DeleteOrKeepAsync(writer.ThreadId);
        }
        var rate = lines / samples.Median * 1000;
        run.Say(FormattableString.Invariant($"{samples.Name}: median {samples.Median:0} ms, {rate:#,0} lines/s of {LineBytes} bytes."));
        run.Targets.AtLeast($"streamed appends into {name}", rate, target, "lines/s");
    }

    static async Task<int> AppendAllAsync(IThreadWriter writer, NewItem[] items, int lines)
    {
        const int UnderWay = 256;
        var appends = new Queue<Task<AppendReceipt>>();
        for (var sent = 0; sent < lines; sent += items.Length)
        {
            appends.Enqueue(writer.AppendAsync(new AppendRequest(items) { Durability = Durability.Buffered }).AsTask());
            if (appends.Count >= UnderWay)
                await appends.Dequeue();
        }
        await Task.WhenAll(appends);
        await writer.FlushAsync();
        return lines;
    }

    static async Task HistoryAsync(BenchmarkRun run, RemoteThreadStore store)
    {
        var items = run.Settings.IsQuick ? 5_000 : 50_000;
        await using var writer = await CreateAsync(store);
        await AppendAllAsync(writer, [.. Enumerable.Repeat(Item(), 50)], items);
        var read = new Samples("ReadHistoryAsync through the server");
        long bytes = 0,
            before = 0;
        for (var round = 0; round < (run.Settings.IsQuick ? 2 : 15); round++)
        {
            if (round == 2)
                before = GC.GetTotalMemory(forceFullCollection: true);
            bytes = await read.MeasureAsync(() => ReadAsync(store, writer.ThreadId));
        }
        var growth = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6;
        var rate = bytes / 1e3 / read.Median;
        run.Say(
            FormattableString.Invariant(
                $"{items:#,0} items, {bytes / 1e6:0} MB: median {read.Median:0} ms, {rate:0} MB/s; memory grew by {growth:0.0} MB over all rounds but two."
            )
        );
        run.Targets.AtLeast("reading a history", rate, 200, "MB/s");
    }

    static async Task<long> ReadAsync(RemoteThreadStore store, ThreadId threadId)
    {
        long bytes = 0;
        await foreach (var item in store.ReadHistoryAsync(new ReadHistoryRequest(threadId)))
            bytes += item.Length + 1;
        return bytes;
    }

    // What is not deleted only costs memory until the end.
    static async Task DeleteOrKeepAsync(this RemoteThreadStore store, ThreadId threadId)
    {
        try
        {
            await store.DeleteAsync(threadId);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.Unsupported)
        {
            return;
        }
    }

    static async Task<IThreadWriter> CreateAsync(RemoteThreadStore store)
    {
        var id = ThreadId.New(TimeProvider.System);
        return await store.CreateAsync(new CreateRequest(id, MetaOf(id)));
    }

    static NewItem MetaOf(ThreadId threadId) =>
        new SessionMeta(threadId, TimeProvider.System.GetUtcNow())
        {
            Cwd = "/w",
            Originator = "bench",
            CliVersion = "0.128.0",
        }.ToItem();

    static NewItem Item() =>
        NewItem.FromJson("event_msg", $$"""{"type":"agent_message","message":"{{new string('x', LineBytes - 120)}}"}""");

    static ValueTask<SpoolServer> ServeAsync(IThreadStore store) =>
        SpoolServer.StartAsync(
            new SpoolServerOptions
            {
                StoreOf = _ => store,
                Addresses = [ListenAddress.Parse("http://127.0.0.1:0")],
                Time = TimeProvider.System,
            }
        );
}
