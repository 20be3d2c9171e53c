using System.Diagnostics;

namespace Spool.Codex.Tests;

/// <summary>What is between Codex and its server when answers are to be held back: a process of its own in their network.</summary>
sealed class Wire : IAsyncDisposable
{
    const int Port = 7071;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly Process _process;

    Wire(Process process) => _process = process;

    /// <summary>Gets where clients find it.</summary>
    public static string Endpoint => $"http://127.0.0.1:{Port}";

    /// <summary>Starts it.</summary>
    /// <param name="network">The network.</param>
    public static async Task<Wire> StartAsync(ClosedOffNetwork network)
    {
        var start = ClosedOffNetwork.Start(
            network,
            CodexProgram.DotNet,
            Path.Combine(AppContext.BaseDirectory, "Spool.MockModel.dll"),
            "--wire",
            $"{Port}",
            $"{HomeServer.Port}"
        );
        start.RedirectStandardInput = start.RedirectStandardOutput = true;
        var wire = new Wire(Process.Start(start)!);
        await wire.SaysAsync("listening");
        return wire;
    }

    /// <summary>Holds answers back from now on.</summary>
    public Task HoldAsync() => OrderAsync("hold");

    /// <summary>Waits until an answer is held that another was not before.</summary>
    public Task AnswerAsync() => SaysAsync("answer");

    /// <summary>Lets go what is held. Later answers are held again.</summary>
    public Task PassAsync() => OrderAsync("pass");

    /// <summary>Ends every connection, with what is held. Later answers pass.</summary>
    public Task CutAsync() => OrderAsync("cut");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    async Task OrderAsync(string order)
    {
        await _process.StandardInput.WriteLineAsync(order);
        await _process.StandardInput.FlushAsync();
        await SaysAsync(order);
    }

    async Task SaysAsync(string what)
    {
        while (
            await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience) is var line
            && line != what
        )
            Assert.True(line is not null, "The wire has ended.");
    }
}
