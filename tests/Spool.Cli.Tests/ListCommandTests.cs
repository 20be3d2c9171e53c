using System.Text.Json;

namespace Spool.Cli.Tests;

public sealed class ListCommandTests
{
    readonly CommandLine _spool = new();

    public ListCommandTests()
    {
        _spool.Store.Threads.Add(
            Samples.Thread(Samples.Id1, TimeSpan.FromMinutes(3), "Fix the flaky test\nin the parser") with
            {
                GitInfo = new GitInfo("abc", "main", null),
            }
        );
        _spool.Store.Threads.Add(
            Samples.Thread(Samples.Id2, TimeSpan.FromDays(1), "Say hello") with
            {
                Name = "Greeting",
                Cwd = "/srv/hello",
            }
        );
        _spool.Store.Threads.Add(
            Samples.Thread(
                Samples.Id3,
                TimeSpan.FromDays(136),
                "Read everything and then write a summary of what was read, file by file"
            ) with
            {
                State = ThreadCondition.Torn,
            }
        );
    }

    [Fact]
    public async Task Piped_output_is_one_line_a_thread_that_begins_with_its_id_and_cuts_nothing()
    {
        var result = await _spool.RunAsync("list");

        Assert.Equal(
            """
            01a20428-d3ad-73a1-92e6-c2af64741e31	2026-05-20T11:57:00Z	Fix the flaky test in the parser	/home/ann/work/spool	main	
            01a20428-d3ad-73a1-92e6-c2af64741e32	2026-05-19T12:00:00Z	Greeting	/srv/hello		
            01a20428-d3ad-73a1-92e6-c2af64741e33	2026-01-04T12:00:00Z	Read everything and then write a summary of what was read, file by file	/home/ann/work/spool		torn

            """,
            result.Out
        );
        Assert.Equal((0, ""), (result.Code, result.Error));
    }

    [Fact]
    public async Task A_fork_is_told_from_its_source_by_a_note_that_is_never_cut()
    {
        _spool.Store.Threads[2] = _spool.Store.Threads[2] with
        {
            Name = "Greeting",
            ForkedFromId = ThreadId.Parse(Samples.Id2),
            State = ThreadCondition.Ok,
        };
        var piped = await _spool.RunAsync("list");
        _spool.Output = CommandLine.Terminal(80);
        var terminal = await _spool.RunAsync("list");

        Assert.Contains($"\tGreeting\t/home/ann/work/spool\t\tfork:{Samples.Id2}\n", piped.Out, StringComparison.Ordinal);
        Assert.Contains("\tGreeting\t/srv/hello\t\t\n", piped.Out, StringComparison.Ordinal);
        Assert.Contains($"  {Samples.Id3}  fork of 01a20428: Greeting\n", terminal.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(76, "Fix the flaky test in the parser", "/srv/projects/something/long", "Fix the flaky…  …hing/long")] // 14 and 10
    [InlineData(75, "Fix the flaky test in the parser", "/srv/projects/something/long", "Fix the flaky test in th…")]
    [InlineData(80, "Fix the flaky test in the parser", "/srv/projects/something/long", "Fix the flaky tes…  …hing/long")]
    [InlineData(64, "Hello", "/srv", "Hello   /srv")] // 6 and 6, as their titles are
    [InlineData(63, "Hello", "/srv", "Hello")]
    public async Task The_folder_is_shown_where_both_it_and_the_title_have_room_to_be_told_apart(
        int width,
        string title,
        string folder,
        string shown
    )
    {
        _spool.Output = CommandLine.Terminal(width);
        _spool.Store.Threads.Clear();
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id1, TimeSpan.FromMinutes(3), title) with { Cwd = folder });

        var line = (await _spool.RunAsync("list")).Out.Split('\n')[1];

