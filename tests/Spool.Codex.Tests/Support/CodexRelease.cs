using System.Diagnostics;

namespace Spool.Codex.Tests;

/// <summary>The releases of Codex that the tests run, as <c>./test</c> installs them from npm.</summary>
static class CodexRelease
{
    /// <summary>The first release with a whole remote store client. It lists by file.</summary>
    public const string V125 = "0.125.0";

    /// <summary>A release that writes only the legacy mode, and takes no locks.</summary>
    public const string V128 = "0.128.0";

    /// <summary>The last release with a remote store client, and the one with the best.</summary>
    public const string V129 = "0.129.0";

    /// <summary>A release that writes paginated threads and locks them.</summary>
    public const string V169 = "0.169.0";

    /// <summary>The newest release that the tests know. What Spool answers is what this one answers, unless docs/codex-differences.md says
    /// otherwise.</summary>
    public const string V171 = "0.171.0";

    /// <summary>Says whether a release writes paginated threads. Such a release also locks what it writes, and keeps the turns of paginated
    /// threads in a database.</summary>
    public static bool IsPaginating(string release) => release is V169 or V171;

    static readonly Lazy<string?> WhyNotClosedOff = new(TryToCloseOff);

    /// <summary>Gives the program of a release. Without it, or without a way to close it off from the network, the test is skipped; where
    /// the tests have to be complete (<c>CI=true</c>) it fails.</summary>
    /// <param name="release">The release.</param>
    public static string Require(string release)
    {
        var folder = Path.Combine(Root(), "artifacts", "codex", release, "node_modules", "@openai");
        // The native program; the one in the package of the same name is a script.
        var program = Directory.Exists(folder)
            ? Directory
                .EnumerateFiles(folder, "codex", SearchOption.AllDirectories)
                .FirstOrDefault(file => new FileInfo(file).Length > 1 << 20)
            : null;
        if (program is null)
            Missing($"Codex {release} is not installed; run ./test once, on a machine with npm.");
        if (WhyNotClosedOff.Value is { } reason)
            Missing($"Codex cannot be closed off from the network here: {reason}");
        return program!;
    }

    static void Missing(string reason)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail(reason);
        Assert.Skip(reason);
    }

    static string? TryToCloseOff()
    {
        using var process = Process.Start(
            new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "closed-off"), ["true"]) { RedirectStandardError = true }
        )!;
        var error = process.StandardError.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"'closed-off true' ended with {process.ExitCode} {error}";
    }

    static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Spool.slnx")))
            directory = directory.Parent ?? throw new InvalidOperationException("The root of the repository was not found.");
        return directory.FullName;
    }
}
