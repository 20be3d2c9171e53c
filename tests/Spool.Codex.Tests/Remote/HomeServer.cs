using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Spool.Codex.Tests;

/// <summary><c>spool serve</c> over a home, as a process of its own in a closed-off network, which can end and be started again.</summary>
sealed partial class HomeServer : IAsyncDisposable
{
    /// <summary>Where it listens. Every network has its own loopback interface, so they can all use the same.</summary>
    public const string Endpoint = "http://127.0.0.1:7070";

    /// <summary>The port of that.</summary>
    public const int Port = 7070;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly CodexHome _home;
    readonly ClosedOffNetwork _network;
    readonly bool _logsCalls;
    readonly Lock _state = new();
    readonly Dictionary<string, int> _answered = new(StringComparer.Ordinal);
    TaskCompletionSource _oneMore = NewSignal();
    Process? _process;
    Task _reading = Task.CompletedTask;

    HomeServer(CodexHome home, ClosedOffNetwork network, bool logsCalls) => (_home, _network, _logsCalls) = (home, network, logsCalls);

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="home">The home to serve.</param>
    /// <param name="network">The network.</param>
    /// <param name="logsCalls">Whether its log is to name every call that it answers, so that they are counted here.</param>
    public static async Task<HomeServer> StartAsync(CodexHome home, ClosedOffNetwork network, bool logsCalls)
    {
        var server = new HomeServer(home, network, logsCalls);
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it again on the same home.</summary>
    public async Task StartAgainAsync()
    {
        _process = Process.Start(
            SpoolProgram.Start(_home, _network, "serve", "--listen", Endpoint, "--log", _logsCalls ? "debug" : "error")
        )!;
        _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        while (
            await _process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience) is var line
            && line?.StartsWith("listening on", StringComparison.Ordinal) != true
        )
            Assert.True(line is not null, "The server ended before it listened.");
        _reading = ReadAsync(_process);
    }

    /// <summary>Ends it.</summary>
    public async Task EndAsync(ServerEnd end)
    {
        if (end == ServerEnd.Killed)
        {
            await DisposeAsync();
            return;
        }
        using (var signal = Process.Start("sh", ["-c", $"kill -TERM {_process!.Id}"]))
            await signal.WaitForExitAsync(TestContext.Current.CancellationToken);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        Assert.Equal(0, _process.ExitCode);
        await DisposeAsync();
    }

    /// <summary>Gives how often its log says that it has answered a method.</summary>
    public int AnsweredOf(string method)
    {
        lock (_state)
            return _answered.GetValueOrDefault(method);
    }

    /// <summary>Waits until it has answered a method so often, and Codex has all answers.</summary>
    public async Task AnsweredAsync(string method, int times)
    {
        while (true)
        {
            Task more;
            lock (_state)
            {
                if (_answered.GetValueOrDefault(method) >= times)
                    break;
                more = _oneMore.Task;
            }
            await more.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
        await IdleAsync();
    }

    /// <summary>Waits until nobody waits for an answer. Codex opens a connection for each call, and closes it when it has the
    /// answer.</summary>
    public Task IdleAsync() => _network.WithoutConnectionsToAsync(Port);

    /// <summary>Kills it, if it is there.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is not { } process)
            return;
        _process = null;
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        await _reading.WaitAsync(Patience);
        process.Dispose();
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    async Task ReadAsync(Process process)
    {
        while (await process.StandardError.ReadLineAsync(CancellationToken.None) is { } line)
        {
            if (Answered().Match(line) is not { Success: true } answered)
                continue;
            lock (_state)
            {
                _answered[answered.Groups[1].Value] = _answered.GetValueOrDefault(answered.Groups[1].Value) + 1;
                _oneMore.SetResult();
                _oneMore = NewSignal();
            }
        }
    }

    [GeneratedRegex(@"""Message"":""/codex\.thread_store\.v1\.ThreadStore/(\w+) of ")]
    private static partial Regex Answered();
}
