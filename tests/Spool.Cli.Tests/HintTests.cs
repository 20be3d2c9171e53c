namespace Spool.Cli.Tests;

/// <summary>The commands that words for people name. Pasted, they have to work on the store that was meant.</summary>
public sealed class HintTests
{
    const string Given = " --home '/srv/my home'\\''s' --cache /srv/cache";

    static readonly string[] Options = ["--cache", "/srv/cache", "--home=/srv/my home's"];
    static readonly ThreadId Id = ThreadId.Parse(Samples.Id1);

    readonly CommandLine _spool = new();

    public HintTests()
    {
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id1, TimeSpan.FromHours(2), "Fix it"));
        _spool.Store.Turns[Id] =
        [
            .. Enumerable.Range(1, 5).Select(i => Samples.Turn($"t{i}", Samples.Agent("one")) with { CallsLeftOut = 2 }),
        ];
    }

    [Theory]
    [InlineData($"spool show {Samples.Id1} --turns{Given}\n", "show", Samples.Id1)]
    [InlineData($"All of them: spool export {Samples.Id1} --format jsonl{Given}\n", "show", Samples.Id1, "--turns")]
    [InlineData($"'spool list --all{Given}' shows it", "fork", Samples.Id1, "--before-turn", "t1")]
    [InlineData($"'spool list{Given}' shows them", "show", "nothing")]
    public async Task A_command_that_is_named_repeats_the_options_of_every_command_that_were_given_as_a_shell_reads_them(
        string hint,
        params string[] line
    )
    {
        var result = await _spool.RunAsync([.. Options, .. line]);

        Assert.Contains(hint, result.Out + result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(
            " --home",
            string.Concat((await _spool.RunAsync(line)) is var plain ? plain.Out + plain.Error : ""),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("md", $"`spool export {Samples.Id1} --format jsonl`")]
    [InlineData("html", $"<code>spool export {Samples.Id1} --format jsonl</code>")]
    public async Task A_command_in_a_document_which_is_read_elsewhere_has_nothing_of_this_machine(string format, string command)
    {
        var document = (await _spool.RunAsync([.. Options, "export", Samples.Id1, "--format", format])).Out;

        Assert.Contains(command, document, StringComparison.Ordinal);
        Assert.DoesNotContain("/srv/", document, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_thread_that_cannot_be_read_names_a_command_that_works_here()
    {
        _spool.Store.Threads[0] = _spool.Store.Threads[0] with
        {
            State = ThreadCondition.Unreadable,
            StateReason = "The rollout is empty.",
        };
        _spool.Store.Items[Id] = [];

        Assert.Contains(
            $"'spool export {Samples.Id1} --format jsonl{Given}' gives",
            (await _spool.RunAsync([.. Options, "show", Samples.Id1, "--turns"])).Error,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(
        "It is gone; 'spool delete 01a20428-d3ad-73a1-92e6-c2af64741e31' removes it.",
        $"It is gone; 'spool delete {Samples.Id1}{Given}' removes it."
    )]
    [InlineData("Not mounted; 'spool index rebuild' forgets them.", $"Not mounted; 'spool index rebuild{Given}' forgets them.")]
    [InlineData("A part cannot be read; 'spool list' says which.", $"A part cannot be read; 'spool list{Given}' says which.")]
    public async Task So_does_one_in_the_message_of_a_store(string message, string said)
    {
        _spool.Store.Failure = new ThreadStoreException(ThreadStoreErrorCode.NotFound, message);

        Assert.Equal($"error: {said}\n", (await _spool.RunAsync([.. Options, "list"])).Error);
        Assert.Equal($"error: {message}\n", (await _spool.RunAsync("list")).Error);
    }

    [Fact]
    public void What_only_helps_on_the_machine_of_a_server_says_so()
    {
        var global = new GlobalOptions();
        var root = new System.CommandLine.RootCommand();
        foreach (var option in global.Everywhere)
            root.Options.Add(option);
        var hints = new Hints();
        hints.Repeat(root.Parse(["--remote", "http://127.0.0.1:1"]), global, new CommandLine().Context(Stream.Null, TextWriter.Null));

        Assert.Equal(
            "Not mounted; 'spool index rebuild' on the server's machine forgets them.",
            hints.Complete("Not mounted; 'spool index rebuild' forgets them.")
        );
    }
}
