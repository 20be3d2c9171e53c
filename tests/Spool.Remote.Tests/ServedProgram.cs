using System.Diagnostics;

namespace Spool.Remote.Tests;

/// <summary><c>spool serve</c> as a process of its own.</summary>
sealed class ServedProgram
{
    readonly Process _process;
    bool _isGone;

    ServedProgram(Process process) => _process = process;

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<ServedProgram> StartAsync(string folder, int port)
    {
        var process = Process.Start(
            new ProcessStartInfo(
                "dotnet",
                [
                    Path.Combine(AppContext.BaseDirectory, "Spool.Cli.dll"),
                    "serve",
                    "--home",
                    Path.Combine(folder, "home"),
                    "--cache",
                    Path.Combine(folder, "cache"),
                    "--listen",
                    $"http://127.0.0.1:{port}",
                    "--log",
                    "error",
                ]
            )
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
        var line = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("listening on", line, StringComparison.Ordinal);
        _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
        return new ServedProgram(process);
    }

    /// <summary>Kills it, as nobody can prevent.</summary>
    public async Task KillAsync()
    {
        if (_isGone)
            return;
        _isGone = true;
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }
}
