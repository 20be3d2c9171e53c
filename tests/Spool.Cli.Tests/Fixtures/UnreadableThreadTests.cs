using System.Diagnostics;

namespace Spool.Cli.Tests;

/// <summary>What every command says of a thread that it cannot read, as a user who is not root.</summary>
public sealed class UnreadableThreadTests : IDisposable
{
    const string Unreadable = Samples.Id1;
    const int NotOpened = 6;
    const int Corrupt = 7;

    readonly string _folder = Directory.CreateTempSubdirectory("spool-unreadable-").FullName;

    string Home => Path.Combine(_folder, "home");

    string Rollout => Path.Combine(Home, $"sessions/2026/05/01/rollout-2026-05-01T00-00-00-{Unreadable}.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // A rollout that may not be opened may be as whole as any: that is another error than that of one with nothing in it. What needs
    // nothing of its content works.
    [Theory]
    [InlineData("show {0}", 0, 0)]
    [InlineData("show {0} --json", 0, 0)]
    [InlineData("show {0} --turns", NotOpened, Corrupt)]
    [InlineData("show {0} --turns --json", NotOpened, Corrupt)]
    [InlineData("show {0} --items", NotOpened, 0)]
    [InlineData("export {0} --format jsonl", NotOpened, 0)]
    [InlineData("export {0} --format json", NotOpened, Corrupt)]
    [InlineData("export {0} --format md", NotOpened, Corrupt)]
    [InlineData("export {0} --format html", NotOpened, Corrupt)]
    [InlineData("fork {0}", NotOpened, Corrupt)]
    [InlineData("archive {0}", 0, 0)]
    [InlineData("delete {0} --yes", 0, 0)]
    public async Task Every_command_tells_a_rollout_that_may_not_be_opened_from_one_in_which_there_is_nothing(
        string line,
        int notOpened,
        int garbage
    )
    {
        await RequireOtherUserAsync();
        foreach (var (mode, expected) in ((string, int)[])[("000", notOpened), ("600", garbage)])
        {
            var (code, answer, words) = await AsNobodyAsync(
                line,
                () =>
                {
                    File.WriteAllText(Rollout, "no record at all\n");
                    Run("chmod", mode, Rollout);
                }
            );

            Assert.True(expected == code, $"{line} with mode {mode} ended with {code}: {words}");
            Assert.DoesNotContain("Exception", words, StringComparison.Ordinal);
            if (expected != 0)
                Assert.Equal((true, false), (answer.Length == 0, words.Contains("denied", StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData("show {0} --turns", Corrupt, "the place of the rollout")]
    [InlineData("show {0} --items", Corrupt, "the place of the rollout")]
    [InlineData("export {0} --format jsonl", Corrupt, "the place of the rollout")]
    [InlineData("export {0} --format md", Corrupt, "the place of the rollout")]
    [InlineData("fork {0}", Corrupt, "the place of the rollout")]
    [InlineData("rename {0} named", 0, "is now named")]
    [InlineData("delete {0} --yes", NotOpened, "rollout-2026-05-01T00-00-00")]
    public async Task What_is_in_the_place_of_a_rollout_is_named_by_every_command(string line, int code, string said)
    {
        await RequireOtherUserAsync();

        var result = await AsNobodyAsync(line, () => Directory.CreateDirectory(Rollout));

        Assert.Equal((code, ""), (result.Code, result.Answer));
        Assert.Contains(said, result.Words, StringComparison.Ordinal);
        Assert.DoesNotContain("meanwhile", result.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deletion_works_where_the_folder_of_codexs_databases_may_not_be_read()
    {
        await RequireOtherUserAsync();

        var (code, _, words) = await AsNobodyAsync(
            "delete {0} --yes",
            () =>
            {
                File.WriteAllText(Rollout, Head(Unreadable));
                File.WriteAllText(Path.Combine(Home, "config.toml"), "sqlite_home = 'locked'");
                Run("chmod", "000", Directory.CreateDirectory(Path.Combine(Home, "locked")).FullName);
            }
        );

        Assert.True(code == 0, words);
        Assert.Contains("state_5.sqlite holds of the thread: left, because it may not be written", words, StringComparison.Ordinal);
        Assert.DoesNotContain("denied", words, StringComparison.Ordinal);
        Assert.False(File.Exists(Rollout));
    }

    [Fact]
    public async Task A_thread_is_kept_while_a_later_rollout_may_not_be_opened_and_the_words_say_which_and_what_to_do()
    {
        await RequireOtherUserAsync();
        var later = $"rollout-2026-05-02T00-00-00-{Guid.CreateVersion7(DateTimeOffset.UtcNow)}.jsonl";

        var (code, _, words) = await AsNobodyAsync(
            "delete {0} --yes",
            () =>
            {
                File.WriteAllText(
                    Rollout,
                    Head(Unreadable).Replace("\"cwd\"", "\"history_mode\":\"paginated\",\"cwd\"", StringComparison.Ordinal)
                );
                var other = Path.Combine(Path.GetDirectoryName(Rollout)!, later);
                File.WriteAllText(other, "");
                File.AppendAllText(other, "{}\n");
                Run("chmod", "000", other);
            }
        );

        Assert.Equal(NotOpened, code);
        Assert.Contains($"sessions/2026/05/01/{later} cannot be read", words, StringComparison.Ordinal);
        Assert.Contains("Make it readable, delete that thread first, or move it out of the home", words, StringComparison.Ordinal);
        Assert.True(File.Exists(Rollout));
    }

    static string Head(string id) =>
        $$$"""{"timestamp":"2026-05-01T00:00:00.000Z","type":"session_meta","payload":{"id":"{{{id}}}","timestamp":"2026-05-01T00:00:00.000Z","cwd":"/w","originator":"test","cli_version":"1","source":"cli"}}"""
        + "\n";

    async Task RequireOtherUserAsync()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
            "Root may open everything, and only root can be somebody else."
        );
        Assert.SkipUnless((await RunAsync("list --help")).Code == 0, "Other users cannot reach the program here.");
    }

    async Task<(int Code, string Answer, string Words)> AsNobodyAsync(string line, Action fill)
    {
        if (Directory.Exists(Home))
            Directory.Delete(Home, recursive: true);
        Directory.CreateDirectory(Path.GetDirectoryName(Rollout)!);
        if (Directory.Exists(Rollout))
            Directory.Delete(Rollout);
        File.Delete(Rollout);
        fill();
        Run("chown", "-hR", "65534:65534", _folder);
        return await RunAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, line, Unreadable));
    }

    async Task<(int Code, string Answer, string Words)> RunAsync(string line)
    {
        var start = new ProcessStartInfo(
            "setpriv",
            [
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "dotnet",
                Path.Combine(AppContext.BaseDirectory, "Spool.Cli.dll"),
                .. line.Split(' '),
                "--home",
                Home,
                "--cache",
                Path.Combine(_folder, Path.GetRandomFileName()),
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        using var process = Process.Start(start)!;
        var words = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var answer = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, answer, await words);
    }

    static void Run(string program, params string[] args)
    {
        using var process = Process.Start(program, args);
        process.WaitForExit();
    }
}
