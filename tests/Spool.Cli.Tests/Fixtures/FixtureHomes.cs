using System.Formats.Tar;
using System.Text.Json.Nodes;
using ZstdSharp;

namespace Spool.Cli.Tests;

/// <summary>Homes that released Codex versions wrote, with what each version answered about them.</summary>
/// <remarks>
/// The archive holds, for each home, its files, <c>NAME.expected.json</c> (the version's own answers to <c>thread/list</c> and
/// <c>thread/read</c>) and <c>NAME.mtimes.json</c> (the times of its files in nanoseconds, which no archive keeps exactly).
/// </remarks>
static class FixtureHomes
{
    static readonly Lazy<string> Root = new(Unpack);

    /// <summary>Gets the name of every home, such as <c>0.169.0/fork</c>.</summary>
    public static IEnumerable<string> Names =>
        Directory
            .EnumerateFiles(Root.Value, "*.expected.json", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root.Value, file)[..^".expected.json".Length])
            .Order(StringComparer.Ordinal);

    /// <summary>Gets the folder of a home.</summary>
    public static string PathOf(string name) => Path.Combine(Root.Value, name);

    /// <summary>Reads what Codex answered.</summary>
    public static JsonNode ExpectedOf(string name) => JsonNode.Parse(File.ReadAllBytes(PathOf(name) + ".expected.json"))!;

    static string Unpack()
    {
        var root = Directory.CreateTempSubdirectory("spool-fixtures-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(root, recursive: true);
        using (var stream = new DecompressionStream(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "homes.tar.zst"))))
            TarFile.ExtractToDirectory(stream, root, overwriteFiles: false);
        var homes = Path.Combine(root, "homes");
        foreach (var times in Directory.EnumerateFiles(homes, "*.mtimes.json", SearchOption.AllDirectories))
        {
            var home = times[..^".mtimes.json".Length];
            foreach (var (path, time) in JsonNode.Parse(File.ReadAllBytes(times))!.AsObject())
                File.SetLastWriteTimeUtc(Path.Combine(home, path), DateTime.UnixEpoch.AddTicks((long)time! / 100));
        }
        return homes;
    }
}
