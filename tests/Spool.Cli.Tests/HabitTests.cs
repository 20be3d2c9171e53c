namespace Spool.Cli.Tests;

/// <summary>What people try without reading a page: quiet, a trial, a server of the environment, and what a shell completes.</summary>
public sealed class HabitTests
{
    readonly CommandLine _spool = new();

    public HabitTests()
    {
        _spool.Store.Threads.Add(
            Samples.Thread(Samples.Id1, TimeSpan.FromHours(1), "Fix it") with
            {
                Name = "parser",
                Cwd = "/srv/x",
                GitInfo = new GitInfo("abc", "topic/1", "https://example.com/x/tool.git"),
            }
        );
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id2, TimeSpan.FromHours(2), "Say hello"));
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id3, TimeSpan.FromHours(0), "Look") with { ParentThreadId = Id(1) });
    }

    [Theory]
    [InlineData("spool show 01a2", $"{Samples.Id1}\tparser (1 h ago)|{Samples.Id2}\tSay hello (2 h ago)")]
    [InlineData("spool show p", $"parser\tthread {Samples.Id1}")]
    [InlineData("spool open la", "last\tthe thread that was used last")]
    [InlineData("spool archive la", "last\tthe thread that was used last")]
    [InlineData("spool list --branch t", "topic/1\t1 thread")]
    [InlineData("spool list --repo ", "https://example.com/x/tool.git\t1 thread")]
    [InlineData("spool list --provider ", "openai\t2 threads")]
    [InlineData("spool list --cwd /s", "/srv/x\t1 thread")]
    [InlineData("spool list --source cl", "cli")]
    [InlineData("spool list --parent 01", $"{Samples.Id1}\tparser (1 h ago)|{Samples.Id2}\tSay hello (2 h ago)")]
    public async Task A_shell_completes_recent_threads_and_what_they_have(string line, string expected)
    {
        var result = await _spool.RunAsync("complete", "--describe", "--position", "99", "--", line);

        Assert.Equal(expected.Replace('|', '\n') + "\n", result.Out);
        Assert.DoesNotContain('\t', (await _spool.RunAsync("complete", "--position", "99", "--", line)).Out);
    }

    [Fact]
    public async Task Where_the_home_cannot_be_opened_a_shell_completes_nothing_and_says_nothing()
    {
        _spool.Store.Failure = new ThreadStoreException(ThreadStoreErrorCode.Unavailable, "Not here.");

        Assert.Equal((0, "", ""), Parts(await _spool.RunAsync("complete", "--", "spool show ")));
    }

    [Fact]
    public async Task Last_and_names_are_of_this_folder_where_that_is_asked()
    {
        Assert.Contains(Samples.Id1, (await _spool.RunAsync("show", "last", "--json")).Out, StringComparison.Ordinal);
        Assert.Contains(Samples.Id2, (await _spool.RunAsync("show", "last", "--here", "--json")).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await _spool.RunAsync("show", "parser")).Code);
        Assert.Equal(3, (await _spool.RunAsync("show", "parser", "--here")).Code);
        Assert.Contains(
            "There is no thread 'last~1': the list has 1 of this folder,",
            (await _spool.RunAsync("show", "last~1", "--here")).Error,
            StringComparison.Ordinal
        );
        Assert.Equal(2, (await _spool.RunAsync("index", "status", "--here")).Code);
    }

    [Fact]
    public async Task Quiet_leaves_out_words_but_no_errors_and_warnings()
    {
        _spool.Store.Warnings = ["Something is left."];

        Assert.Equal("", (await _spool.RunAsync("list", "-q", "-n", "1")).Error);
        Assert.Equal("warning: Something is left.\n", (await _spool.RunAsync("-q", "rename", Samples.Id1, "x")).Error);
        Assert.StartsWith("error: ", (await _spool.RunAsync("archive", "--quiet", Samples.Id1[..8] + "9")).Error, StringComparison.Ordinal);
        Assert.Equal(
            "error: There is no option --limitt; did you mean --limit?\n",
            (await _spool.RunAsync("list", "-q", "--limitt", "5")).Error
        );
        Assert.StartsWith("spool ", (await _spool.RunAsync("-v")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trial_of_a_deletion_says_what_would_go_and_changes_nothing()
    {
        var words = await _spool.RunAsync("delete", "--dry-run", Samples.Id1);
        var json = await _spool.RunAsync("delete", "--dry-run", "--json", Samples.Id1);

        Assert.Equal(
            (
                0,
                $"spool: Would delete thread {Samples.Id1}, \"parser\" (0 turns, created 1 h ago), /home/ann/.codex/sessions/rollout-{Samples.Id1}.jsonl, and every copy of its log.\n"
                    + $"spool: 1 sub-agent stays: spool list --parent {Samples.Id1}\n"
            ),
            (words.Code, words.Error)
        );
        Assert.StartsWith($"{{\"thread\":{{\"id\":\"{Samples.Id1}\"", json.Out, StringComparison.Ordinal);
        Assert.Equal(3, _spool.Store.Threads.Count);
        Assert.Equal(3, (await _spool.RunAsync("delete", "--dry-run", "01a20428-d3ad-73a1-92e6-c2af64741e99")).Code);
    }

    [Fact]
    public async Task What_stays_of_a_thread_that_goes_is_said_with_the_command_that_lists_it()
    {
        _spool.Store.Threads.Add(
            Samples.Thread("01a20428-d3ad-73a1-92e6-c2af64741e34", TimeSpan.Zero, "") with
            {
                ParentThreadId = Id(1),
                ArchivedAt = CommandLine.Now,
            }
        );
        _spool.Store.Threads.Add(
            Samples.Thread("01a20428-d3ad-73a1-92e6-c2af64741e35", TimeSpan.Zero, "Fix it") with
            {
                ForkedFromId = Id(1),
            }
        );
        string[] agents =
        [
            $"spool: 1 sub-agent stays: spool list --parent {Samples.Id1}",
            $"spool: 1 archived sub-agent stays: spool list --parent {Samples.Id1} --archived --all",
        ];
        var fork = "spool: 1 fork stays: spool show 01a20428-d3ad-73a1-92e6-c2af64741e35";

        Assert.Equal(
            [$"spool: 1 sub-agent stays active: spool list --parent {Samples.Id1}"],
            Lines(await _spool.RunAsync("archive", Samples.Id1))[1..]
        );
        Assert.Equal((IEnumerable<string>)[.. agents, fork], Lines(await _spool.RunAsync("delete", "--dry-run", Samples.Id1))[1..]);
        Assert.Equal((IEnumerable<string>)[.. agents, fork], Lines(await _spool.RunAsync("delete", "--yes", Samples.Id1))[1..]);
        Assert.Single(Lines(await _spool.RunAsync("archive", Samples.Id2)));

        static string[] Lines(Result result) => result.Error.TrimEnd('\n').Split('\n');
    }

    [Fact]
    public async Task The_environment_may_name_a_server_and_a_home_that_is_given_comes_first()
    {
        _spool.Remote = "not an address";

        Assert.Contains("The address of a server is http://HOST:PORT", (await _spool.RunAsync("list")).Error, StringComparison.Ordinal);
        Assert.Equal(0, (await _spool.RunAsync("list", "--home", "/h")).Code);
        Assert.Equal(0, (await _spool.RunAsync("index", "status")).Code);
    }

    static (int, string, string) Parts(Result result) => (result.Code, result.Out, result.Error);

    static ThreadId Id(int number) => ThreadId.Parse($"01a20428-d3ad-73a1-92e6-c2af64741e3{number}");
}
