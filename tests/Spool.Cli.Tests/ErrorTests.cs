namespace Spool.Cli.Tests;

public sealed class ErrorTests
{
    readonly CommandLine _spool = new();

    public static TheoryData<ThreadStoreErrorCode> Codes => [.. Enum.GetValues<ThreadStoreErrorCode>()];

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task A_failure_of_the_store_is_one_line_and_its_exit_code(ThreadStoreErrorCode code)
    {
        _spool.Store.Failure = new ThreadStoreException(code, "It\nfailed.");

        var result = await _spool.RunAsync("list");

        Assert.Equal((ErrorTable.For(code).ExitCode, "", "error: It failed.\n"), (result.Code, result.Out, result.Error));
    }

    [Fact]
    public async Task With_json_the_error_is_json_too()
    {
        var result = await _spool.RunAsync("show", Samples.Id1, "--json");

        Assert.Equal((3, ""), (result.Code, result.Out));
        Assert.Equal(
            $$$"""
            error: There is no thread {{{Samples.Id1}}}.
            {"error":{"code":"notFound","message":"There is no thread {{{Samples.Id1}}}."}}

            """,
            result.Error
        );
    }

    [Theory]
    [InlineData("error: There is no command lst; did you mean list?\nhint: 'spool --help' says what there is.\n", "lst")]
    [InlineData("error: There is no option --jsn; did you mean --json?\nhint: 'spool list --help' says what there is.\n", "list", "--jsn")]
    [InlineData(
        "error: Give --format jsonl, json, md or html, or an --output that ends so, such as thread.md.\nhint: 'spool export --help' says what there is.\n",
        "export",
        Samples.Id1
    )]
    [InlineData(
        "error: Give --format jsonl, json, md or html, or an --output that ends so, such as thread.md.\nhint: 'spool export --help' says what there is.\n",
        "export",
        Samples.Id1,
        "-o",
        "thread.txt"
    )]
    [InlineData("error: The limit must be between 1 and 1000.\n", "list", "--limit", "0")]
    public async Task Wrong_usage_is_exit_code_2(string message, params string[] args)
    {
        var result = await _spool.RunAsync(args);

        Assert.Equal((2, "", message), (result.Code, result.Out, result.Error));
    }

    [Theory]
    [InlineData("There is no command search.", "search", "foo")]
    [InlineData("There is no command search.", "--home", "/x", "search", "--serach")]
    [InlineData("There is no command serv; did you mean serve?", "serv")]
    [InlineData("There is no command LIST; did you mean list?", "LIST")]
    [InlineData("There is no command del; did you mean delete?", "del", Samples.Id1)]
    [InlineData("There is no command resume; did you mean open?", "resume", "last")]
    [InlineData("There is no command Continue; did you mean open?", "Continue")]
    [InlineData("There is no command rm; did you mean delete?", "rm", "last")]
    [InlineData("There is no command remove; did you mean delete?", "remove")]
    [InlineData("There is no command view; did you mean show?", "view")]
    [InlineData("There is no command cat; did you mean show?", "cat", "-x")]
    [InlineData("There is no command info; did you mean show?", "info")]
    [InlineData("There is no command restore; did you mean unarchive?", "restore")]
    [InlineData("There is no command copy; did you mean fork?", "copy")]
    [InlineData("There is no command rm.", "index", "rm")]
    [InlineData("There is no option --html; did you mean --format html?", "export", "last", "--html")]
    [InlineData("There is no option --MD; did you mean --format md?", "export", "--MD", "last")]
    [InlineData("There is no option --json; did you mean --format json?", "export", "last", "--json")]
    [InlineData("There is no option --updated; did you mean --sort updated?", "list", "--updated")]
    [InlineData("There is no option --codex; did you mean --view codex?", "show", "last", "--codex")]
    [InlineData("--limit lacks its value: --cache is an option.", "list", "--limit", "--cache", "/x")]
    [InlineData("--limit lacks its value: -q is an option.", "list", "-n", "-q")]
    [InlineData("--sort lacks its value: --asc is an option.", "list", "--sort", "--asc")]
    [InlineData("--since lacks its value: --until is an option.", "list", "--since", "--until", "2d")]
    [InlineData("--limit takes a whole number, not '--foo'.", "list", "--limit", "--foo")]
    [InlineData("There is no command sttaus; did you mean status?", "index", "sttaus")]
    [InlineData("There is no command -.", "-")]
    [InlineData("There is no option --serach; did you mean --search?", "list", "--serach", "x")]
    [InlineData("There is no option --serach; did you mean --search?", "list", "--serach=x")]
    [InlineData("There is no option --hmoe; did you mean --home?", "--hmoe", "/x", "list")]
    [InlineData("There is no option -x.", "list", "-x", "5")]
    [InlineData("There is no option --json.", "index", "--json")]
    [InlineData("There is no option --turn; did you mean --turns?", "show", "--turn", Samples.Id1)]
    [InlineData("There is no option --turn; did you mean --turns?", "show", Samples.Id1, "--turn")]
    [InlineData("There is no option --josn; did you mean --json?", "archive", "--josn", Samples.Id1)]
    [InlineData("There is no option --josn; did you mean --json?", "unarchive", Samples.Id1, "--josn")]
    [InlineData("There is no option --josn; did you mean --json?", "rename", Samples.Id1, "--josn")]
    [InlineData("There is no option --josn; did you mean --json?", "rename", "--josn", Samples.Id1, "x")]
    [InlineData("There is no option --clear; rename has it.", "fork", Samples.Id1, "--clear")]
    [InlineData("There is no option --before; did you mean --before-turn?", "fork", Samples.Id1, "--before", "t1")]
    [InlineData("There is no option --yess; did you mean --yes?", "delete", "--yess", Samples.Id1)]
    [InlineData("There is no option --format; list and export have it.", "completion", "--format", "bash")]
    [InlineData("There is no option --fromat; did you mean --format?", "export", Samples.Id1, "--fromat", "md")]
    [InlineData("There is no option --listne; did you mean --listen?", "serve", "--listne", "http://127.0.0.1:0")]
    [InlineData("There is no option --jsno; did you mean --json?", "index", "status", "--jsno")]
    [InlineData("There is no option --sehll.", "help", "--sehll")]
    [InlineData("--sort does not take 'size'. Must be one of: 'created' 'updated' 'recency'.", "list", "--sort", "size")]
    [InlineData("'foo' is one word too many.", "list", "foo")]
    [InlineData("'--serach' is one word too many.", "list", "--", "--serach")]
    [InlineData("'b' is one word too many.", "rename", Samples.Id1, "a", "b")]
    [InlineData("'html' is one word too many; did you mean --format html?", "export", "last", "html")]
    [InlineData("'Updated' is one word too many; did you mean --sort updated?", "list", "Updated")]
    [InlineData("There is no option --images; export has it.\n", "show", "last", "--images")]
    [InlineData("There is no option --dry-run; delete has it.\n", "fork", "--dry-run", Samples.Id1)]
    public async Task The_word_that_is_wrong_is_blamed_and_the_nearest_one_named(string message, params string[] args)
    {
        var result = await _spool.RunAsync(args);

        Assert.Equal((2, ""), (result.Code, result.Out));
        Assert.StartsWith($"error: {message}", result.Error, StringComparison.Ordinal);
        Assert.True(
            args.Contains("--json") || result.Error.EndsWith("--help' says what there is.\n", StringComparison.Ordinal),
            result.Error
        );
        Assert.Null(_spool.Opened);
    }

