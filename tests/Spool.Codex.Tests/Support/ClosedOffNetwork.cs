using System.Diagnostics;

namespace Spool.Codex.Tests;

/// <summary>A network that has only a loopback interface, for several programs that are to reach each other and nobody else.</summary>
/// <remarks>A process that does nothing holds it open. It reads from this one, so it ends with this one, however that ends.</remarks>
sealed class ClosedOffNetwork : IAsyncDisposable
{
    readonly Process _holder;

    ClosedOffNetwork(Process holder) => _holder = holder;

    /// <summary>Makes a network.</summary>
    public static async Task<ClosedOffNetwork> OpenAsync()
    {
        var holder = Process.Start(new ProcessStartInfo(Script, ["cat"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var network = new ClosedOffNetwork(holder);
        try
        {
            // The first line that comes back says that the network is there.
            await holder.StandardInput.WriteLineAsync("there");
            await holder.StandardInput.FlushAsync();
            Assert.Equal("there", await holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Says how to start a program in a network.</summary>
    /// <param name="network">The network, or null for one of the program's own.</param>
    /// <param name="command">The program and its arguments.</param>
    public static ProcessStartInfo Start(ClosedOffNetwork? network, params IEnumerable<string> command) =>
        new(Script, network is null ? command : ["--with", $"{network._holder.Id}", .. command]);

    /// <summary>Waits until nobody in the network has a connection to a port.</summary>
    public async Task WithoutConnectionsToAsync(int port)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        // Each line: a number, the own address, the other's, the state; addresses are hexadecimal, and 01 is an established connection.
        while (
            (await File.ReadAllLinesAsync($"/proc/{_holder.Id}/net/tcp", patience.Token)).Any(line =>
                line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, var other, "01", ..]
                && other.EndsWith($":{port:X4}", StringComparison.Ordinal)
            )
        )
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_holder.HasExited)
            _holder.Kill();
        await _holder.WaitForExitAsync(CancellationToken.None);
        _holder.Dispose();
    }

    static string Script => Path.Combine(AppContext.BaseDirectory, "closed-off");
}
