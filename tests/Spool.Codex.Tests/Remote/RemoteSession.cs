using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Spool.Codex.Tests;

/// <summary>A Codex whose threads are with <c>spool serve</c>, both in one closed-off network. Either can end and be started
/// again.</summary>
sealed class RemoteSession : IAsyncDisposable
{
    readonly ClosedOffNetwork _network;
    CodexAppServer? _codex;
    Wire? _wire;

    RemoteSession(RemoteClient client, CodexHome home, CodexHome served, ClosedOffNetwork network, HomeServer server) =>
        (Client, Home, Served, _network, Server) = (client, home, served, network, server);

    /// <summary>Gets the release, with what it can do.</summary>
    public RemoteClient Client { get; }

    /// <summary>Gets the home that Codex uses.</summary>
    public CodexHome Home { get; }

    /// <summary>Gets the home that is served.</summary>
    public CodexHome Served { get; }

    /// <summary>Gets the server.</summary>
    public HomeServer Server { get; }

    /// <summary>Gets what is between Codex and the server.</summary>
    public Wire Wire => _wire ?? throw new InvalidOperationException("Codex reaches the server without it.");

    /// <summary>Gets the running Codex.</summary>
    public CodexAppServer Codex => _codex ?? throw new InvalidOperationException("Codex was not started.");

    /// <summary>Starts a server and a Codex.</summary>
    /// <param name="client">The release.</param>
    /// <param name="home">The home that Codex uses.</param>
    /// <param name="served">The home that is served.</param>
    /// <param name="logsCalls">Whether the server is to name every call in its log. It always does for a release that says too little
    /// itself.</param>
    /// <param name="hasWire">Whether something is between the two that can hold answers back.</param>
    public static async Task<RemoteSession> StartAsync(
        RemoteClient client,
        CodexHome home,
        CodexHome served,
        bool logsCalls = false,
        bool hasWire = false
    )
    {
        CodexRelease.Require(client.Release);
        var network = await ClosedOffNetwork.OpenAsync();
        HomeServer server;
        try
        {
            server = await HomeServer.StartAsync(served, network, logsCalls || !client.Can(Ability.ReportTurns));
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
        var session = new RemoteSession(client, home, served, network, server);
        try
        {
            if (hasWire)
                session._wire = await Wire.StartAsync(network);
            UseServer(home, endpoint: hasWire ? Wire.Endpoint : HomeServer.Endpoint);
            await session.StartCodexAsync();
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Points a home at the server.</summary>
    /// <param name="home">The home.</param>
    /// <param name="last">Settings to put behind the usual ones.</param>
    /// <param name="endpoint">Where it finds the server.</param>
    public static void UseServer(CodexHome home, string last = "", string endpoint = HomeServer.Endpoint) =>
        home.Configure($"experimental_thread_store_endpoint = \"{endpoint}\"", last);

    /// <summary>Starts a Codex.</summary>
    public async Task StartCodexAsync() => _codex = await CodexAppServer.StartAsync(Home, Client.Release, _network);

    /// <summary>Ends Codex as its user would. It must not have missed anything of the store.</summary>
    public async Task EndCodexAsync()
    {
        var (code, errors) = await Codex.EndAsync();
        Assert.Equal(0, code);
        Assert.False(errors.Split('\n').Any(Client.Blames), errors);
    }

    /// <summary>Ends Codex as a crash would.</summary>
    public async Task KillCodexAsync()
    {
        Codex.Kill();
        await Codex.EndAsync();
    }

    /// <summary>Ends the server.</summary>
    public Task EndServerAsync(ServerEnd end) => StepAsync($"the server is {end}", () => Server.EndAsync(end));

    /// <summary>Runs <c>codex exec</c> and gives what it wrote.</summary>
    public async Task<string> ExecAsync(string prompt)
    {
        using var process = Process.Start(
            CodexProgram.Start(Home, Client.Release, _network, "exec", "--skip-git-repo-check", "--json", prompt)
        )!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"codex exec ended with {process.ExitCode}: {await errors}");
        return output;
    }

    /// <summary>Does one step. What goes wrong in it is told with its name.</summary>
    public async Task StepAsync(string name, Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception e) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new StepFailure($"Codex {Client.Release}, step \"{name}\": {e.Message}", e);
        }
    }

    /// <summary>Does one step that needs an ability. A release without it has to be refused in the way that is known.</summary>
    /// <param name="ability">The ability.</param>
    /// <param name="name">The name of the step.</param>
    /// <param name="step">The step. The first thing it does is what needs the ability.</param>
    public async Task StepAsync(Ability ability, string name, Func<Task> step)
    {
        if (Client.GapOf(ability) is not { } gap)
            await StepAsync(name, step);
        else if (gap.Refusal is { } refusal)
            await StepAsync(
                $"{name} (it cannot: {gap.Reason})",
                async () => Assert.Contains(refusal, (await Assert.ThrowsAsync<CodexError>(step)).Reason, StringComparison.Ordinal)
            );
    }

    /// <summary>Runs a turn to its end.</summary>
    public Task TurnAsync(ThreadId threadId, string text) => TurnsAsync([(threadId, text)]);

    /// <summary>Runs turns of several threads at once, to the end of all.</summary>
    public async Task TurnsAsync(IReadOnlyList<(ThreadId ThreadId, string Text)> turns)
    {
        var (seen, flushes) = (Codex.NoteCount, Server.AnsweredOf("FlushThread"));
        foreach (var (threadId, text) in turns)
            await Codex.BeginTurnAsync(threadId, text);
        foreach (var (threadId, _) in turns)
            await TurnIsOverAsync(threadId, seen);
        if (!Client.Can(Ability.ReportTurns))
            await Server.AnsweredAsync("FlushThread", flushes + turns.Count);
    }

    /// <summary>Takes a thread's context together.</summary>
    public async Task CompactAsync(ThreadId threadId)
    {
        var (seen, flushes) = (Codex.NoteCount, Server.AnsweredOf("FlushThread"));
        await Codex.OnAsync("thread/compact/start", threadId);
        if (Client.Can(Ability.ReportTurns))
            await TurnIsOverAsync(threadId, seen);
        else
            await Server.AnsweredAsync("FlushThread", flushes + 1);
    }

    /// <summary>Gives what was said in the turns of a thread, and how each ended where the release knows that.</summary>
    public IReadOnlyList<string> SaidIn(JsonNode thread) =>
        [.. Turns.Texts(thread).Where(text => Client.Can(Ability.ReportTurns) || !text.StartsWith('('))];

    public async ValueTask DisposeAsync()
    {
        if (_codex is not null)
            await _codex.DisposeAsync();
        if (_wire is not null)
            await _wire.DisposeAsync();
        await Server.DisposeAsync();
        await _network.DisposeAsync();
    }

    // A release that does not report the end of a turn reports its last item; after that it sends the rest of the turn and at last asks the
    // store to flush.
    async Task TurnIsOverAsync(ThreadId threadId, int seen)
    {
        if (!Client.Can(Ability.ReportTurns))
        {
            await Codex.NoteAsync(
                seen,
                "item/completed",
                note => (string?)note["threadId"] == threadId.ToString() && (string?)note["item"]?["type"] == "agentMessage"
            );
            return;
        }
        var turn = (await Codex.NoteAsync(seen, "turn/completed", note => (string?)note["threadId"] == threadId.ToString()))["turn"]!;
        Assert.True((string?)turn["status"] == "completed", $"A turn did not end well: {turn.ToJsonString()}");
    }
}