    [Fact]
    public async Task An_option_without_its_value_is_wrong_usage_whichever_it_is_and_whatever_stands_before_it()
    {
        var root = new SpoolRoot(_spool.Context(Stream.Null, TextWriter.Null));
        var tried = 0;
        foreach (var (path, command) in Paths(root, []))
        {
            string[] words = [.. command.Arguments.Select(argument => argument.Name == "SHELL" ? "bash" : "last")];
            foreach (var option in command.Options.Concat(root.Options.Where(option => option.Recursive)))
            {
                foreach (var name in option.Aliases.Append(option.Name))
                {
                    if (option.Arity.MinimumNumberOfValues == 0)
                    {
                        if (option is System.CommandLine.Option<bool>)
                            Assert.NotEqual(
                                ExitCodes.Of(ThreadStoreErrorCode.Internal),
                                (await _spool.RunAsync([.. path, .. words, $"{name}=maybe"])).Code
                            );
                        continue;
                    }
                    tried++;
                    var error = await IsRefused([.. path, .. words, name]);
                    Assert.StartsWith($"error: Required argument missing for option: '{name}'.\n", error, StringComparison.Ordinal);
                    await IsRefused([.. path, name]);
                    var help = await _spool.RunAsync([.. path, "--help", .. words, name]);
                    Assert.Equal((0, ""), (help.Code, help.Error));
                }
            }
        }
        Assert.True(tried > 50);

        async Task<string> IsRefused(string[] line)
        {
            var result = await _spool.RunAsync(line);
            Assert.True((result.Code, result.Out) == (2, ""), $"{string.Join(' ', line)}: {result.Code} {result.Error}");
            Assert.DoesNotContain("bug", result.Error, StringComparison.Ordinal);
            return result.Error;
        }
    }

    static IEnumerable<(string[] Path, System.CommandLine.Command Command)> Paths(System.CommandLine.Command command, string[] path) =>
        command.Subcommands.SelectMany(sub => Paths(sub, [.. path, sub.Name])).Prepend((path, command));

