using System.Diagnostics;

namespace Spool.Cli.Tests;

/// <summary>A thread on a terminal is shown by a pager, as git does; nothing else is, and leaving it is no error.</summary>
public sealed class PagerTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("spool-pager-").FullName;
    readonly CommandLine _spool = new() { Output = new Screen(ScreenKind.Terminal, 80, ColourUse.Basic) };

    public PagerTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Pagers are run on Linux and macOS.");
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id1, TimeSpan.FromHours(2), "Fix it"));
        _spool.Store.Turns[ThreadId.Parse(Samples.Id1)] =
        [
            .. Enumerable.Range(1, 25).Select(n => Samples.Turn($"t{n}", Samples.User("Go"), Samples.Agent(new string('x', 5000)))),
        ];
        _spool.Store.Items[ThreadId.Parse(Samples.Id1)] = [new RolloutItem("{}"u8.ToArray(), 0)];
    }

    string Paged => Path.Combine(_folder, "paged");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_pager_gets_what_the_terminal_would_have_got_colours_and_all()
    {
        var plain = await _spool.RunAsync("show", Samples.Id1, "--turns");
        _spool.Pager = Settings($"cat > '{Paged}'");

        var result = await _spool.RunAsync("show", Samples.Id1, "--turns");

        Assert.Equal((0, ""), (result.Code, result.Out));
        Assert.Equal(plain.Out, await File.ReadAllTextAsync(Paged, TestContext.Current.CancellationToken));
        Assert.Contains("\u001b[1m── turn t25", plain.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("show", Samples.Id1, "--no-pager")]
    [InlineData("show", Samples.Id1, "--turns", "--json")]
    [InlineData("show", "nothing")]
    [InlineData("list")]
    public async Task There_is_no_pager_where_none_is_wanted(params string[] line)
    {
        _spool.Pager = Settings($"cat > '{Paged}'");

        await _spool.RunAsync(line);

        Assert.False(File.Exists(Paged));
    }

    [Theory]
    [InlineData(ScreenKind.Piped)]
    [InlineData(ScreenKind.Dumb)]
    internal async Task There_is_no_pager_but_on_a_terminal(ScreenKind kind)
    {
        _spool.Output = kind == ScreenKind.Piped ? Screen.Piped : new Screen(kind, 80, ColourUse.None);
        _spool.Pager = Settings($"cat > '{Paged}'");

        Assert.NotEqual("", (await _spool.RunAsync("show", Samples.Id1)).Out);
        Assert.False(File.Exists(Paged));
    }

    [Theory]
    [InlineData("exit 0")]
    [InlineData("head -c 10 > /dev/null")]
    [InlineData("true")]
    public async Task A_pager_that_is_left_early_is_no_error(string pager)
    {
        _spool.Pager = Settings(pager);

        var result = await _spool.RunAsync("show", Samples.Id1, "--turns");

        Assert.Equal((0, "", ""), (result.Code, result.Out, result.Error));
    }

    [Fact]
    public async Task Without_the_program_of_the_pager_the_terminal_gets_the_text()
    {
        _spool.Pager = Settings("spool-has-no-such-pager");

        Assert.Contains("── turn t25", (await _spool.RunAsync("show", Samples.Id1, "--turns")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_come_after_the_pager()
    {
        _spool.Pager = Settings($"cat > /dev/null; echo done > '{Paged}'");
        using var error = new Noting(() => File.Exists(Paged));
        _spool.ErrorWriter = error;

        await _spool.RunAsync("show", Samples.Id1);

        Assert.Contains("These are the last turns", error.ToString(), StringComparison.Ordinal);
        Assert.True(error.WasDone);
    }

    [Theory]
    [InlineData(null, null, null, "less", "FRX")]
    [InlineData(null, "most -s", null, "most -s", "FRX")]
    [InlineData("less -S", "most", "R", "less -S", null)]
    [InlineData("", "most", null, null, null)]
    [InlineData(null, "cat", null, null, null)]
    [InlineData(null, "  ", null, null, null)]
    public void The_environment_names_the_pager_as_it_does_for_git(string? own, string? usual, string? less, string? command, string? set)
    {
        var settings = PagerSettings.Of(name =>
            name switch
            {
                PagerSettings.OwnVariable => own,
                PagerSettings.UsualVariable => usual,
                PagerSettings.LessVariable => less,
                _ => null,
            }
        );

        Assert.Equal(command, settings?.Command);
        Assert.Equal(set, settings?.Variables.GetValueOrDefault(PagerSettings.LessVariable));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("less", "row 3", "q", "code 0.")]
    [InlineData("trap '' INT; cat > /dev/null; echo ready; read key < /dev/tty; echo got $key.", "ready", "\u0003go\n", "got go.\r\ncode ")]
    public async Task The_pager_has_the_terminal_until_its_own_key_ends_it(string pager, string shown, string keys, string end)
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && File.Exists("/usr/bin/script") && File.Exists("/usr/bin/less"),
            "A terminal is made with the program script, and the pager is less; one of them is not here."
        );
        var home = Path.Combine(_folder, "home");
        PlantLongThread(home);
        var program = $"dotnet '{Path.Combine(AppContext.BaseDirectory, "Spool.Cli.dll")}' --home '{home}' --cache '{_folder}/cache'";
        // the shell outlives Ctrl-C, to say the exit code
        var line = $"trap : INT; stty cols 80 rows 20; {program} show {Samples.Id1} --turns; echo code $?.";
        using var process = Process.Start(
            new ProcessStartInfo("/usr/bin/script", ["-qec", line, "/dev/null"])
            {
                RedirectStandardOutput = true,
                RedirectStandardInput = true,
                Environment =
                {
                    ["TERM"] = "xterm-256color",
                    ["SPOOL_PAGER"] = pager,
                    ["LESS"] = null,
                },
            }
        )!;
        try
        {
            var seen = new StreamText(process.StandardOutput);

            await seen.UntilAsync(shown, TestContext.Current.CancellationToken);
            await process.StandardInput.WriteAsync(keys);
            await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
            var all = await seen.UntilAsync(end, TestContext.Current.CancellationToken);

            Assert.DoesNotContain("row 90", all, StringComparison.Ordinal);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    static PagerSettings Settings(string command) => new() { Command = command };

    static void PlantLongThread(string home)
    {
        var folder = Path.Combine(home, "sessions", "2026", "05", "20");
        Directory.CreateDirectory(folder);
        var text = string.Join("\\n", Enumerable.Range(1, 100).Select(n => $"row {n}"));
        File.WriteAllText(
            Path.Combine(folder, $"rollout-2026-05-20T10-00-00-{Samples.Id1}.jsonl"),
            $$$"""
            {"timestamp":"2026-05-20T10:00:00.000Z","type":"session_meta","payload":{"id":"{{{Samples.Id1}}}","timestamp":"2026-05-20T10:00:00.000Z","cwd":"/w","originator":"o","cli_version":"0.128.0","source":"cli"}}
            {"timestamp":"2026-05-20T10:00:01.000Z","type":"event_msg","payload":{"type":"user_message","message":"Go"}}
            {"timestamp":"2026-05-20T10:00:02.000Z","type":"event_msg","payload":{"type":"agent_message","message":"{{{text}}}"}}

            """
        );
    }

    sealed class Noting(Func<bool> isDone) : StringWriter
    {
        public bool WasDone { get; private set; } = true;

        public override void WriteLine(string? value)
        {
            WasDone &= isDone();
            base.WriteLine(value);
        }
    }
}
