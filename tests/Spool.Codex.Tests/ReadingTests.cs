using System.Diagnostics;
using Spool.Cli.Tests;
using Spool.TestKit;

namespace Spool.Codex.Tests;

/// <summary>Spool reads what a running Codex writes.</summary>
public sealed class ReadingTests : CodexTests
{
    [Fact, Guarantee("CDEX-01")]
    public async Task Codex_runs_in_a_network_that_has_only_the_loopback_interface()
    {
        CodexRelease.Require(CodexRelease.V171);

        using var process = Process.Start(
            new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "closed-off"), ["cat", "/proc/net/dev", "/proc/net/route"])
            {
                RedirectStandardOutput = true,
            }
        )!;
        var lines = (await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );

        // Two lines of headings, an interface, and the heading of a table of routes without a route.
        Assert.Equal(4, lines.Length);
        Assert.StartsWith("lo:", lines[2].Trim(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Modes.All), MemberType = typeof(Modes)), Guarantee("CDEX-02")]
    public async Task Spool_reads_a_thread_while_codex_writes_it_as_codex_reads_it(string release, string mode)
    {
        var home = NewHome();
        await using var store = home.Open();
        await using var codex = await home.StartAsync(release);
        var threadId = await codex.StartThreadAsync(mode);

        await codex.TurnAsync(threadId, "first question");
        await Turns.AssertSameAsync(store, await codex.ReadAsync(threadId));
        await codex.TurnAsync(threadId, "second question [[shell: echo from the tool]]");

        var read = await codex.ReadAsync(threadId);
        var found = await store.FindAsync(threadId, TestContext.Current.CancellationToken);
        await Turns.AssertSameAsync(store, read);
        Assert.Equal(2, read["turns"]!.AsArray().Count);
        Assert.Equal(
            ("first question", mode, ThreadCondition.Ok, (string?)read["cwd"], (string?)read["cliVersion"]),
            (found!.Preview, found.HistoryMode, found.State, found.Cwd, found.CliVersion)
        );
    }

    [Theory, MemberData(nameof(Modes.All), MemberType = typeof(Modes)), Guarantee("CDEX-03")]
    public async Task What_is_left_of_a_turn_in_which_codex_was_killed_is_the_same_for_both(string release, string mode)
    {
        var home = NewHome();
        await using var store = home.Open();
        ThreadId threadId;
        await using (var codex = await home.StartAsync(release))
        {
            threadId = await codex.StartThreadAsync(mode);
            await codex.TurnAsync(threadId, "first question");
            var seen = codex.NoteCount;
            await codex.BeginTurnAsync(threadId, "never answered [[hang]]");
            await codex.NoteAsync(seen, "item/completed", note => (string?)note["item"]?["type"] == "userMessage");
            codex.Kill();
        }

        await using var next = await home.StartAsync(release);
        await next.ResumeAsync(threadId);
        var read = await next.ReadAsync(threadId);

        await Turns.AssertSameAsync(store, read);
        // How much of the second turn was on the disk is up to chance.
        Assert.Equal(["userMessage: first question", "agentMessage: Answer to: first question", "(completed)"], Turns.Texts(read).Take(3));
    }

    [Theory, InlineData(CodexRelease.V125), InlineData(CodexRelease.V128), InlineData(CodexRelease.V129), Guarantee("CDEX-29")]
    public async Task Threads_of_older_releases_are_for_spool_what_the_newest_codex_makes_of_them(string release)
    {
        var home = NewHome();
        await using var store = home.Open();
        ThreadId threadId;
        await using (var older = await home.StartAsync(release))
        {
            threadId = await older.StartThreadAsync();
            await older.TurnAsync(threadId, "first question");
            await older.TurnAsync(threadId, "second question [[shell: echo from the tool]]");
            await older.RollBackAsync(threadId);
            await older.TurnAsync(threadId, "third question");
            var seen = older.NoteCount;
            var turn = await older.BeginTurnAsync(threadId, "fourth question [[hang]]");
            await home.AskedAsync("fourth question [[hang]]");
            await older.RequestAsync("turn/interrupt", new() { ["threadId"] = threadId.ToString(), ["turnId"] = turn });
            await older.NoteAsync(seen, "turn/completed", note => (string?)note["turn"]?["id"] == turn);
        }

        await using var newest = await home.StartAsync(CodexRelease.V171);
        await Turns.AssertSameAsync(store, await newest.ReadAsync(threadId));
        await newest.ResumeAsync(threadId);
        await newest.TurnAsync(threadId, "last question");

        var read = await newest.ReadAsync(threadId);
        await Turns.AssertSameAsync(store, read);
        Assert.Equal(["first question", "third question", "fourth question [[hang]]", "last question"], Turns.Questions(read));
    }

    [Theory, InlineData(CodexRelease.V125), InlineData(CodexRelease.V128), Guarantee("CDEX-30")]
    public async Task Every_log_of_an_older_release_is_for_spool_what_the_newest_codex_makes_of_it(string release)
    {
        var home = NewHome();
        foreach (var name in FixtureHomes.Names.Where(name => name.StartsWith(release + "/", StringComparison.Ordinal)))
            CopyRollouts(FixtureHomes.PathOf(name), home.Path);
        await using var store = home.Open();
        var page = await store.ListAsync(new ThreadQuery { Limit = ThreadQuery.MaxLimit, Archive = ArchiveFilter.Any }, Cancellation);
        await using var codex = await home.StartAsync(CodexRelease.V171);

        Assert.InRange(page.Items.Count, 15, ThreadQuery.MaxLimit - 1);
        foreach (var thread in page.Items)
        {
            // Of a log with the extended history the newest release leaves out what tools did. The release that wrote it shows that, and so
            // does Spool.
            if (
                !(await File.ReadAllTextAsync(home.RolloutOf(thread.Id), Cancellation)).Contains(
                    "exec_command_end",
                    StringComparison.Ordinal
                )
            )
                await Turns.AssertSameAsync(store, await codex.ReadAsync(thread.Id));
        }
    }

    static void CopyRollouts(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "rollout-*.jsonl", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
    }
}
