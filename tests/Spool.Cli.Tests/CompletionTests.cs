using CsCheck;

namespace Spool.Cli.Tests;

/// <summary>What shells complete, whatever was typed so far.</summary>
public sealed class CompletionTests
{
    static readonly SpoolRoot Root = new(new CommandLine().Context(Stream.Null, TextWriter.Null));

    readonly CommandLine _spool = new();

    public CompletionTests()
    {
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id1, TimeSpan.FromHours(1), "Fix it") with { Cwd = "/srv/x" });
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id2, TimeSpan.FromHours(2), "Say hello"));
    }

    [Theory]
    [InlineData("spool export last --format ", "html,json,jsonl,md")]
    [InlineData("spool export last -f ", "html,json,jsonl,md")]
    [InlineData("spool export last --images ", "files,inline,none")]
    [InlineData("spool export last -o ", "")]
    [InlineData("spool export last --output /tm", "")]
    [InlineData("spool show last --cursor ", "")]
    [InlineData("spool show last --view ", "codex,complete")]
    [InlineData("spool show --view codex l", "last")]
    [InlineData("spool show --limit ", "")]
    [InlineData("spool show last ", "")]
    [InlineData("spool rename last ", "")]
    [InlineData("spool rename l", "last")]
    [InlineData("spool archive last l", "last")]
    [InlineData("spool list --sort=c", "--sort=created")]
    [InlineData("spool list --sort:c", "--sort:created")]
    [InlineData("spool list --home=/tm", "")]
    [InlineData("spool list --cwd=/s", "--cwd=/srv/x")]
    [InlineData("spool list --columns id,ti", "id,title")]
    [InlineData("spool list --columns=id,ti", "--columns=id,title")]
    [InlineData("spool list --columns title,tit", "")]
    [InlineData("spool list --search list --so", "--sort,--source")]
    [InlineData("spool --home /x list --so", "--sort,--source")]
    [InlineData("spool list -- --so", "")]
    [InlineData("spool show 'a name' ", "")]
    [InlineData("spool index re", "rebuild")]
    [InlineData("spool help in", "index")]
    [InlineData("spool completion ", "bash,fish,zsh")]
    [InlineData("spool lst --", "--cache,--help,--home,--quiet,--remote,--remote-ca,--remote-token-file,--version")]
    [InlineData("spool list --since t", "thursday,today,tuesday")]
    [InlineData("spool list --until=y", "--until=yesterday")]
    [InlineData("CODEX_HOME=/h X= spool unar", "unarchive")]
    [InlineData("CODEX_HOME=/h sp", "")]
    [InlineData("sp", "")]
    [InlineData("", "")]
    public async Task Only_what_can_stand_there_is_offered(string line, string expected)
    {
        var result = await _spool.RunAsync("complete", "--position", $"{line.Length}", "--", line);

        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Equal(
            expected,
            string.Join(',', result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal))
        );
    }

    [Theory]
    [InlineData("spool list --sort=c", "c", "--sort=created", "created")]
    [InlineData("spool list --sort=", "", "--sort=created|--sort=updated", "created|updated")]
    [InlineData("spool list --repo https://ex", "//ex", "https://example.com/x", "//example.com/x")]
    [InlineData("spool list --sor", "--sor", "--sort", "--sort")]
    [InlineData("spool show ", "", "last|parser", "last|parser")]
    [InlineData("spool show x", "x", "", "")]
    [InlineData("spool list --branch f", "f", "f$(touch x)|f*|f`x`|fine", @"f\$\(touch\ x\)|f\*|f\`x\`|fine")]
    [InlineData("spool list --branch \"f", "f", "f$(touch x)|fine", "fine")]
    public async Task Bash_gets_of_each_word_what_it_replaces(string line, string word, string offered, string expected)
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "There is no bash here.");
        var script = (await _spool.RunAsync("completion", "bash")).Out.Replace("complete -o", "# complete -o", StringComparison.Ordinal);
        using var bash = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(
                "/bin/bash",
                [
                    "-uc",
                    $$"""
                    {{script}}
                    spool() { printf '%s' '{{offered.Replace('|', '\n')}}'; }
                    COMP_LINE='{{line}}' COMP_POINT={{line.Length}}
                    _spool spool '{{word}}' list
                    IFS='|'; printf '%s' "${COMPREPLY[*]}"
                    """,
                ]
            )
            {
                RedirectStandardOutput = true,
            }
        )!;

        Assert.Equal(expected, await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, bash.ExitCode);
    }

    [Fact]
    public async Task Threads_to_take_out_of_the_archive_are_those_in_it()
    {
        _spool.Store.Threads[1] = _spool.Store.Threads[1] with { ArchivedAt = CommandLine.Now };

        Assert.Equal(Samples.Id2 + "\n", (await _spool.RunAsync("complete", "--", "spool unarchive ")).Out);
        Assert.Equal($"last\n{Samples.Id1}\n", (await _spool.RunAsync("complete", "--", "spool archive ")).Out);
    }

    [Theory]
    [InlineData("spool", "ex", "export|last\tused last", "spool ex: -V spool export|last")]
    [InlineData("spool list", "--sort=c", "--sort=created", "spool list --sort=c: -V spool --sort=created")]
    [InlineData("spool list", "--repo=g", "", "spool list --repo=g: files --repo=g")]
    [InlineData("spool export", "--output=g", "", "spool export --output=g: files g")]
    public async Task Zsh_completes_from_its_first_use_on_the_command_at_the_cursor(
        string before,
        string word,
        string offered,
        string expected
    )
    {
        Assert.SkipUnless(Program("zsh") is not null, "There is no zsh here.");
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            await File.WriteAllTextAsync(
                Path.Join(folder, "_spool"),
                (await _spool.RunAsync("completion", "zsh")).Out,
                TestContext.Current.CancellationToken
            );
            var said = await SayAsync(
                "zsh",
                "-f",
                "-c",
                $$"""
                fpath=('{{folder}}') words=({{before}} '{{word}}' more) CURRENT={{before.Split(' ').Length
                    + 1}} PREFIX='{{word}}' BUFFER='true; x'
                spool() { print -rn -- "$4: " >&3; printf '%s' '{{offered.Replace('|', '\n')}}' }
                exec 3>&1
                compset() { PREFIX="${PREFIX#*=}" }
                compadd() { print -rn -- "$2 $3 ${(j:|:)offered}" }
                _files() { print -rn -- "files $PREFIX" }
                autoload -U _spool
                _spool
                """
            );

            Assert.Equal(expected, said);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("spool ", "export|delete", "export|delete")]
    [InlineData("true; spool list --so", "--sort", "--sort")]
    [InlineData("spool list --repo=g", "", "")]
    [InlineData("spool list --repo ", "", "gen.py")]
    [InlineData("spool export last -o g", "", "gen.py")]
    [InlineData("spool export last --output=g", "", "--output=gen.py")]
    [InlineData("spool export last", "last\tused last", "last\tused last")]
    public async Task Fish_completes_files_only_where_nothing_else_is_offered_and_keeps_the_order(
        string line,
        string offered,
        string expected
    )
    {
        Assert.SkipUnless(Program("fish") is not null, "There is no fish here.");
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Join(folder, "gen.py"), "", TestContext.Current.CancellationToken);
            var said = await SayAsync(
                "fish",
                "--no-config",
                "-c",
                $$"""
                cd '{{folder}}'
                {{(await _spool.RunAsync("completion", "fish")).Out}}
                function spool; printf '%s' '{{offered.Replace('|', '\n')}}'; end
                complete -C '{{line}}'
                """
            );

            Assert.Equal(expected, said.TrimEnd('\n').Replace('\n', '|'));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static string? Program(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Join(folder, name)).FirstOrDefault(File.Exists);

    static async Task<string> SayAsync(string shell, params string[] args)
    {
        using var process = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(Program(shell)!, args) { RedirectStandardOutput = true }
        )!;
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return said;
    }

    [Fact]
    public async Task Whatever_was_typed_what_is_offered_goes_on_with_it()
    {
        string[] names = [.. Commands().SelectMany(command => command.Aliases.Append(command.Name))];
        string[] options = [.. Commands().SelectMany(command => command.Options).SelectMany(option => option.Aliases.Append(option.Name))];
        string[] values =
        [
            "created",
            "last",
            "id,ti",
            "md",
            "",
            "-",
            "--",
            "=",
            ":",
            "\"",
            "'",
            "\\",
            "@x",
            "/tm",
            "a\tb",
            "\u672c",
            "\ud83d",
        ];
        var word = Gen.OneOf(
            OneOf(names),
            OneOf(options),
            OneOf(values),
            Gen.Select(OneOf(options), OneOf(["=", ":"]), OneOf(values), (option, sign, value) => option + sign + value),
            Gen.String[Gen.Char, 0, 5]
        );

        await Gen.Select(word.List[0, 6], Gen.Int[-1, 60], Gen.Bool)
            .SampleAsync(
                async (words, cut, describe) =>
                {
                    var line = string.Join(' ', words.Prepend("spool"));
                    var position = cut < 0 ? line.Length : Math.Min(cut, line.Length);
                    string[] more = describe ? ["--describe"] : [];
                    var result = await _spool.RunAsync(["complete", "--position", $"{position}", .. more, "--", line]);

                    Assert.Equal((0, ""), (result.Code, result.Error));
                    var typed = line[..position];
                    Assert.All(
                        result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries),
                        offer => Assert.StartsWith(typed[(typed.LastIndexOf(' ') + 1)..], offer, StringComparison.Ordinal)
                    );
                },
                iter: 3000
            );
    }

    [Fact]
    public async Task Every_option_of_every_command_is_completed_behind_it_and_within_it()
    {
        foreach (var (path, command) in Paths(Root, ""))
        {
            foreach (var name in command.Options.Concat(Root.Options).SelectMany(option => option.Aliases.Append(option.Name)))
            {
                foreach (var end in (string[])[" ", " x", "=", "=x", ""])
                {
                    var line = $"spool{path} last {name}{end}";
                    for (var position = 0; position <= line.Length; position++)
                    {
                        var result = await _spool.RunAsync("complete", "--position", $"{position}", "--", line);
                        Assert.True((result.Code, result.Error) == (0, ""), $"{line[..position]}: {result.Error}");
                    }
                }
            }
        }
    }

    static Gen<string> OneOf(string[] words) => Gen.Int[0, words.Length - 1].Select(at => words[at]);

    static IEnumerable<System.CommandLine.Command> Commands() => Paths(Root, "").Select(pair => pair.Command);

    static IEnumerable<(string Path, System.CommandLine.Command Command)> Paths(System.CommandLine.Command command, string path) =>
        command.Subcommands.SelectMany(sub => Paths(sub, $"{path} {sub.Name}")).Prepend((path, command));
}
