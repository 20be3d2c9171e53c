using CsCheck;

namespace Spool.Cli.Tests;

/// <summary>What people ask of lists: roots and their sub-agents, places and times, what is not shown, and layouts of their own.</summary>
public sealed class ListForPeopleTests
{
    static readonly int[] Widths = [40, 60, 80, 120, 200];

    const string Odd = "a 本\t\u0301\ud83c\udf89\u200d";

    readonly CommandLine _spool = new();

    public ListForPeopleTests()
    {
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id3, TimeSpan.FromHours(1), "Look at the parser") with { ParentThreadId = Id(2) });
        _spool.Store.Threads.Add(
            Samples.Thread(Samples.Id2, TimeSpan.FromHours(2), "Fix it") with
            {
                GitInfo = new GitInfo("abc", "main", "https://example.com/x/tool.git"),
            }
        );
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id1, TimeSpan.FromDays(5), "Say hello") with { Cwd = "/home/ann/work/a/b" });
        _spool.Store.Threads.Add(Samples.Thread("01a20428-d3ad-73a1-92e6-c2af64741e34", TimeSpan.FromDays(6), ""));
        _spool.Store.Threads.Add(
            Samples.Thread("01a20428-d3ad-73a1-92e6-c2af64741e35", TimeSpan.FromDays(7), "Old") with
            {
                ArchivedAt = CommandLine.Now,
            }
        );
    }

    [Fact]
    public async Task A_list_has_threads_that_were_begun_for_themselves_and_counts_the_others()
    {
        var result = await _spool.RunAsync("list");

        Assert.Equal([Samples.Id2, Samples.Id1], IdsOf(result));
        Assert.Equal("hint: Not shown: 1 sub-agent, 1 without a message, 1 archived: --agents, --all, --archived\n", result.Error);
        var json = (await _spool.RunAsync("list", "--json")).Out;
        Assert.EndsWith(
            "\"total\":2,\"notShown\":{\"subAgents\":1,\"withoutMessage\":1,\"archived\":1,\"active\":0}}\n",
            json,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(Samples.Id3, json, StringComparison.Ordinal);
        Assert.Equal("hint: Not shown: 2 active: no --archived\n", (await _spool.RunAsync("list", "--archived")).Error);
        Assert.Equal("hint: Not shown: 1 archived: --archived\n", (await _spool.RunAsync("list", "--all")).Error);
    }

    [Fact]
    public async Task Sub_agents_stand_below_their_parent_and_can_be_asked_for_alone()
    {
        _spool.Output = CommandLine.Terminal(110);
        var all = await _spool.RunAsync("list", "--agents");
        _spool.Output = Screen.Piped;

        Assert.Equal(
            ["Fix it", "└ Look at the parser", "Say hello"],
            all.Out.Split('\n')[1..^1].Select(line => line[50..72].Split("  ")[0])
        );
        Assert.Equal([Samples.Id3, Samples.Id2, Samples.Id1], IdsOf(await _spool.RunAsync("list", "--agents")));
        Assert.Equal([Samples.Id3], IdsOf(await _spool.RunAsync("list", "--parent", Samples.Id2)));
        Assert.Equal([Samples.Id3], IdsOf(await _spool.RunAsync("list", "--parent", Samples.Id2[..36])));
        _spool.Output = CommandLine.Terminal(110);
        Assert.Contains(
            "agent of 01a20428: Look at the parser",
            (await _spool.RunAsync("list", "--agents", "-n", "1")).Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Sub_agents_of_one_thread_do_not_name_it_in_each_row_and_their_own_names_stand_where_there_is_room()
    {
        _spool.Store.Threads[0] = _spool.Store.Threads[0] with { AgentNickname = "Euler", AgentRole = "explorer" };
        _spool.Output = CommandLine.Terminal(80);

        Assert.Equal(["Look at the parser"], Titles(await _spool.RunAsync("list", "--parent", Samples.Id2), 48));
        Assert.Contains("└ Look at the p", (await _spool.RunAsync("list", "--agents")).Out, StringComparison.Ordinal);
        _spool.Output = CommandLine.Terminal(120);
        Assert.Equal(["Euler (explorer): Look at the parser"], Titles(await _spool.RunAsync("list", "--parent", Samples.Id2), 48));
        Assert.Contains(
            "└ Euler (explorer): Look at the parser",
            (await _spool.RunAsync("list", "--agents")).Out,
            StringComparison.Ordinal
        );

        static IEnumerable<string> Titles(Result result, int at) => result.Out.Split('\n')[1..^1].Select(line => line[at..].Split("  ")[0]);
    }

    [Fact]
    public async Task Sub_agents_stand_in_the_order_of_the_list_below_their_parent_too()
    {
        _spool.Store.Threads.Insert(
            0,
            Samples.Thread("01a20428-d3ad-73a1-92e6-c2af64741e36", TimeSpan.FromMinutes(1), "Later") with
            {
                ParentThreadId = Id(2),
            }
        );
        var alone = IdsOf(await _spool.RunAsync("list", "--parent", Samples.Id2));
        _spool.Output = CommandLine.Terminal(110);

        var below = (await _spool.RunAsync("list", "--agents")).Out.Split('\n').Where(line => line.Contains('└'));

        Assert.Equal(alone, below.Select(line => line[12..48]));
    }

    [Fact]
    public async Task Columns_of_a_terminal_share_its_width_by_need_and_numbers_stand_at_the_right()
    {
        _spool.Store.Threads.Clear();
        for (var i = 1; i <= 5; i++)
            _spool.Store.Threads.Add(
                Samples.Thread(
                    $"01a20428-d3ad-73a1-92e6-c2af64741e3{i}",
                    TimeSpan.FromHours(i),
                    "A title that is quite long, as most are"
                ) with
                {
                    Cwd = "/srv",
                    TokensUsed = i == 1 ? 1_234_567 : 12,
                    GitInfo = new GitInfo(null, i == 1 ? "a-branch-with-a-name-that-is-long" : null, null),
                    AgentNickname = i == 2 ? "Someone with a long name" : null,
                }
            );
        _spool.Output = CommandLine.Terminal(100);

        var lines = (await _spool.RunAsync("list", "--columns", "id,title,folder,branch,tokens,agent")).Out.Split('\n');

        Assert.Equal(
            [
                "ID                                    TITLE                   FOLDER  BRANCH       TOKENS  AGENT",
                "01a20428-d3ad-73a1-92e6-c2af64741e31  A title that is quite…  /srv    a-branc…  1,234,567",
                "01a20428-d3ad-73a1-92e6-c2af64741e32  A title that is quite…  /srv                     12  Someone…",
            ],
            lines[..3]
        );
    }

    [Fact]
    public async Task Threads_whose_parents_go_round_in_a_ring_are_shown_once()
    {
        _spool.Store.Threads.Clear();
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id1, TimeSpan.Zero, "a") with { ParentThreadId = Id(2) });
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id2, TimeSpan.Zero, "b") with { ParentThreadId = Id(1) });
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id3, TimeSpan.Zero, "c") with { ParentThreadId = Id(3) });
        _spool.Output = CommandLine.Terminal(110);

        var lines = (await _spool.RunAsync("list", "--agents")).Out.Split('\n')[1..^1];

        Assert.Equal([Samples.Id1, Samples.Id2, Samples.Id3], lines.Select(line => line[10..].Trim()[..36]));
    }

    [Fact]
    public async Task Places_and_times_choose_threads()
    {
        Assert.Equal([Samples.Id1], IdsOf(await _spool.RunAsync("list", "--cwd", "/home/ann/work/a")));
        Assert.Equal([Samples.Id2, Samples.Id1], IdsOf(await _spool.RunAsync("list", "--here")));
        Assert.Equal([Samples.Id2], IdsOf(await _spool.RunAsync("list", "--branch", "main")));
        Assert.Equal([Samples.Id2], IdsOf(await _spool.RunAsync("list", "--repo", "X/tool")));
        Assert.Equal([Samples.Id2], IdsOf(await _spool.RunAsync("list", "--since", "3d")));
        Assert.Equal([Samples.Id1], IdsOf(await _spool.RunAsync("list", "--until", "2026-05-15")));
        Assert.Empty(IdsOf(await _spool.RunAsync("list", "--until", "2026-05-14")));
        Assert.Equal(
            "spool: No threads match since 2026-05-20 11:00.\nhint: 1 matches without --since.\n",
            (await _spool.RunAsync("list", "--branch", "main", "--since", "1h")).Error
        );
    }

    [Theory]
    [InlineData("No threads match since 2026-05-20 11:57.", "--since", "3m")]
    [InlineData("No threads match before 2026-01-02 00:00.", "--until", "2026-01-01")]
    [InlineData(
        "No threads match since 2026-05-19 00:00 and before 2026-05-20 00:00; --search looks at names and first messages.",
        "--since",
        "tuesday",
        "--until",
        "Tuesday",
        "--search",
        "x"
    )]
    [InlineData(
        "No threads match since 2026-05-20 14:00 and before 2026-05-18 14:00: --since is later than --until.",
        "--since",
        "0m",
        "--until",
        "2d",
        "zone"
    )]
    public async Task An_empty_list_says_which_times_were_meant(string said, params string[] options)
    {
        if (options[^1] == "zone")
            (_spool.Zone, options) = (TimeZoneInfo.CreateCustomTimeZone("two", TimeSpan.FromHours(2), "two", "two"), options[..^1]);

        Assert.StartsWith($"spool: {said}\n", (await _spool.RunAsync(["list", .. options])).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-04-08", "2026-04-07T22:00:00Z", "2026-04-08T22:00:00Z")]
    [InlineData("2026-01-08", "2026-01-07T23:00:00Z", "2026-01-08T23:00:00Z")]
    [InlineData("2026-04-08 16:16", "2026-04-08T14:16:00Z", "2026-04-08T14:16:00Z")]
    [InlineData("2026-04-08T16:16:30", "2026-04-08T14:16:30Z", "2026-04-08T14:16:30Z")]
    [InlineData("2026-04-08T16:16Z", "2026-04-08T16:16:00Z", "2026-04-08T16:16:00Z")]
    [InlineData("2026-04-08T16:16:00.5+05:30", "2026-04-08T10:46:00.5Z", "2026-04-08T10:46:00.5Z")]
    [InlineData("today", "2026-05-19T22:00:00Z", "2026-05-20T22:00:00Z")]
    [InlineData("Yesterday", "2026-05-18T22:00:00Z", "2026-05-19T22:00:00Z")]
    [InlineData("30m", "2026-05-20T11:30:00Z", "2026-05-20T11:30:00Z")]
    [InlineData("12h", "2026-05-20T00:00:00Z", "2026-05-20T00:00:00Z")]
    [InlineData("2w", "2026-05-06T12:00:00Z", "2026-05-06T12:00:00Z")]
    [InlineData("3 days", "2026-05-17T12:00:00Z", "2026-05-17T12:00:00Z")]
    [InlineData("1Minute", "2026-05-20T11:59:00Z", "2026-05-20T11:59:00Z")]
    [InlineData("2mo", "2026-03-20T12:00:00Z", "2026-03-20T12:00:00Z")]
    [InlineData("1y", "2025-05-20T12:00:00Z", "2025-05-20T12:00:00Z")]
    [InlineData("tuesday", "2026-05-18T22:00:00Z", "2026-05-19T22:00:00Z")]
    [InlineData("Wednesday", "2026-05-12T22:00:00Z", "2026-05-13T22:00:00Z")]
    [InlineData("sunday", "2026-05-16T22:00:00Z", "2026-05-17T22:00:00Z")]
    [InlineData("tue", "2026-05-18T22:00:00Z", "2026-05-19T22:00:00Z")]
    [InlineData("Tues", "2026-05-18T22:00:00Z", "2026-05-19T22:00:00Z")]
    [InlineData("last tuesday", "2026-05-18T22:00:00Z", "2026-05-19T22:00:00Z")]
    [InlineData("3 days ago", "2026-05-17T12:00:00Z", "2026-05-17T12:00:00Z")]
    [InlineData("12h ago", "2026-05-20T00:00:00Z", "2026-05-20T00:00:00Z")]
    [InlineData("100000y", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z")]
    [InlineData("100000d", "1752-08-04T12:00:00Z", "1752-08-04T12:00:00Z")]
    [InlineData("0001-01-01", "0001-01-01T00:00:00Z", "0001-01-01T22:00:00Z")]
    public void A_time_is_said_as_people_say_it(string text, string from, string before)
    {
        var clock = new FixedTime(CommandLine.Now, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));

        Assert.Equal(DateTimeOffset.Parse(from, null).UtcDateTime, TimeOption.From(text, clock)!.Value.UtcDateTime, TimeSpan.FromHours(2));
        if (text != "0001-01-01")
            Assert.Equal(
                (DateTimeOffset.Parse(from, null), DateTimeOffset.Parse(before, null)),
                (TimeOption.From(text, clock)!.Value, TimeOption.Before(text, clock)!.Value)
            );
    }

    [Theory]
    [InlineData("3")]
    [InlineData("d")]
    [InlineData("3x")]
    [InlineData("-3d")]
    [InlineData("2026-13-01")]
    [InlineData("99999999999d")]
    [InlineData("tomorrow")]
    [InlineData("3-days")]
    [InlineData("3dayss")]
    [InlineData("tu")]
    [InlineData("tuesdays")]
    [InlineData("tod")]
    [InlineData("last today")]
    [InlineData("last ")]
    [InlineData("3ago")]
    public async Task What_is_no_time_is_refused_with_those_there_are(string text)
    {
        var result = await _spool.RunAsync("list", $"--since={text}");

        Assert.Equal(2, result.Code);
        Assert.Contains($"--since takes a date (2026-04-08)", result.Error, StringComparison.Ordinal);
        Assert.Contains($"not '{text}'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_lays_out_the_line_of_a_thread()
    {
        Assert.Equal(
            $"{Samples.Id2}\tFix it {{main}}\\ /home/ann/.codex/sessions/rollout-{Samples.Id2}.jsonl\n",
            (await _spool.RunAsync("list", "-n", "1", "--format", @"{id}\t{title} {{{branch}}}\\ {file}")).Out
        );
        Assert.Equal($"{Samples.Id2}\tmain\n", (await _spool.RunAsync("list", "-n1", "--columns", "id, branch")).Out);
        Assert.Equal($"{Samples.Id2}\tmain\n", (await _spool.RunAsync("list", "-n1", "--columns", "ID, Branch")).Out);
        Assert.Equal($"{Samples.Id2}\n", (await _spool.RunAsync("list", "-n1", "--format", "{ID}")).Out);
        Assert.Equal("2026-05-20T10:00:00Z\n", (await _spool.RunAsync("list", "-n1", "--utc", "--columns", "created")).Out);
        foreach (
            var (args, said) in new[]
            {
                (new[] { "--format", "{titel}" }, "There is no value 'titel'; did you mean title? Those of a thread are id, title,"),
                (["--format", "{id"], "is not closed"),
                (["--format", "json"], "--format 'json' names no value; did you mean --json?"),
                (["--format", "CSV"], "--format 'CSV' names no value; a value stands in braces: '{id} {title}'."),
                (["--format", "id title"], "--format 'id title' names no value; did you mean '{id} {title}'?"),
                (["--format", "{{id}}"], "--format '{{id}}' names no value; a value stands in braces: '{id} {title}'."),
                (["--columns", "WHEN,title"], "There is no value 'WHEN'; did you mean created? Those of a thread are id, title,"),
                (["--columns", "thread"], "There is no value 'thread'; did you mean title?"),
                (["--format", "{cwd}"], "There is no value 'cwd'; did you mean folder?"),
                (["--columns", "modelProvider"], "There is no value 'modelProvider'; did you mean provider?"),
                (["--columns", "id,xyz"], "There is no value 'xyz'. Those of a thread are id, title,"),
                (["--columns", ","], "--columns names no value"),
                (["--columns", "id", "--json"], "--columns and --json both say what is printed"),
            }
        )
        {
            var result = await _spool.RunAsync(["list", .. args]);
            Assert.Equal(2, result.Code);
            Assert.Contains(said, result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task No_line_is_wider_than_the_terminal_and_no_id_is_cut()
    {
        var text = Gen.OneOf(
            Gen.String[Gen.Char.AlphaNumeric, 0, 300],
            Gen.String[Gen.Int[0, Odd.Length - 1].Select(at => Odd[at]), 0, 60]
        );
        var thread = Gen.Select(
            text,
            text,
            text,
            Gen.Enum<ThreadCondition>(),
            Gen.Int[0, 400],
            (title, folder, branch, state, days) =>
                Samples.Thread(Samples.Id1, TimeSpan.FromDays(days), title) with
                {
                    Cwd = folder,
                    State = state,
                    GitInfo = branch.Length == 0 ? null : new GitInfo(null, branch, null),
                    ForkedFromId = days % 3 == 0 ? Id(2) : null,
                    ParentThreadId = days % 5 == 0 ? Id(3) : null,
                }
        );
        var columns = Gen.Int[0, ThreadCells.Names.Count - 1].Select(at => ThreadCells.Names[at]).List[1, 8];
        await Gen.Select(thread.List[1, 5], columns)
            .SampleAsync(
                async (threads, names) =>
                {
                    var spool = new CommandLine();
                    spool.Store.Threads.AddRange(threads.Select((one, at) => one with { Id = Id(at + 1) }));
                    foreach (var width in Widths)
                    {
                        spool.Output = CommandLine.Terminal(width);
                        var table = await spool.RunAsync("list", "--all");
                        Fits(table, width, 40);
                        Assert.All(
                            threads.Select((_, at) => Id(at + 1)),
                            id => Assert.Contains($"{id}", table.Out, StringComparison.Ordinal)
                        );
                        Fits(await spool.RunAsync("list", "--all", "--columns", string.Join(',', names)), width, 60);
                    }
                },
                iter: 60
            );

        static void Fits(Result result, int width, int least)
        {
            Assert.Equal(0, result.Code);
            Assert.All(result.Out.Split('\n'), line => Assert.True(CellText.Width(line) < Math.Max(width, least), $"{width}: {line}"));
        }
    }

    [Fact]
    public async Task Lines_for_programs_have_one_form_whatever_a_thread_says()
    {
        _spool.Store.Threads[1] = _spool.Store.Threads[1] with { Name = "a\tb\nc\u001b[2Jd", Cwd = "/x\ty" };

        var lines = (await _spool.RunAsync("list", "--all")).Out.TrimEnd('\n').Split('\n');

        Assert.All(lines, line => Assert.Equal(6, line.Split('\t').Length));
        Assert.All(lines, line => Assert.True(ThreadId.TryParse(line.Split('\t')[0], out _)));
    }

    static ThreadId Id(int number) => ThreadId.Parse($"01a20428-d3ad-73a1-92e6-c2af64741e3{number}");

    static string[] IdsOf(Result result) =>
        [.. result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')[0])];
}
