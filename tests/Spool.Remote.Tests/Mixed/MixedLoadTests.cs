using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>Every kind of call at once by many clients over real connections that are cut, silent, late and refused, to a server that is
/// killed, stopped and started again, or whose leases run out; in the end the logs say whether all that was told is true. <c>./simulate
/// --load MINUTES</c> is the long run.</summary>
public sealed class MixedLoadTests : IAsyncDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("spool-mixed-").FullName;
    readonly List<IAsyncDisposable> _open = [];
    ServedProgram? _program;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var open in Enumerable.Reverse(_open))
            await open.DisposeAsync();
        if (_program is { } program)
            await program.KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact, Guarantee("REMO-28")]
    public Task What_clients_are_told_is_true_whatever_they_call_while_the_server_is_killed_and_connections_break() =>
        RunAsync(async seed =>
        {
            var folder = Path.Combine(_folder, $"{seed}");
            var port = FreePort();
            var server = _program = await ServedProgram.StartAsync(folder, port);
            var load = new Load(new Random(seed), new Uri($"http://127.0.0.1:{port}"), clients: 4, shared: 1);
            _open.Add(load);
            await load.RunAsync(
                events: 5,
                async random =>
                {
                    if (random.Next(3) > 0)
                        return;
                    await server.KillAsync();
                    server = _program = await ServedProgram.StartAsync(folder, port);
                }
            );
            await server.KillAsync();
            await using var home = LocalThreadStore.Open(
                new LocalThreadStoreOptions { Home = Path.Combine(folder, "home"), CacheDirectory = Path.Combine(folder, "fresh") }
            );
            await load.CheckAsync(home);
        });

    [Fact, Guarantee("REMO-29")]
    public Task What_clients_are_told_is_true_whatever_they_call_while_leases_run_out_and_the_server_is_stopped_and_started() =>
        RunAsync(async seed =>
        {
            var folder = Path.Combine(_folder, $"{seed}");
            var port = FreePort();
            var home = LocalThreadStore.Open(
                new LocalThreadStoreOptions { Home = Path.Combine(folder, "home"), CacheDirectory = Path.Combine(folder, "cache") }
            );
            _open.Add(home);
            var server = await StartAsync();
            var load = new Load(new Random(seed), new Uri($"http://127.0.0.1:{port}"), clients: 4, shared: 2);
            _open.Add(load);
            await load.RunAsync(
                events: 6,
                async random =>
                {
                    if (random.Next(4) > 0)
                        return;
                    await server.DisposeAsync();
                    server = await StartAsync();
                }
            );
            await server.DisposeAsync();
            await load.CheckAsync(home);

            Task<RunningServer> StartAsync() =>
                RunningServer.StartAsync(home, port, options => options with { WriterIdle = TimeSpan.FromMilliseconds(400) });
        });

    // SPOOL_LOAD_MINUTES and SPOOL_LOAD_SEED are the long run, and try a seed again: its choices, that is, not its times.
    static async Task RunAsync(Func<int, Task> run)
    {
        var first = Number("SPOOL_LOAD_SEED", 0);
        var until =
            TimeProvider.System.GetTimestamp()
            + (long)(Number("SPOOL_LOAD_MINUTES", 0) * 60 * (double)TimeProvider.System.TimestampFrequency);
        for (var seed = first; seed == first || TimeProvider.System.GetTimestamp() < until; seed++)
        {
            try
            {
                await run(seed);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed} failed. {e.Message}", e);
            }
        }
    }

    static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Clients, each behind a proxy of its own, and their threads: one for each client, and some that all write.</summary>
    sealed class Load(Random random, Uri server, int clients, int shared) : IAsyncDisposable
    {
        static readonly FaultKind[] Kinds =
        [
            FaultKind.Refuse,
            FaultKind.Cut,
            FaultKind.Cut,
            FaultKind.Cut,
            FaultKind.Delay,
            FaultKind.Swallow,
            FaultKind.Overtake,
            FaultKind.Overtake,
        ];

        readonly List<FaultProxy> _proxies = [];
        readonly List<RemoteThreadStore> _stores = [];
        readonly List<MixedWriter> _writers = [];
        long _called;

        public async Task RunAsync(int events, Func<Random, Task> happens)
        {
            var together = Enumerable.Range(0, shared).Select(_ => ThreadId.New(TimeProvider.System)).ToList();
            for (var i = 0; i < clients; i++)
            {
                var proxy = new FaultProxy(server);
                _proxies.Add(proxy);
                var store = new RemoteThreadStore(
                    new RemoteThreadStoreOptions(proxy.Address)
                    {
                        MaxPause = TimeSpan.FromMilliseconds(100),
                        KeepAlive = TimeSpan.FromSeconds(1),
                        CallTimeout = TimeSpan.FromSeconds(3),
                        MaxBytesUnderWay = random.Next(2) == 0 ? 5_000 : 8_000_000,
                        RetryFor = TimeSpan.FromSeconds(60),
                    }
                );
                _stores.Add(store);
                _writers.Add(
                    new MixedWriter(
                        store,
                        ThreadId.New(TimeProvider.System),
                        i % 2 == 0 ? HistoryModes.Legacy : HistoryModes.Paginated,
                        $"own {i}",
                        isShared: false,
                        new Random(random.Next())
                    )
                );
                _writers.AddRange(
                    together.Select(
                        (threadId, t) =>
                            new MixedWriter(store, threadId, HistoryModes.Legacy, $"{t} by {i}", isShared: true, new Random(random.Next()))
                    )
                );
            }
            var isOver = false;
            var writing = Task.WhenAll(
                _writers.Select(writer =>
                    Task.Run(() => writer.RunAsync(() => Volatile.Read(ref isOver), () => Interlocked.Increment(ref _called)), Cancellation)
                )
            );
            for (var i = 0; i < events && !writing.IsCompleted; i++)
            {
                var target = Interlocked.Read(ref _called) + 300;
                var proxy = _proxies[random.Next(clients)];
                proxy.Script(
                    Enumerable
                        .Range(0, random.Next(3))
                        .Select(_ => new Fault(Kinds[random.Next(Kinds.Length)], random.Next(30_000), random.Next(2) == 0))
                );
                proxy.Break();
                await happens(random);
                while (Interlocked.Read(ref _called) < target && !writing.IsCompleted)
                    await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancellation);
            }
            Volatile.Write(ref isOver, true);
#pragma warning disable VSTHRD003 // begun above
            await writing;
#pragma warning restore VSTHRD003
        }

        public async Task CheckAsync(IThreadStore home)
        {
            foreach (var writers in _writers.GroupBy(writer => writer.ThreadId))
                await MixedCheck.LogAsync(home, [.. writers]);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var store in _stores)
                await store.DisposeAsync();
            foreach (var proxy in _proxies)
                await proxy.DisposeAsync();
        }
    }
}