        Assert.EndsWith($"{Samples.Id1}  {shown}", line.TrimEnd(), StringComparison.Ordinal);
        Assert.True(line.Length < width, line);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(200)]
    public async Task A_table_on_a_terminal_fits_its_width_and_shows_whole_ids(int width)
    {
        _spool.Output = CommandLine.Terminal(width);
        _spool.Store.Threads.Add(
            Samples.Thread(
                "01a20428-d3ad-73a1-92e6-c2af64741e34",
                TimeSpan.FromHours(3),
                "日本語のとても長い題名です。絵文字🎉もあります。日本語のとても長い題名です。"
            )
        );

        var result = await _spool.RunAsync("list");

        Assert.All(result.Out.Split('\n'), line => Assert.True(CellText.Width(line) < Math.Max(width, 46), line));
        Assert.Contains(Samples.Id3, result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wide_terminal_shows_titles_cut_by_an_ellipsis()
    {
        _spool.Store.Threads[0] = _spool.Store.Threads[0] with { GitInfo = null };
        _spool.Output = CommandLine.Terminal(110);

        var result = await _spool.RunAsync("list");

        Assert.Equal(
            """
            WHEN UTC    ID                                    STATE  THREAD                                  FOLDER
            3 min ago   01a20428-d3ad-73a1-92e6-c2af64741e31         Fix the flaky test in the parser        ~/work/spool
            yesterday   01a20428-d3ad-73a1-92e6-c2af64741e32         Greeting                                /srv/hello
            2026-01-04  01a20428-d3ad-73a1-92e6-c2af64741e33  torn   Read everything and then write a summ…  ~/work/spool

            """,
            result.Out
        );
    }

    [Fact]
    public async Task Text_that_would_command_the_terminal_is_disarmed()
    {
        _spool.Store.Threads.Clear();
        _spool.Store.Threads.Add(
            Samples.Thread(Samples.Id1, TimeSpan.Zero, "a\u001b[2Jb\u001b]0;evil\u0007c\u009b31md\u202ee\u0000f\rg") with
            {
                Cwd = "/tmp/\u001b[31mx",
            }
        );

        var result = await _spool.RunAsync("list");

        Assert.EndsWith("\tabcd\uFFFDe\uFFFDf g\t/tmp/x\t\t\n", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Out);
    }

    [Fact]
    public async Task A_huge_preview_stays_one_line()
    {
        _spool.Store.Threads.Clear();
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id1, TimeSpan.Zero, new string('x', 10_000_000)));

        var result = await _spool.RunAsync("list");

        Assert.InRange(result.Out.Length, 2000, 5000);
    }

    [Fact]
    public async Task Markup_in_a_title_is_text()
    {
        _spool.Store.Threads.Clear();
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id1, TimeSpan.Zero, "[red]x[/] [[y]] [z"));

        Assert.Contains("[red]x[/] [[y]] [z", (await _spool.RunAsync("list")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_the_contract()
    {
        _spool.Store.Threads.Clear();
        _spool.Store.Threads.Add(
            Samples.Thread(Samples.Id1, TimeSpan.FromMinutes(3), "Say \"hé\" <b>") with
            {
                GitInfo = new GitInfo("abc", "main", null),
                Source = new SessionSource(
                    """{"subagent":{"thread_spawn":{"parent_thread_id":"01a20428-d3ad-73a1-92e6-c2af64741e32","depth":1}}}"""
                ),
            }
        );

        var result = await _spool.RunAsync("list", "--agents", "--json");

        Assert.Equal(
            """{"threads":[{"id":"01a20428-d3ad-73a1-92e6-c2af64741e31","name":null,"preview":"Say \"hé\" <b>","createdAt":"2026-05-20T11:57:00.000Z","updatedAt":"2026-05-20T11:57:30.125Z","archivedAt":null,"cwd":"/home/ann/work/spool","source":{"subAgent":{"thread_spawn":{"parent_thread_id":"01a20428-d3ad-73a1-92e6-c2af64741e32","depth":1}}},"modelProvider":"openai","model":null,"cliVersion":"0.128.0","gitInfo":{"commitHash":"abc","branch":"main","repositoryUrl":null},"forkedFromId":null,"parentThreadId":null,"historyMode":"legacy","state":"ok","path":"/home/ann/.codex/sessions/rollout-01a20428-d3ad-73a1-92e6-c2af64741e31.jsonl","recencyAt":"2026-05-20T11:57:00.000Z","reasoningEffort":null,"depth":0,"agentNickname":null,"agentRole":null,"agentPath":null,"threadSource":null,"originator":null,"memoryMode":"enabled","tokensUsed":0,"stateReason":null}],"nextCursor":null,"total":1,"notShown":{"subAgents":0,"withoutMessage":0,"archived":0,"active":0}}"""
                + "\n",
            result.Out
        );
    }

    [Theory]
    [InlineData("\"mcp\"", "\"appServer\"")]
    [InlineData("\"vscode\"", "\"vscode\"")]
    [InlineData("\"internal\"", "\"unknown\"")]
    [InlineData("{\"custom\":\"acme\"}", "{\"custom\":\"acme\"}")]
    [InlineData("{\"subagent\":\"review\"}", "{\"subAgent\":\"review\"}")]
    [InlineData("not json", "\"unknown\"")]
    public async Task A_source_is_spelled_as_the_app_server_does(string stored, string shown)
    {
        _spool.Store.Threads[0] = _spool.Store.Threads[0] with { Source = new SessionSource(stored) };

        using var json = JsonDocument.Parse((await _spool.RunAsync("list", "--agents", "--json")).Out);

        Assert.Equal(shown, json.RootElement.GetProperty("threads")[0].GetProperty("source").GetRawText());
    }

    [Fact]
    public async Task The_next_page_is_named_in_words_and_in_json()
    {
        Assert.Equal(
            "hint: 2 of 3 threads; for the next page repeat the command with --cursor c2\n",
            (await _spool.RunAsync("list", "--limit", "2")).Error
        );
        Assert.Contains(
            "\"nextCursor\":\"c2\",\"total\":3,",
            (await _spool.RunAsync("list", "--limit", "2", "--json")).Out,
            StringComparison.Ordinal
        );
        Assert.Contains(Samples.Id3, (await _spool.RunAsync("list", "--limit", "2", "--cursor", "c2")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_option_reaches_the_store()
    {
        await _spool.RunAsync(
            "list",
            "--sort",
            "recency",
            "--asc",
            "--archived",
            "--all",
            "--source",
            "cli",
            "--source",
            "exec",
            "--provider",
            "p",
            "--cwd",
            ".",
            "--cwd",
            "/srv/x",
            "--cwd",
            @"c:\x",
            "--cwd",
            "c:/y",
            "--cwd",
            @"\\server\share",
            "--search",
            "t",
            "--limit",
            "7"
        );

        var query = _spool.Store.FirstQuery!;
        Assert.Equal(
            (ThreadSort.Recency, SortDirection.Ascending, ArchiveFilter.Archived, ThreadVisibility.All, "t", 7),
            (query.Sort, query.Direction, query.Archive, query.Visibility, query.SearchTerm, query.Limit)
        );
        Assert.Equal(["cli", "exec"], query.Sources);
        Assert.Equal(["p"], query.ModelProviders);
        Assert.Equal(["/home/ann/work", "/srv/x", @"c:\x", "c:/y", @"\\server\share"], query.Cwds);
        Assert.Equal((FolderScope.Below, AgentFilter.Any), (query.CwdScope, query.Agents));
    }

    [Fact]
    public async Task An_empty_list_says_so_in_words_only()
    {
        _spool.Store.Threads.Clear();

        Assert.Equal(
            new
            {
                Out = "",
                Error = "spool: There are no threads yet.\n",
                Code = 0,
            },
            await Shape("list")
        );
        Assert.Equal(
            new
            {
                Out = "{\"threads\":[],\"nextCursor\":null,\"total\":0,\"notShown\":{\"subAgents\":0,\"withoutMessage\":0,\"archived\":0,\"active\":0}}\n",
                Error = "",
                Code = 0,
            },
            await Shape("list", "--json")
        );
    }

    [Fact]
    public async Task On_a_terminal_the_words_come_after_the_table()
    {
        var screen = new MemoryStream();
        _spool.Output = _spool.Error = CommandLine.Terminal(80);
        _spool.ErrorWriter = new StreamWriter(screen) { AutoFlush = true, NewLine = "\n" };

        await using (var output = new BufferedStream(screen, 64 * 1024))
            await _spool.RunOnAsync(output, ["list", "--limit", "1"], TestContext.Current.CancellationToken);

        var lines = System.Text.Encoding.UTF8.GetString(screen.ToArray()).TrimEnd('\n').Split('\n');
        Assert.StartsWith("WHEN", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("hint: 1 of 3 threads; for the next page", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_of_a_home_that_is_not_indexed_goes_on_indexing_and_tells_a_person()
    {
        _spool.Store.Status = _spool.Store.Status with { Rollouts = 2000, Indexed = 1, Pending = 1999 };
        _spool.Output = _spool.Error = CommandLine.Terminal(200);

        var result = await _spool.RunAsync("list", "--json");

        Assert.Equal(
            "hint: 1,998 of 2,000 rollouts are not indexed yet; the next command goes on, or run 'spool index rebuild'.\n",
            result.Error
        );
    }

    [Theory]
    [InlineData("subagent", "hint: No thread is from 'subagent' here; did you mean subAgent?\n")]
    [InlineData("CLI", "hint: No thread is from 'CLI' here; did you mean cli?\n")]
    [InlineData("cli,Exec", "hint: No thread is from 'cli,Exec' here; did you mean --source cli --source exec?\n")]
    [InlineData("cli", "")]
    [InlineData("atlas", "")]
    [InlineData("", "")]
    public async Task A_source_that_nobody_has_and_that_looks_like_one_there_is_is_doubted(string source, string doubt)
    {
        _spool.Store.Threads.Clear();

        var result = await _spool.RunAsync("list", "--source", source);

        Assert.Equal((0, $"spool: No threads match.\n{doubt}"), (result.Code, result.Error));
    }

    [Theory]
    [InlineData(6, "And 1 more place; --json names it.")]
    [InlineData(7, "And 2 more places; --json names them.")]
    public async Task Of_many_places_five_are_named_and_the_others_counted(int count, string said)
    {
        _spool.Store.Problems = [.. Enumerable.Range(1, count).Select(day => new StoreProblem($"sessions/{day}", "It cannot be read."))];

        var lines = (await _spool.RunAsync("list")).Error.TrimEnd().Split('\n');

        Assert.Equal(
            6,
            lines.Count(line => line.Contains("sessions/", StringComparison.Ordinal) || line.Contains(said, StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task Rollouts_that_cannot_be_read_are_one_line_that_names_the_first_of_them_and_why()
    {
        _spool.Store.Problems =
        [
            new StoreProblem("sessions/2026/03/02/rollout-x.jsonl", "The rollout is empty."),
            new StoreProblem("sessions/2026/03/02/rollout-y.jsonl.zst", "It cannot be read."),
        ];
        const string Said =
            "hint: 2 rollouts cannot be read: sessions/2026/03/02/rollout-x.jsonl (The rollout is empty.), sessions/2026/03/02/rollout-y.jsonl.zst (It cannot be read.)\n";

        Assert.EndsWith(Said, (await _spool.RunAsync("list")).Error, StringComparison.Ordinal);
        Assert.EndsWith(Said, (await _spool.RunAsync("list", "--archived")).Error, StringComparison.Ordinal);
        Assert.Equal("", (await _spool.RunAsync("list", "-q")).Error);
        Assert.Equal("", (await _spool.RunAsync("list", "--json")).Error);
        (_spool.Error, _spool.IsOutputPipe) = (CommandLine.Terminal(200), true);
        Assert.Equal("", (await _spool.RunAsync("list")).Error);

        (_spool.Error, _spool.IsOutputPipe) = (Screen.Piped, false);
        _spool.Store.Problems =
        [
            .. Enumerable.Range(1, 20).Select(number => new StoreProblem($"sessions/{number}.jsonl", "It is empty.")),
            new StoreProblem("sessions", "3 more rollouts cannot be read."),
            new StoreProblem("sessions/2026/03", "It cannot be read."),
        ];
        var lines = (await _spool.RunAsync("list")).Error.Split('\n');
        Assert.Contains("warning: The list may lack something: sessions/2026/03: It cannot be read.", lines);
        Assert.Contains(
            "hint: More than 20 rollouts cannot be read: sessions/1.jsonl (It is empty.), sessions/2.jsonl (It is empty.), sessions/3.jsonl (It is empty.), and others; --json names 20 of them",
            lines
        );
        Assert.DoesNotContain(lines, line => line.Contains("3 more", StringComparison.Ordinal));

        _spool.Store.Problems = [.. _spool.Store.Problems.Take(4)];
        Assert.Contains(
            "hint: 4 rollouts cannot be read: sessions/1.jsonl (It is empty.), sessions/2.jsonl (It is empty.), sessions/3.jsonl (It is empty.), and 1 more; --json names them",
            (await _spool.RunAsync("list")).Error.Split('\n')
        );
    }

    [Fact]
    public async Task What_could_not_be_read_is_said_in_words_and_in_json()
    {
        _spool.Store.Problems = [new StoreProblem("sessions/2026/03/02", "It cannot be read; check its permissions and its disk.")];

        var table = await _spool.RunAsync("list");
        var json = await _spool.RunAsync("list", "--json");

        Assert.Equal(
            (0, "warning: The list may lack something: sessions/2026/03/02: It cannot be read; check its permissions and its disk.\n"),
            (table.Code, table.Error)
        );
        Assert.Equal(table.Error, json.Error);
        Assert.EndsWith(
            """
            "active":0},"problems":[{"place":"sessions/2026/03/02","reason":"It cannot be read; check its permissions and its disk."}]}

            """,
            json.Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_empty_list_says_what_it_does_not_show_and_how_to_see_it()
    {
        _spool.Store.Threads.Clear();
        Assert.Equal(
            new
            {
                Out = "",
                Error = "spool: There are no threads yet.\n",
                Code = 0,
            },
            await Shape("list")
        );

        _spool.Store.Threads.Add(Samples.Thread(Samples.Id1, TimeSpan.FromHours(1), ""));
        Assert.Equal(
            new
            {
                Out = "",
                Error = "spool: No threads match.\nhint: Not shown: 1 without a message: --all\n",
                Code = 0,
            },
            await Shape("list")
        );

        _spool.Store.Threads.Add(Samples.Thread(Samples.Id2, TimeSpan.FromHours(1), "kept") with { ArchivedAt = CommandLine.Now });
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id3, TimeSpan.FromHours(1), "kept") with { ArchivedAt = CommandLine.Now });
        Assert.Equal(
            new
            {
                Out = "",
                Error = "spool: No threads match.\nhint: Not shown: 1 without a message, 2 archived: --all, --archived\n",
                Code = 0,
            },
            await Shape("list")
        );
    }

    [Theory]
    [InlineData("", true, "Not shown: 1 archived without a message: --archived --all")]
    [InlineData("", false, null, "--provider", "z")]
    [InlineData("x", false, null, "--provider", "z")]
    [InlineData("x", false, "1 matches without --provider.", "--provider", "z", "--search", "x")]
    [InlineData("x", false, null, "--provider", "z", "--search", "z")]
    [InlineData("x", true, "Not shown: 1 archived: --archived", "--provider", "openai")]
    [InlineData("x", false, "Not shown: 1 active: no --archived", "--archived", "--provider", "openai")]
    [InlineData("", false, "Not shown: 1 active without a message: --all without --archived", "--archived")]
    [InlineData("", true, "Not shown: 1 archived: --archived", "--all")]
    [InlineData("x", false, "Did you mean --provider openai?", "--provider", "opnai")]
    [InlineData("x", false, "Did you mean --cwd /home/ann/work/spool?", "--cwd", "/home/ann/work/spol")]
    [InlineData("x", false, "Did you mean --branch main?", "--branch", "mian")]
    public async Task An_empty_list_says_only_what_would_find_something(
        string preview,
        bool isArchived,
        string? said,
        params string[] options
    )
    {
        _spool.Store.Threads.Clear();
        _spool.Store.Threads.Add(
            Samples.Thread(Samples.Id1, TimeSpan.FromHours(1), preview) with
            {
                ArchivedAt = isArchived ? CommandLine.Now : null,
                GitInfo = new GitInfo(null, "main", null),
            }
        );

        var first = options.Contains("--search") ? "No threads match; --search looks at names and first messages." : "No threads match.";
        Assert.Equal($"spool: {first}\n{(said is null ? "" : $"hint: {said}\n")}", (await _spool.RunAsync(["list", .. options])).Error);
    }

    [Fact]
    public async Task A_thread_that_began_no_sub_agents_is_said_to()
    {
        Assert.Equal($"spool: Thread {Samples.Id1} began no sub-agents.\n", (await _spool.RunAsync("list", "--parent", Samples.Id1)).Error);

        _spool.Store.Threads.Add(
            Samples.Thread("01a20428-d3ad-73a1-92e6-c2af64741e34", TimeSpan.Zero, "x") with
            {
                ParentThreadId = ThreadId.Parse(Samples.Id1),
                ArchivedAt = CommandLine.Now,
            }
        );

        Assert.Equal(
            "spool: No threads match.\nhint: Not shown: 1 archived: --archived\n",
            (await _spool.RunAsync("list", "--parent", Samples.Id1)).Error
        );
    }

    [Fact]
    public async Task Every_thread_of_an_empty_list_is_counted_once()
    {
        _spool.Store.Threads.Clear();
        foreach (
            var (number, preview, isArchived) in new[]
            {
                (1, "", false),
                (2, "x", true),
                (3, "x", true),
                (4, "", true),
                (5, "", true),
                (6, "", true),
            }
        )
            _spool.Store.Threads.Add(
                Samples.Thread($"01a20428-d3ad-73a1-92e6-c2af64741e4{number}", TimeSpan.FromHours(1), preview) with
                {
                    ArchivedAt = isArchived ? CommandLine.Now : null,
                }
            );

        Assert.Equal(
            "spool: No threads match.\n"
                + "hint: Not shown: 1 without a message, 2 archived, 3 archived without a message: --all, --archived, --archived --all\n",
            (await _spool.RunAsync("list")).Error
        );

        for (var i = 0; i < 1000; i++)
            _spool.Store.Threads.Add(
                Samples.Thread(Guid.CreateVersion7(CommandLine.Now.AddSeconds(i)).ToString(), TimeSpan.Zero, "x") with
                {
                    ArchivedAt = CommandLine.Now,
                }
            );
        Assert.EndsWith(
            "more than 1,000 archived, at least 3 archived without a message: --all, --archived, --archived --all\n",
            (await _spool.RunAsync("list")).Error,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("skills", true)]
    [InlineData("sessions", false)]
    [InlineData("archived_sessions", false)]
    public async Task An_empty_list_of_a_folder_that_does_not_look_like_a_home_says_so(string? folder, bool isDoubted)
    {
        var home = Directory.CreateTempSubdirectory("spool-wrong-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Join(home, folder));
            using var line = new RealCommandLine(home);

            var result = await line.TryAsync("list", "--home", home);

            var doubt = isDoubted
                ? $"hint: There is no folder sessions in {home}, so it may not be a Codex home; name another one with --home or CODEX_HOME.\n"
                : "";
            Assert.Equal((0, $"spool: There are no threads yet.\n{doubt}"), (result.Code, result.Error));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [Fact]
    public async Task Home_and_cache_come_from_options_or_defaults()
    {
        await _spool.RunAsync("list");
        Assert.Equal(new StoreLocation("/home/ann/.codex", "/home/ann/.cache/spool") { UserFolder = "/home/ann" }, _spool.Opened);

        await _spool.RunAsync("--home", "old", "list", "--cache", "/c");
        Assert.Equal(new StoreLocation("/home/ann/work/old", "/c") { UserFolder = "/home/ann" }, _spool.Opened);
    }

    async Task<object> Shape(params string[] args)
    {
        var result = await _spool.RunAsync(args);
        return new
        {
            result.Out,
            result.Error,
            result.Code,
        };
    }

    [Fact]
    public async Task What_a_list_leaves_out_is_not_said_over_the_screen_of_the_program_that_shows_it()
    {
        _spool.Error = CommandLine.Terminal(80);
        _spool.IsOutputPipe = true;

        Assert.Equal("", (await _spool.RunAsync("list", "-n", "1")).Error);
        Assert.StartsWith("error: ", (await _spool.RunAsync("list", "--limitt", "1")).Error, StringComparison.Ordinal);
        Assert.Equal("spool: No threads match.\n", (await _spool.RunAsync("list", "--provider", "z")).Error);

        _spool.IsOutputPipe = false;
        Assert.StartsWith("hint: 1 of 3 threads; ", (await _spool.RunAsync("list", "-n", "1")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Archived_threads_are_marked_on_a_terminal()
    {
        _spool.Store.Threads[0] = _spool.Store.Threads[0] with { ArchivedAt = CommandLine.Now };
        _spool.Output = CommandLine.Terminal(80);

        Assert.Contains("  ARCHIVED  ", (await _spool.RunAsync("list", "--archived")).Out, StringComparison.Ordinal);
        Assert.DoesNotContain("ARCHIVED", (await _spool.RunAsync("list")).Out, StringComparison.Ordinal);
        _spool.Output = CommandLine.Terminal(120);
        Assert.Contains("  ARCHIVED THREAD  ", (await _spool.RunAsync("list", "--archived")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CREATED", ThreadSort.Created)]
    [InlineData("Updated", ThreadSort.Updated)]
    [InlineData("recencY", ThreadSort.Recency)]
    public async Task An_order_may_be_in_capitals(string word, ThreadSort sort)
    {
        Assert.Equal(0, (await _spool.RunAsync("list", "--sort", word)).Code);
        Assert.Equal(sort, _spool.Store.FirstQuery?.Sort);
        Assert.Equal(2, (await _spool.RunAsync("list", "--sort", "size")).Code);
    }
}
