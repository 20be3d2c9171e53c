using System.Diagnostics;

namespace Spool.Cli.Tests;

/// <summary>A thread is resumed in its folder with the Codex in <c>PATH</c>; where that cannot be, it is said why.</summary>
public sealed class OpenCommandTests : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("spool-open-").FullName;
    readonly CommandLine _spool = new();

    public OpenCommandTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Codex is a script of a shell here.");
        foreach (var folder in (string[])[Programs, Folder, User])
            Directory.CreateDirectory(folder);
        PlaceCodex($"printf '%s|%s|%s' \"$PWD\" \"$*\" \"$CODEX_HOME\" > '{Noted}'; exit 7");
        _spool.Places = new UserPlaces
        {
            UserFolder = User,
            WorkingDirectory = _root,
            ProgramFolders = $"/nowhere:{Programs}",
        };
        Plant(Thread);
    }

    string Programs => Path.Combine(_root, "bin");

    string User => Path.Combine(_root, "user");

    string Folder => Path.Combine(_root, "it's here");

    string Noted => Path.Combine(_root, "noted");

    string InShell => $@"cd '{_root}/it'\''s here' && codex resume {Samples.Id1}";

    StoredThread Thread => Samples.Thread(Samples.Id1, TimeSpan.FromHours(2), "Fix it") with { Name = "parser", Cwd = Folder };

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("open", Samples.Id1)]
    [InlineData("open", "last")]
    [InlineData("open", "parser")]
    [InlineData("open", "01a20428", "--print")]
    public async Task Elsewhere_than_on_a_terminal_the_command_is_printed_for_a_shell(params string[] line)
    {
        _spool.Answers = "y\n";

        var result = await _spool.RunAsync(line);

        Assert.Equal((0, InShell + "\n", ""), (result.Code, result.Out, result.Error));
        Assert.False(File.Exists(Noted));
    }

    [Theory]
    [InlineData("it's here")]
    [InlineData("a  b\tc\nd")]
    [InlineData("esc\u001b[31m")]
    [InlineData("$(touch x) `y` \"z\" \\")]
    [InlineData("grün/日本")]
    public async Task A_shell_that_runs_what_was_printed_is_in_the_folder_with_the_home(string name)
    {
        var folder = Path.Combine(_root, name);
        Directory.CreateDirectory(folder);
        Plant(Thread with { Cwd = folder });

        var printed = (await _spool.RunAsync("open", Samples.Id1, "--home", folder)).Out;
        using var shell = Process.Start(
            new ProcessStartInfo("/bin/bash", ["-c", printed]) { Environment = { ["PATH"] = $"{Programs}:/usr/bin:/bin" } }
        )!;
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((7, $"{folder}|resume {Samples.Id1}|{folder}"), (shell.ExitCode, await NotedAsync()));
        Assert.Equal(printed.Length - 1, printed.IndexOf('\n', StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', printed);
    }

    [Theory]
    [InlineData("y\n", true)]
    [InlineData("YES\n", true)]
    [InlineData("\n", true)]
    [InlineData("n\n", false)]
    [InlineData("what\n", false)]
    [InlineData("", false)]
    public async Task On_a_terminal_it_asks_and_the_exit_code_is_that_of_the_program(string answer, bool isRun)
    {
        _spool.Output = CommandLine.Terminal(80);
        _spool.Answers = answer;

        var result = await _spool.RunAsync("open", Samples.Id1);

        Assert.Equal((isRun ? 7 : 0, InShell + "\n"), (result.Code, result.Out));
        Assert.Equal("Run this? [Y/n] " + (isRun ? "" : (answer.Length == 0 ? "\n" : "") + "spool: Nothing was started.\n"), result.Error);
        Assert.Equal(isRun ? $"{Folder}|resume {Samples.Id1}|" : null, File.Exists(Noted) ? await NotedAsync() : null);
    }

    [Fact]
    public async Task With_yes_it_runs_without_a_terminal_and_prints_nothing()
    {
        var result = await _spool.RunAsync("open", Samples.Id1, "--yes", "--home", _root);

        Assert.Equal((7, "", ""), (result.Code, result.Out, result.Error));
        Assert.Equal($"{Folder}|resume {Samples.Id1}|{_root}", await NotedAsync());
    }

    [Fact]
    public async Task A_terminal_gets_the_command_only_where_that_is_asked_or_nothing_can_answer()
    {
        _spool.Output = CommandLine.Terminal(80);

        var unanswered = await _spool.RunAsync("open", Samples.Id1);

        Assert.Equal((0, InShell + "\n", ""), (unanswered.Code, unanswered.Out, unanswered.Error));
        _spool.Answers = "y\n";
        Assert.Equal(InShell + "\n", (await _spool.RunAsync("open", Samples.Id1, "--print")).Out);
        Assert.False(File.Exists(Noted));
        Assert.Equal(2, (await _spool.RunAsync("open", Samples.Id1, "--print", "--yes")).Code);
        Assert.Equal(2, (await _spool.RunAsync("open", Samples.Id1, "--json", "--yes")).Code);
    }

    [Fact]
    public async Task Programs_get_json()
    {
        _spool.Output = CommandLine.Terminal(80);
        _spool.Answers = "y\n";

        Assert.Equal(
            $$$"""
            {"command":["codex","resume","{{{Samples.Id1}}}"],"cwd":"{{{Folder}}}","codexHome":null,"program":"{{{Programs}}}/codex"}

            """,
            (await _spool.RunAsync("open", Samples.Id1, "--json")).Out
        );
        _spool.Places = _spool.Places with { ProgramFolders = null };
        Plant(Thread with { Cwd = "" });
        Assert.Equal(
            $$$"""
            {"command":["codex","resume","{{{Samples.Id1}}}"],"cwd":null,"codexHome":"/x","program":null}

            """,
            (await _spool.RunAsync("open", Samples.Id1, "--json", "--home", "/x")).Out
        );
    }

    [Theory]
    [InlineData(null, null, false)]
    [InlineData(null, "~/.codex/", false)]
    [InlineData("/env", null, false)]
    [InlineData("/env/", "/env", false)]
    [InlineData("/env", "~/.codex", true)]
    [InlineData("env", null, true)] // another folder for Codex, which is started elsewhere
    [InlineData("~/env", null, true)]
    [InlineData(null, "/other", true)]
    public async Task The_home_is_named_where_codex_would_not_find_it(string? variable, string? option, bool isNamed)
    {
        _spool.Places = _spool.Places with { CodexHome = variable, WorkingDirectory = Environment.CurrentDirectory };

        var result = await _spool.RunAsync(["open", Samples.Id1, .. option is null ? (string[])[] : ["--home", option]]);

        Assert.Equal(
            isNamed ? $" && CODEX_HOME={_spool.Opened!.Home} codex" : " && codex",
            result.Out[result.Out.IndexOf(" &&", StringComparison.Ordinal)..^(" resume \n".Length + Samples.Id1.Length)]
        );
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Without_codex_the_command_is_printed_with_a_warning_and_not_run()
    {
        File.SetUnixFileMode(Path.Combine(Programs, "codex"), UnixFileMode.UserRead);

        var printed = await _spool.RunAsync("open", Samples.Id1);
        var run = await _spool.RunAsync("open", Samples.Id1, "--yes");

        Assert.Equal((0, InShell + "\n", "warning: There is no program codex in PATH here.\n"), (printed.Code, printed.Out, printed.Error));
        Assert.Equal(
            (6, "", "error: There is no program codex in PATH; install Codex, or add its folder to PATH.\n"),
            (run.Code, run.Out, run.Error)
        );
    }

    [Theory]
    [InlineData("bin")]
    [InlineData("")]
    [InlineData(".:./bin")]
    public void What_a_program_is_does_not_depend_on_the_current_folder(string folders) =>
        Assert.Null((_spool.Places with { ProgramFolders = folders }).FindProgram("sh"));

    [Fact]
    public async Task A_thread_that_codex_cannot_resume_is_refused_with_the_reason()
    {
        var parent = ThreadId.Parse(Samples.Id2);
        await RefusesAsync(
            4,
            "is archived, and Codex resumes active threads only; first: spool unarchive",
            Thread with
            {
                ArchivedAt = CommandLine.Now,
            }
        );
        await RefusesAsync(
            8,
            $"is a sub-agent, which goes on with its parent; open that: spool open {parent}",
            Thread with
            {
                ParentThreadId = parent,
            }
        );
        await RefusesAsync(8, "is a sub-agent", Thread with { Source = new SessionSource("""{"subagent":"review"}""") });
        await RefusesAsync(
            8,
            "the rollout says that it is another thread. Why.",
            Thread with
            {
                State = ThreadCondition.Superseded,
                StateReason = "Why.",
            }
        );
        await RefusesAsync(8, "Codex does not know", Thread with { State = ThreadCondition.Duplicate });
        await RefusesAsync(
            7,
            "a part of its history is missing. Why.",
            Thread with
            {
                State = ThreadCondition.BrokenLineage,
                StateReason = "Why.",
            }
        );
        await RefusesAsync(7, "cannot be read: Why.", Thread with { State = ThreadCondition.Unreadable, StateReason = "Why." });
        await RefusesAsync(
            6,
            $"{Folder}/gone, is not there; make it, or resume the thread in another folder: codex resume {Samples.Id1}",
            Thread with
            {
                Cwd = Folder + "/gone",
            }
        );
        await RefusesAsync(6, @"C:\work, is not there", Thread with { Cwd = @"C:\work" });
        await RefusesAsync(6, "bin, is not there", Thread with { Cwd = "bin" });
        Assert.Equal(3, (await _spool.RunAsync("open", Samples.Id3)).Code);
    }

    [Fact]
    public async Task A_thread_that_is_being_written_is_not_opened_a_second_time()
    {
        _spool.Store.Writers[ThreadId.Parse(Samples.Id1)] = new WriterOwner("desk", 42, "codex", null);

        var result = await _spool.RunAsync("open", Samples.Id1, "--yes");

        Assert.Equal((4, ""), (result.Code, result.Out));
        Assert.Contains("codex", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Noted));
        Assert.Equal(0, (await _spool.RunAsync("open", Samples.Id1)).Code);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_program_has_the_terminal_until_it_ends()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"),
            "A terminal is made with the program script, which is not here."
        );
        PlaceCodex("trap 'echo caught in $CODEX_HOME' INT; echo ready; until [ \"$key\" = two ]; do read key; done; echo got $key; exit 9");
        var home = Path.Combine(_root, "home");
        PlantedRollout(home);
        var program = $"dotnet '{Path.Combine(AppContext.BaseDirectory, "Spool.Cli.dll")}' --home '{home}' --cache '{_root}/cache'";
        using var process = Process.Start(
            new ProcessStartInfo("/usr/bin/script", ["-qec", $"trap : INT; {program} open {Samples.Id1}; echo code $?.", "/dev/null"])
            {
                RedirectStandardOutput = true,
                RedirectStandardInput = true,
                Environment = { ["TERM"] = "xterm-256color", ["PATH"] = $"{Programs}:{Environment.GetEnvironmentVariable("PATH")}" },
            }
        )!;
        try
        {
            var seen = new StreamText(process.StandardOutput);
            await seen.UntilAsync("Run this? [Y/n]", TestContext.Current.CancellationToken);
            await TypeAsync("\n");
            await seen.UntilAsync("ready", TestContext.Current.CancellationToken);
            await TypeAsync("\u0003");
            await seen.UntilAsync($"caught in {home}", TestContext.Current.CancellationToken);
            await TypeAsync("one\ntwo\n");
            await seen.UntilAsync("got two\r\ncode 9.", TestContext.Current.CancellationToken);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        async Task TypeAsync(string keys)
        {
            await process.StandardInput.WriteAsync(keys);
            await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        }
    }

    async Task RefusesAsync(int code, string reason, StoredThread thread)
    {
        Plant(thread);
        foreach (var option in (string[])["--yes", "--print", "--json"])
        {
            var result = await _spool.RunAsync("open", Samples.Id1, option);
            Assert.Equal((code, ""), (result.Code, result.Out));
            Assert.StartsWith("error: ", result.Error, StringComparison.Ordinal);
            Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        }
        Assert.False(File.Exists(Noted));
    }

    void Plant(StoredThread thread)
    {
        _spool.Store.Threads.Clear();
        _spool.Store.Threads.Add(thread);
    }

    Task<string> NotedAsync() => File.ReadAllTextAsync(Noted, TestContext.Current.CancellationToken);

    // A shell writes it: a file that this process had open for writing cannot be run while a child of another test still has it.
    void PlaceCodex(string script)
    {
        var path = Path.Combine(Programs, "codex");
        using var shell = Process.Start(
            "/bin/sh",
            ["-c", """printf '#!/bin/sh\n%s\n' "$2" > "$1" && chmod +x "$1" """, "sh", path, script]
        );
        shell.WaitForExit();
    }

    void PlantedRollout(string home)
    {
        var folder = Path.Combine(home, "sessions", "2026", "05", "20");
        Directory.CreateDirectory(folder);
        File.WriteAllText(
            Path.Combine(folder, $"rollout-2026-05-20T10-00-00-{Samples.Id1}.jsonl"),
            $$$"""
            {"timestamp":"2026-05-20T10:00:00.000Z","type":"session_meta","payload":{"id":"{{{Samples.Id1}}}","timestamp":"2026-05-20T10:00:00.000Z","cwd":"{{{Folder}}}","originator":"o","cli_version":"0.128.0","source":"cli"}}
            {"timestamp":"2026-05-20T10:00:01.000Z","type":"event_msg","payload":{"type":"user_message","message":"Go"}}

            """
        );
    }
}
