using System.Diagnostics;

namespace Spool.Local.Tests;

/// <summary>A <c>spool serve</c> on a home. It is killed, not stopped, with the object.</summary>
sealed class HomeServer : IDisposable
{
    const string Prefix = "listening on ";

    readonly Process _process;

    HomeServer(Process process, string address) => (_process, Address) = (process, address);

    /// <summary>Gets where it listens.</summary>
    public string Address { get; }

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<HomeServer> StartAsync(TempHome home)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Spool.Cli.dll");
        var process = Process.Start(
            new ProcessStartInfo(
                "dotnet",
                [program, "serve", "--home", home.Path, "--cache", home.Cache, "--listen", "http://127.0.0.1:0", "--log", "error"]
            )
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
        var line = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith(Prefix, line, StringComparison.Ordinal);
        _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
        return new HomeServer(process, line![Prefix.Length..]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
