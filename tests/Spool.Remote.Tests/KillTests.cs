using System.Net;
using System.Net.Sockets;
using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>The real server program over a home, killed while many write, and started again on the same port.</summary>
public sealed class KillTests : IAsyncDisposable
{
    const int Clients = 16;
    const int Kills = 20;
    const int ItemsBetweenKills = 400;

    readonly string _folder = Directory.CreateTempSubdirectory("spool-kill-").FullName;

    ServedProgram? _server;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_server is { } left)
            await left.KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact, Guarantee("REMO-05")]
    public async Task A_server_that_is_killed_and_started_again_loses_and_doubles_nothing_and_every_client_goes_on_by_itself()
    {
        var port = FreePort();
        var server = _server = await ServedProgram.StartAsync(_folder, port);
        await using var store = new RemoteThreadStore(
            new RemoteThreadStoreOptions(new Uri($"http://127.0.0.1:{port}"))
            {
                MaxPause = TimeSpan.FromMilliseconds(200),
                KeepAlive = TimeSpan.FromSeconds(1),
            }
        );
        var appended = 0;
        var stopped = false;
        var killing = Task.Run(
            async () =>
            {
                for (var kill = 0; kill < Kills; kill++)
                {
                    // By what was appended and not by the clock: each life of the server has work to lose.
                    var target = Volatile.Read(ref appended) + ItemsBetweenKills;
                    while (Volatile.Read(ref appended) < target)
                        await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancellation);
                    await server.KillAsync();
                    server = _server = await ServedProgram.StartAsync(_folder, port);
                }
                Volatile.Write(ref stopped, true);
            },
            Cancellation
        );

        var clients = Enumerable.Range(0, Clients).Select(i => new Appending(store, i)).ToList();
        var appending = Task.WhenAll(
            clients.Select(
                (client, i) =>
                    client.RunUntilAsync(
                        () => Volatile.Read(ref stopped),
                        i % 2 == 0 ? HistoryModes.Legacy : HistoryModes.Paginated,
                        () => Interlocked.Increment(ref appended)
                    )
            )
        );
#pragma warning disable VSTHRD003 // begun above
        // A server that does not start again is why clients fail, so it is told first.
        if (await Task.WhenAny(killing, appending) == killing)
            await killing;
        await appending;
        await killing;
#pragma warning restore VSTHRD003

        foreach (var client in clients)
            await client.CheckAsync(store);
        await server.KillAsync();
        await using var home = LocalThreadStore.Open(
            new LocalThreadStoreOptions { Home = Path.Combine(_folder, "home"), CacheDirectory = Path.Combine(_folder, "fresh") }
        );
        foreach (var client in clients)
            await client.CheckAsync(home);
    }

    // Below the range that the system gives to connections: between two lives of the server one of them would take the port, or connect to
    // itself on it.
    static int FreePort()
    {
        for (var port = 20_000 + Environment.ProcessId % 8_000; ; port++)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                continue; // taken
            }
        }
    }
}
