namespace Spool.Cli.Tests;

public sealed class IndexAndHelpTests
{
    readonly CommandLine _spool = new();

    [Fact]
    public async Task The_status_of_the_index_is_shown_to_people_and_programs()
    {
        _spool.Store.Status = _spool.Store.Status with
        {
            SizeBytes = 5_500_000,
            Rollouts = 12_000,
            Indexed = 11_990,
            Pending = 10,
            Threads = 11_000,
            Problems = 2,
        };

        Assert.Equal(
            """
            Index      /cache/index.db
            Format     1
            Size       5.2 MiB
            Rollouts   12,000
            Indexed    11,990
            Pending    10
            Threads    11,000
            Problems   2

            """,
            (await _spool.RunAsync("index", "status")).Out
        );
        Assert.Equal(
            """{"path":"/cache/index.db","formatVersion":1,"sizeBytes":5500000,"rollouts":12000,"indexed":11990,"pending":10,"threads":11000,"problems":2,"inMemoryBecause":null}"""
                + "\n",
            (await _spool.RunAsync("index", "status", "--json")).Out
        );
    }

    [Fact]
    public async Task A_rebuild_prints_the_status_afterwards()
    {
        _spool.Store.Status = _spool.Store.Status with { Indexed = 0, Pending = 3 };

        Assert.Contains("\"indexed\":3,\"pending\":0", (await _spool.RunAsync("index", "rebuild", "--json")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("spool ", "archive,completion,delete,export,fork,help,index,list,ls,open,rename,serve,show,unarchive")]
    [InlineData("spool li", "list")]
    [InlineData("spool list --s", "--search,--since,--sort,--source")]
    [InlineData("spool list --sort ", "created,recency,updated")]
    [InlineData("spool index ", "rebuild,status")]
    [InlineData("spool export --format m", "md")]
    [InlineData(
        "spool fork --",
        "--before-turn,--cache,--help,--here,--home,--json,--quiet,--remote,--remote-ca,--remote-token-file,--through-turn"
    )]
    [InlineData("spool delete --y", "--yes")]
    [InlineData("spool index status --", "--cache,--help,--home,--json,--quiet")]
    [InlineData("spool serve --re", "")]
    [InlineData("spool list --remote-", "--remote-ca,--remote-token-file")]
    public async Task A_shell_completes_what_can_come_next(string line, string expected)
    {
        var result = await _spool.RunAsync("complete", "--position", "99", "--", line);

        Assert.Equal(
            expected,
            string.Join(',', result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal))
        );
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _spool spool\n")]
    [InlineData("zsh", "compdef _spool spool; fi\n")]
    [InlineData("fish", "complete -c spool -f -k -a '(__spool_complete)'\n")]
    public async Task Every_shell_has_a_script(string shell, string last) =>
        Assert.EndsWith(last, (await _spool.RunAsync("completion", shell)).Out, StringComparison.Ordinal);

    [Theory]
    [InlineData]
    [InlineData("--help")]
    [InlineData("list", "--help")]
    [InlineData("show", "--help")]
    [InlineData("open", "--help")]
    [InlineData("export", "-h")]
    [InlineData("rename", "--help")]
    [InlineData("archive", "--help")]
    [InlineData("unarchive", "--help")]
    [InlineData("fork", "--help")]
    [InlineData("delete", "--help")]
    [InlineData("index", "rebuild", "--help")]
    [InlineData("help")]
    [InlineData("help", "list")]
    [InlineData("help", "index", "rebuild")]
    [InlineData("help", "help")]
    public async Task Help_ends_with_examples(params string[] args)
    {
        var result = await _spool.RunAsync(args);

        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Contains("\nExamples:\n  spool ", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "help")]
    [InlineData("list --help", "help list")]
    [InlineData("index --help", "help index")]
    [InlineData("index --help", "index")]
    [InlineData("--help", "")]
    public async Task Help_is_the_same_however_it_is_asked_for(string one, string other)
    {
        var (first, second) = (
            await _spool.RunAsync(one.Split(' ')),
            await _spool.RunAsync(other.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        );

        Assert.Equal((0, first.Out, ""), (second.Code, second.Out, second.Error));
        Assert.NotEmpty(first.Out);
    }

    [Fact]
    public async Task Help_of_a_command_that_is_not_there_is_wrong_usage() =>
        Assert.Equal(
            (2, "", "error: There is no command lst; did you mean list?\n"),
            await _spool.RunAsync("help", "lst") is var result ? (result.Code, result.Out, result.Error) : default
        );

    [Theory]
    [InlineData(false, "serve")]
    [InlineData(false, "index")]
    [InlineData(false, "index", "status")]
    [InlineData(false, "index", "rebuild")]
    [InlineData(true, "list")]
    [InlineData(true)]
    public async Task Help_offers_a_server_only_where_it_is_not_refused(bool isOffered, params string[] command) =>
        Assert.Equal(isOffered, (await _spool.RunAsync([.. command, "--help"])).Out.Contains("--remote", StringComparison.Ordinal));

    [Theory]
    [InlineData(120)]
    [InlineData(60)]
    public async Task No_line_of_a_help_ends_in_a_blank(int width)
    {
        _spool.Output = CommandLine.Terminal(width);
        foreach (var command in (string[])["", "list", "show", "export", "delete", "serve", "index status"])
            Assert.DoesNotContain(
                " \n",
                (await _spool.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"])).Out,
                StringComparison.Ordinal
            );
    }

    [Fact]
    public async Task The_help_of_all_names_what_a_list_leaves_out() =>
        Assert.Matches(
            @"--all +Everything: sub-agents, duplicates, and what has no message or cannot be read\n",
            (await _spool.RunAsync("list", "--help")).Out
        );

    [Fact]
    public async Task The_version_is_one_line() => Assert.Equal($"spool {SpoolRoot.Version}\n", (await _spool.RunAsync("--version")).Out);

    [Fact]
    public void Progress_shows_only_when_work_is_long_and_leaves_nothing_behind()
    {
        var (output, clock) = (new StringWriter(), new Clock());
        using (var line = new ProgressLine(output, CommandLine.Terminal(80), clock, "Indexing"))
        {
            line.Report(new IndexProgress(1, 2000));
            Assert.Equal("", output.ToString());
            clock.Ticks += TimeSpan.TicksPerSecond;
            line.Report(new IndexProgress(500, 2000));
            line.Report(new IndexProgress(501, 2000));
        }

        Assert.Equal("\rIndexing: 500 of 2,000 rollouts (25 %)\u001b[K\r\u001b[K", output.ToString());
    }

    sealed class Clock : TimeProvider
    {
        public long Ticks { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Ticks;
    }
}
