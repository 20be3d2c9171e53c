namespace Spool.Cli.Tests;

/// <summary>A home that was there and is gone is told from one that never was.</summary>
public sealed class GoneHomeTests : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("spool-gone-").FullName;
    readonly RealCommandLine _spool;

    public GoneHomeTests()
    {
        _spool = new RealCommandLine(Home);
        var folder = Directory.CreateDirectory(Path.Combine(Home, "sessions/2026/03/01")).FullName;
        File.WriteAllText(
            Path.Combine(folder, $"rollout-2026-03-01T10-00-00-{Samples.Id1}.jsonl"),
            $$$"""{"timestamp":"2026-03-01T10:00:00.000Z","type":"session_meta","payload":{"id":"{{{Samples.Id1}}}","timestamp":"2026-03-01T10:00:00.000Z","cwd":"/","originator":"x","cli_version":"1","source":"cli"}}"""
                + "\n"
        );
    }

    string Home => Path.Combine(_root, "home");

    public void Dispose()
    {
        _spool.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_command_on_a_home_that_is_gone_ends_with_6_until_its_index_is_rebuilt(bool isEmptyFolder)
    {
        await _spool.RunAsync("list", "--all");
        Directory.Delete(Home, recursive: true);
        if (isEmptyFolder)
            Directory.CreateDirectory(Home);

        foreach (
            var args in (string[][])
                [
                    ["list"],
                    ["list", "--json"],
                    ["show", Samples.Id1],
                    ["export", Samples.Id1, "--format", "md"],
                    ["archive", Samples.Id1],
                    ["delete", Samples.Id1, "--yes"],
                    ["index", "status"],
                ]
        )
        {
            var result = await _spool.TryAsync(args);
            Assert.Equal((6, ""), (result.Code, result.Out));
            Assert.Contains("1 thread of it is known", result.Error, StringComparison.Ordinal);
        }

        await _spool.RunAsync("index", "rebuild");
        Assert.Equal(isEmptyFolder ? 0 : 2, (await _spool.TryAsync("list")).Code);
    }

    [Fact]
    public async Task A_home_folder_that_never_was_is_wrong_usage_and_leaves_no_index()
    {
        Directory.Delete(Home, recursive: true);

        Assert.Equal(2, (await _spool.TryAsync("list")).Code);
        Assert.Equal(2, (await _spool.TryAsync("index", "rebuild")).Code);
        Assert.Empty(_spool.CachedFiles);
    }
}
