using System.Diagnostics;
using System.Globalization;
using CsCheck;

namespace Spool.Cli.Tests;

/// <summary>What the terminal and the pipe get: nothing that was not asked for, in time that grows with the text, and whole
/// characters.</summary>
public sealed class TerminalTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("spool-terminal-").FullName;
    readonly CommandLine _spool = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("list")]
    [InlineData("list", "--all")]
    [InlineData("show", Samples.Id1)]
    [InlineData("show", Samples.Id1, "--items")]
    [InlineData("show", Samples.Id1, "--turns")]
    [InlineData("index", "status")]
    [InlineData("index", "rebuild")]
    [InlineData("show", "--help")]
    [InlineData("--help")]
    public async Task A_terminal_may_be_of_any_width(params string[] command)
    {
        for (var width = 1; width <= 60; width++)
        {
            var spool = new CommandLine { Output = CommandLine.Terminal(width), Error = CommandLine.Terminal(width) };
            spool.Store.Threads.Add(Samples.Thread(Samples.Id1, TimeSpan.FromMinutes(3), "Fix the flaky test"));
            spool.Store.Threads.Add(
                Samples.Thread(Samples.Id2, TimeSpan.FromDays(1), "日本語のとても長い題名です") with
                {
                    State = ThreadCondition.Torn,
                }
            );
            spool.Store.Turns[ThreadId.Parse(Samples.Id1)] =
            [
                Samples.Turn("t1", Samples.User("Fix the flaky test"), Samples.Agent("Done.")),
            ];
            spool.Store.Items[ThreadId.Parse(Samples.Id1)] =
            [
                new RolloutItem("{}"u8.ToArray(), 12345),
                new RolloutItem("{torn"u8.ToArray(), 12346),
            ];

            var result = await spool.RunAsync(command);

            Assert.True(result.Code == 0 && result.Out.Length > 0, $"{width}: {result.Code} {result.Error}");
        }
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("--help")]
    [InlineData("list")]
    [InlineData("index", "status")]
    [InlineData("delete", Samples.Id1)]
    [InlineData("nothing")]
    public async Task A_terminal_gets_no_control_sequence_that_was_not_asked_for(params string[] args)
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"),
            "A terminal is made with the program script, which is not here."
        );
        var home = Path.Combine(_folder, "home");
        Directory.CreateDirectory(home);
        var log = Path.Combine(_folder, "log");
        var line =
            $"stty cols 97; dotnet '{Path.Combine(AppContext.BaseDirectory, "Spool.Cli.dll")}' --home '{home}' --cache '{_folder}/cache' {string.Join(' ', args)}";
        using var process = Process.Start(
            new ProcessStartInfo("/usr/bin/script", ["-qec", line, log])
            {
                RedirectStandardOutput = true,
                RedirectStandardInput = true,
                Environment = { ["TERM"] = "xterm-256color", ["NO_COLOR"] = "1" },
            }
        )!;
        process.StandardInput.Close();
        await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.DoesNotContain('\u001b', await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Words_are_broken_between_words_on_a_terminal_and_commands_nowhere()
    {
        var spool = new CommandLine { Error = CommandLine.Terminal(30) };
        spool.Store.Threads.Add(Samples.Thread(Samples.Id1, TimeSpan.FromHours(1), "Fix it"));
        spool.Store.Threads.Add(
            Samples.Thread(Samples.Id2, TimeSpan.FromHours(1), "Fix it") with
            {
                ParentThreadId = ThreadId.Parse(Samples.Id1),
            }
        );

        Assert.Equal(
            $"""
            spool: Thread
              {Samples.Id1}
              "Fix it" is in the archive.
            spool: 1 sub-agent stays
              active:
              spool list --parent {Samples.Id1}

            """,
            (await spool.RunAsync("archive", Samples.Id1)).Error
        );
        Assert.Equal(
            $"""
            error: There are 2 threads
              whose ids begin with
              '01a20428'. Give more of
              the id:
              {Samples.Id1}
                "Fix it" (archived, 1 h
                ago)
              {Samples.Id2}
                "Fix it" (agent of
                01a20428, 1 h ago)

            """,
            (await spool.RunAsync("show", "01a20428")).Error
        );
        Assert.Equal(
            """
            error: There is no option
              --limitt; did you mean
              --limit?
            hint: 'spool list --help'
              says what there is.

            """,
            (await spool.RunAsync("list", "--limitt", "5")).Error
        );
    }

    [Fact]
    public async Task A_piped_list_is_a_row_a_thread_of_cells_between_tabs_whatever_the_length_of_titles()
    {
        for (var i = 0; i < 1000; i++)
            _spool.Store.Threads.Add(
                Samples.Thread(
                    Guid.CreateVersion7(CommandLine.Now.AddSeconds(-i)).ToString(),
                    TimeSpan.FromSeconds(i),
                    new string('w', i % 2 == 0 ? 3000 : 3)
                )
            );
        var started = Stopwatch.GetTimestamp();

        var result = await _spool.RunAsync("list", "--limit", "1000");

        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10), "1000 rows took too long.");
        var rows = result.Out.TrimEnd('\n').Split('\n');
        Assert.Equal(1000, rows.Length);
        Assert.All(rows, row => Assert.Equal(6, row.Split('\t').Length));
        Assert.All(rows, row => Assert.DoesNotContain("  ", row, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("日本", 4)]
    [InlineData("e\u0301", 1)]
    [InlineData("👩‍👩‍👧‍👦", 2)]
    [InlineData("👍🏽", 2)]
    [InlineData("🇩🇪🇫🇷", 4)]
    [InlineData("❤️", 2)]
    [InlineData("한글", 4)]
    [InlineData("a\u200db", 2)]
    [InlineData("soft\u00ADhyphen", 11)] // shown by some and not by others
    [InlineData("\U0001F1E9", 2)]
    [InlineData("\U0001F1E9\U0001F1EA", 2)]
    public void The_width_is_that_of_what_people_see(string text, int width) => Assert.Equal(width, CellText.Width(text));

    [Fact]
    public void A_cut_takes_no_character_apart_and_fits()
    {
        string[] parts = ["a", " ", "日", "e\u0301", "👩‍👩‍👧‍👦", "👍🏽", "🇩🇪", "❤️", "क्षि", "\u0301", "/"];
        Gen.Select(Gen.Int[0, parts.Length - 1].Select(i => parts[i]).Array[0, 30], Gen.Int[1, 40])
            .Sample(
                (some, width) =>
                {
                    var text = string.Concat(some);
                    var line = SafeText.OneLine(text, int.MaxValue);
                    var (fit, path, one) = (CellText.Fit(text, width), CellText.FitPath(text, width), SafeText.OneLine(text, width));
                    Assert.True(fit == text || Boundaries(text).Any(at => fit == text[..at] + "…"), $"'{text}' was cut to '{fit}'");
                    Assert.True(path == text || Boundaries(text).Any(at => path == "…" + text[at..]), $"'{text}' was cut to '{path}'");
                    Assert.True(
                        one == line || Boundaries(line).Any(at => at <= width && one == line[..at].TrimEnd(' ') + "…"),
                        $"'{line}' was cut to '{one}'"
                    );
                    Assert.True(CellText.Width(CellText.Fit(text, width)) <= width);
                    Assert.True(CellText.Width(CellText.FitPath(text, width)) <= width);
                }
            );
    }

    [Theory]
    [InlineData("list", "--limit", "many")]
    [InlineData("list", "--limit", "99999999999")]
    [InlineData("show", Samples.Id1, "--turns", "--limit", "1.5")]
    [InlineData("serve", "--max-calls", "x")]
    [InlineData("serve", "--calls-per-second", "x")]
    public async Task A_wrong_number_is_said_with_the_name_of_its_option(params string[] args)
    {
        var result = await _spool.RunAsync(args);

        Assert.Equal(2, result.Code);
        Assert.StartsWith($"error: {args[^2]} takes a whole number, not '{args[^1]}'.", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("~", "/home/ann")]
    [InlineData("~/x", "/home/ann/x")]
    [InlineData("./~", "/home/ann/work/~")]
    [InlineData("~x", "/home/ann/work/~x")]
    public async Task A_tilde_is_the_users_own_folder_where_no_shell_has_seen_to_it(string path, string folder)
    {
        await _spool.RunAsync("list", $"--home={path}", $"--cache={path}");

        Assert.Equal((folder, folder), (_spool.Opened!.Home, _spool.Opened.CacheDirectory));
    }

    [Theory]
    [InlineData("```python\nprint(1)", "\n```")]
    [InlineData("~~~\nx", "\n~~~")]
    [InlineData("`````\n```\nx", "\n`````")]
    [InlineData("text\n  ```\nx", "\n```")]
    [InlineData("> ```\n> x", "\n> ```")]
    [InlineData("- a\n  ```\n  x", "\n  ```")]
    [InlineData("1. a\n\n   ~~~~\n   x", "\n   ~~~~")]
    [InlineData("```\na\n```", "")]
    [InlineData("```\na\n```\n~~~\nb\n~~~", "")]
    [InlineData("text\n\n    ```\n    indented code", "")]
    [InlineData("- ```\n  a\nand then text", "")]
    [InlineData("> ```\n> a\n\nand then text", "")]
    [InlineData("a `<div>` and `<!--` in a line", "")]
    public void What_a_text_leaves_open_is_closed_and_nothing_else(string text, string ending) =>
        Assert.Equal(text + ending, MarkdownBlocks.Enclose(text).Replace("[//]: #\n\n", "", StringComparison.Ordinal)); // which keeps a list from one before it

    [Fact]
    public async Task An_answer_that_was_cut_off_does_not_swallow_the_next_turn()
    {
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id1, TimeSpan.Zero, "x"));
        _spool.Store.Turns[ThreadId.Parse(Samples.Id1)] =
        [
            Samples.Turn("t1", Samples.User("a\n<!-- b"), Samples.Agent("Cut off:\n```python\nprint(1)")),
            Samples.Turn("t2", Samples.Agent("second answer")),
        ];

        var result = await _spool.RunAsync("export", Samples.Id1, "--format", "md");

        Assert.Contains("print(1)\n```\n\n## Turn 2", result.Out, StringComparison.Ordinal);
        Assert.Contains("> a\n> \\<!-- b\n\n**Agent**\n\nCut off:", result.Out, StringComparison.Ordinal);
    }

    static HashSet<int> Boundaries(string text) => [.. StringInfo.ParseCombiningCharacters(text), text.Length];
}