    [Theory]
    [InlineData("list --search flaky", "search", "flaky")]
    [InlineData("list --search 'flaky test'", "find", "flaky", "test")]
    [InlineData("list --search TEXT --home /x", "--home", "/x", "grep")]
    [InlineData("list --search TEXT", "serach", "--json")]
    [InlineData("list --search parser", "list", "parser")]
    [InlineData("list --search 'the parser' --home /x", "list", "--home", "/x", "the", "parser")]
    public async Task Who_looks_for_a_command_that_searches_gets_the_option_that_does(string command, params string[] line)
    {
        var result = await _spool.RunAsync(line);

        Assert.Equal(2, result.Code);
        Assert.Equal(
            !line.Contains("--json"),
            result.Error.Contains($"\nhint: To search names and first messages: spool {command}\n", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("show", "show last")]
    [InlineData("export", "export last --format md")]
    [InlineData("open", "open last")]
    public async Task A_missing_ID_comes_first_and_names_last(string command, string hint)
    {
        var result = await _spool.RunAsync(command);

        Assert.Equal(2, result.Code);
        Assert.StartsWith(
            $"error: Required argument 'ID' missing for command: '{command}'.\nhint: The thread that was used last: spool {hint}\n",
            result.Error,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("--serach")]
    [InlineData("-x")]
    [InlineData("@nobody")]
    public async Task A_value_of_an_option_may_look_like_an_option(string value)
    {
        Assert.Equal(0, (await _spool.RunAsync("list", "--search", value)).Code);
        Assert.Equal(value, _spool.Store.FirstQuery!.SearchTerm);
    }

    [Theory]
    [InlineData(" 5", "' 5'")]
    [InlineData("5 ", "'5 '")]
    [InlineData("+5", "'+5'")]
    [InlineData("5.0", "'5.0'")]
    [InlineData("5\n", "'5'")]
    [InlineData("   ", "''")]
    public async Task A_number_is_digits_and_what_is_none_is_shown_as_it_was_given(string value, string shown)
    {
        foreach (var args in new string[][] { ["list", "--limit", value], ["show", Samples.Id1, "--limit", value] })
        {
            var result = await _spool.RunAsync(args);

            Assert.Equal(2, result.Code);
            Assert.StartsWith($"error: --limit takes a whole number, not {shown}.", result.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--home", "list", "--home", "")]
    [InlineData("--home", "--home", "", "list")]
    [InlineData("--cache", "list", "--cache", "")]
    [InlineData("--remote", "list", "--remote", "")]
    [InlineData("--remote", "index", "status", "--remote", "")]
    [InlineData("--remote-token-file", "list", "--remote", "http://127.0.0.1:1", "--remote-token-file", "")]
    [InlineData("--remote-ca", "list", "--remote", "http://127.0.0.1:1", "--remote-ca", "")]
    [InlineData("--cwd", "list", "--cwd", "/x", "--cwd", "")]
    [InlineData("--cursor", "list", "--cursor", "")]
    [InlineData("--output", "export", Samples.Id1, "-f", "md", "-o", "")]
    [InlineData("--before-turn", "fork", Samples.Id1, "--before-turn", "")]
    [InlineData("--token-file", "serve", "--token-file", "")]
    [InlineData("--client-ca", "serve", "--client-ca", "")]
    [InlineData("--otlp", "serve", "--otlp", "")]
    public async Task An_option_that_was_given_and_is_empty_is_not_its_default(string option, params string[] args)
    {
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id1, TimeSpan.Zero, "x"));

        var result = await _spool.RunAsync(args);

        Assert.Equal(
            (2, "", $"error: {option} is empty, as with a shell variable that is not set; give it a value, or leave it away.\n"),
            (result.Code, result.Out, result.Error)
        );
        Assert.Null(_spool.Opened);
    }

    [Theory]
    [InlineData("--search")]
    [InlineData("--source")]
    [InlineData("--provider")]
    public async Task A_filter_may_be_the_empty_text(string option) => Assert.Equal(0, (await _spool.RunAsync("list", option, "")).Code);

    [Fact]
    public async Task An_interruption_is_exit_code_130_and_silent()
    {
        using var output = new MemoryStream();

        var result = await _spool.RunOnAsync(output, ["list"], new CancellationToken(canceled: true));

        Assert.Equal((130, ""), (result.Code, result.Error));
    }

    [Fact]
    public async Task A_reader_that_went_away_is_exit_code_141_and_silent()
    {
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id1, TimeSpan.Zero, "x"));

        var result = await _spool.RunOnAsync(new ClosedPipe(), ["list"], CancellationToken.None);

        Assert.Equal((141, ""), (result.Code, result.Error));
    }

    [Fact]
    public async Task A_full_disk_is_exit_code_5()
    {
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id1, TimeSpan.Zero, "x"));

        var result = await _spool.RunOnAsync(new ClosedPipe { Errno = 28 }, ["list"], CancellationToken.None);

        Assert.Equal((5, "error: The output is full: there is no space left where it is written.\n"), (result.Code, result.Error));
    }

    sealed class ClosedPipe : MemoryStream
    {
        public int Errno { get; init; } = 32;

        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("No.", Errno);

        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("No.", Errno);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_file_of_options_that_has_no_end_is_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is no /dev/zero here.");

        var result = await new CommandLine().RunAsync("list", "--remote", "http://127.0.0.1:1", "--remote-token-file", "/dev/zero");

        Assert.Equal(
            (2, "error: The file /dev/zero cannot be read: it is larger than a megabyte, or has no end.\n"),
            (result.Code, result.Error)
        );
    }
}
