using System.Diagnostics;
using System.Text;

namespace Spool.Codex.Tests;

/// <summary>How Codex is started: closed off from the network, with the model beside it.</summary>
static class CodexProgram
{
    /// <summary>Gets the program that runs .NET assemblies.</summary>
    public static string DotNet =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    /// <summary>Says how to start a command of Codex on a home.</summary>
    /// <param name="home">The home.</param>
    /// <param name="release">The release.</param>
    /// <param name="network">The network, or null for one of its own.</param>
    /// <param name="arguments">The arguments of Codex.</param>
    public static ProcessStartInfo Start(CodexHome home, string release, ClosedOffNetwork? network, params IEnumerable<string> arguments)
    {
        var model = Path.Combine(AppContext.BaseDirectory, "Spool.MockModel.dll");
        var start = ClosedOffNetwork.Start(
            network,
            [DotNet, model, $"{CodexHome.ModelPort}", home.Model, CodexRelease.Require(release), .. arguments]
        );
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.StandardInputEncoding = new UTF8Encoding(false);
        start.StandardOutputEncoding = Encoding.UTF8;
        start.WorkingDirectory = home.Work;
        // Nothing of the user's settings, keys and proxies goes to Codex.
        foreach (
            var name in start
                .Environment.Keys.Where(name => name is not ("PATH" or "LANG" or "LC_ALL" or "SHELL" or "USER" or "DOTNET_ROOT"))
                .ToList()
        )
            start.Environment.Remove(name);
        start.Environment["HOME"] = home.User;
        start.Environment["CODEX_HOME"] = home.Path;
        start.Environment["CODEX_SQLITE_HOME"] = home.SqliteHome;
        start.Environment["RUST_LOG"] = "error";
        start.Environment["TZ"] = "UTC";
        return start;
    }
}
