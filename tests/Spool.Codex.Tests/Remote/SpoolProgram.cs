using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Spool.Codex.Tests;

/// <summary>The <c>spool</c> program, as a process of its own.</summary>
static class SpoolProgram
{
    /// <summary>Says how to start it on a home.</summary>
    /// <param name="home">The home.</param>
    /// <param name="network">The network, or null for one of its own.</param>
    /// <param name="arguments">The command and its arguments.</param>
    public static ProcessStartInfo Start(CodexHome home, ClosedOffNetwork? network, params IEnumerable<string> arguments)
    {
        var start = ClosedOffNetwork.Start(
            network,
            [
                CodexProgram.DotNet,
                Path.Combine(AppContext.BaseDirectory, "Spool.Cli.dll"),
                "--home",
                home.Path,
                "--cache",
                home.Cache,
                .. arguments,
            ]
        );
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment["DOTNET_TieredPGO"] = "0"; // nothing here runs long enough to gain by it
        return start;
    }

    /// <summary>Lists every thread of a home, as <c>spool list</c> does.</summary>
    public static async Task<IReadOnlyList<JsonNode>> ListAsync(CodexHome home, params IEnumerable<string> options) =>
        [.. (await RunAsync(home, ["list", "--limit", "100", "--json", .. options]))["threads"]!.AsArray().Select(thread => thread!)];

    /// <summary>Shows a thread with its turns, as <c>spool show</c> does.</summary>
    public static Task<JsonNode> ShowAsync(CodexHome home, ThreadId threadId) =>
        RunAsync(home, ["show", threadId.ToString(), "--turns", "--view", "codex", "--json"]);

    static async Task<JsonNode> RunAsync(CodexHome home, IReadOnlyList<string> arguments)
    {
        using var process = Process.Start(Start(home, null, arguments))!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var json = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"spool {arguments[0]} ended with {process.ExitCode}: {await errors}");
        return JsonNode.Parse(json)!;
    }
}
