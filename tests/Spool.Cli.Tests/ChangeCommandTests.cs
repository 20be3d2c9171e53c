using System.Text.Json.Nodes;

namespace Spool.Cli.Tests;

/// <summary>Commands that change threads: what they ask of the store, what they print, and how they fail.</summary>
public sealed class ChangeCommandTests
{
    readonly CommandLine _spool = new();

    public ChangeCommandTests()
    {
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id1, TimeSpan.FromHours(2), "Fix the flaky test"));
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id2, TimeSpan.FromHours(3), "Write the changelog"));
        _spool.Store.Turns[ThreadId.Parse(Samples.Id1)] =
        [
            Samples.Turn("t1", Samples.User("Fix the flaky test")),
            Samples.Turn("t2", Samples.User("And again")),
        ];
    }

    [Fact]
    public async Task Rename_gives_a_name_and_says_so_in_words()
    {
        var result = await _spool.RunAsync("rename", Samples.Id1, "  The flaky test ");

        Assert.Equal((0, "", $"spool: Thread {Samples.Id1} is now named \"The flaky test\".\n"), (result.Code, result.Out, result.Error));
        Assert.Equal("The flaky test", _spool.Store.Threads[0].Name);
    }

    [Fact]
    public async Task Rename_to_the_first_message_says_that_the_thread_has_no_name_of_its_own()
    {
        _spool.Store.TakesPreviewForNoName = true;

        var result = await _spool.RunAsync("rename", Samples.Id1, "Fix the flaky test");

        Assert.Equal(
            (
                0,
                null,
                $"spool: Thread {Samples.Id1} has no name of its own: \"Fix the flaky test\" is its first message, by which it is known without one.\n"
            ),
            (result.Code, _spool.Store.Threads[0].Name, result.Error)
        );
    }

    [Fact]
    public async Task Rename_with_clear_takes_the_name_away()
    {
        _spool.Store.Threads[0] = _spool.Store.Threads[0] with { Name = "old" };

        var result = await _spool.RunAsync("rename", Samples.Id1, "--clear");

        Assert.Equal(
            (0, null, $"spool: Thread {Samples.Id1} has no name now.\n"),
            (result.Code, _spool.Store.Threads[0].Name, result.Error)
        );
    }

    [Theory]
    [InlineData("--josn")]
    [InlineData("-j")]
    [InlineData("-1 is no index")]
    public async Task A_name_that_begins_with_a_dash_is_one_only_after_two_dashes(string name)
    {
        var refused = await _spool.RunAsync("rename", Samples.Id1, name);
        Assert.Equal((2, null), (refused.Code, _spool.Store.Threads[0].Name));
        Assert.StartsWith($"error: There is no option {name}", refused.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await _spool.RunAsync("rename", name, Samples.Id1)).Code);

        Assert.Equal(0, (await _spool.RunAsync("rename", Samples.Id1, "--json", "--", name)).Code);
        Assert.Equal(name, _spool.Store.Threads[0].Name);
        Assert.Equal(0, (await _spool.RunAsync("rename", "--", Samples.Id1, name)).Code);
    }

    [Theory]
    [InlineData("rename", Samples.Id1)]
    [InlineData("rename", Samples.Id1, "name", "--clear")]
    [InlineData("fork", Samples.Id1, "--before-turn", "a", "--through-turn", "b")]
    [InlineData("archive")]
    [InlineData("rename", Samples.Id1, "two\nlines")]
    [InlineData("rename", Samples.Id1, "   ")]
    [InlineData("rename", Samples.Id1, "")]
    public async Task Wrong_usage_changes_nothing(params string[] args)
    {
        var before = _spool.Store.Threads.ToList();

        var result = await _spool.RunAsync(args);

        Assert.Equal((2, ""), (result.Code, result.Out));
        Assert.StartsWith("error: ", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, _spool.Store.Threads);
    }

    [Theory]
    [InlineData("rename", "a name")]
    [InlineData("archive", null)]
    [InlineData("unarchive", null)]
    [InlineData("fork", null)]
    public async Task With_json_the_changed_thread_is_printed(string command, string? more)
    {
        var result = await _spool.RunAsync([command, Samples.Id1, .. more is null ? Array.Empty<string>() : [more], "--json"]);

        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.StartsWith("""{"thread":{"id":""", result.Out, StringComparison.Ordinal);
        Assert.EndsWith("},\"warnings\":[]}\n", result.Out, StringComparison.Ordinal);
        var changed = command == "fork" ? _spool.Store.Threads[^1] : _spool.Store.Threads[0];
        Assert.Contains($"\"id\":\"{changed.Id}\"", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Archive_and_unarchive_take_several_threads_and_print_a_line_for_each()
    {
        var archived = await _spool.RunAsync("archive", Samples.Id1, Samples.Id2, "--json");

        Assert.Equal(
            [Samples.Id1, Samples.Id2],
            archived.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (string)JsonNode.Parse(line)!["thread"]!["id"]!)
        );
        Assert.All(_spool.Store.Threads, thread => Assert.NotNull(thread.ArchivedAt));

        Assert.Equal(
            (
                0,
                $"spool: Thread {Samples.Id2} \"Write the changelog\" is active again.\nspool: Thread {Samples.Id1} \"Fix the flaky test\" is active again.\n"
            ),
            await _spool.RunAsync("unarchive", Samples.Id2, Samples.Id1) is var result ? (result.Code, result.Error) : default
        );
        Assert.All(_spool.Store.Threads, thread => Assert.Null(thread.ArchivedAt));
    }

    [Fact]
    public async Task What_fails_for_one_thread_is_said_and_the_others_are_still_done()
    {
        var result = await _spool.RunAsync("archive", Samples.Id3, Samples.Id2);

        Assert.Equal(
            (3, $"error: There is no thread {Samples.Id3}.\nspool: Thread {Samples.Id2} \"Write the changelog\" is in the archive.\n"),
            (result.Code, result.Error)
        );
        Assert.NotNull(_spool.Store.Threads[1].ArchivedAt);
    }

    [Fact]
    public async Task A_conflict_says_who_writes_the_thread()
    {
        _spool.Store.Writers[ThreadId.Parse(Samples.Id1)] = new WriterOwner("box", 4242, "codex", null);

        var result = await _spool.RunAsync("rename", Samples.Id1, "name", "--json");

        Assert.Equal((4, ""), (result.Code, result.Out));
        Assert.StartsWith(
            $"error: Thread {Samples.Id1} is being written by codex, process 4242 on box; end that first.\n{{\"error\":{{\"code\":\"hasWriter\",\"owner\":{{\"host\":\"box\",\"processId\":4242,\"program\":\"codex\"}},\"message\":",
            result.Error,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("rename", "a name")]
    [InlineData("archive", null)]
    [InlineData("unarchive", null)]
    [InlineData("fork", null)]
    public async Task A_warning_is_words_and_in_the_json_and_no_failure(string command, string? more)
    {
        _spool.Store.Warnings = ["Codex's own database was locked.", "And a second thing."];

        var result = await _spool.RunAsync([command, Samples.Id1, .. more is null ? Array.Empty<string>() : [more], "--json"]);

        Assert.Equal((0, "warning: Codex's own database was locked.\nwarning: And a second thing.\n"), (result.Code, result.Error));
        Assert.Equal(_spool.Store.Warnings, JsonNode.Parse(result.Out)!["warnings"]!.AsArray().Select(warning => (string)warning!));
    }

    [Fact]
    public async Task What_a_deletion_left_is_said_with_its_reason()
    {
        _spool.Store.Warnings = ["A page of Codex's database"];

        var words = await _spool.RunAsync("delete", Samples.Id1, "--yes");
        var json = await _spool.RunAsync("delete", Samples.Id2, "--yes", "--json");

        Assert.EndsWith("warning: A page of Codex's database: left, because of a reason.\n", words.Error, StringComparison.Ordinal);
        Assert.Contains(
            """
            "warnings":["A page of Codex's database: left, because of a reason."],"rows":3,"removed":["sessions/one.jsonl"],"left":[{"what":"A page of Codex's database","why":"of a reason"}],"prompts":4}}
            """,
            json.Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Fork_prints_the_new_id_and_passes_the_turn_on()
    {
        var before = await _spool.RunAsync("fork", Samples.Id1, "--before-turn", "t2");
        var through = await _spool.RunAsync("fork", Samples.Id1, "--through-turn", "t1");
        var whole = await _spool.RunAsync("fork", Samples.Id1);

        Assert.Equal(
            [ForkPoint.Before("t2"), ForkPoint.Through("t1"), ForkPoint.Latest],
            new[] { before, through, whole }.Select(result => _spool.Store.Forks[ThreadId.Parse(result.Out.TrimEnd('\n'))])
        );
        Assert.Equal($"spool: The new thread {whole.Out.TrimEnd('\n')} begins as {Samples.Id1} did.\n", whole.Error);
    }

    [Fact]
    public async Task A_fork_without_a_message_says_where_it_is_listed()
    {
        var result = await _spool.RunAsync("fork", Samples.Id1, "--before-turn", "t1");
        var id = result.Out.TrimEnd('\n');

        Assert.Equal(
            (0, $"spool: The new thread {id} begins as {Samples.Id1} did. It has no message yet; 'spool list --all' shows it.\n"),
            (result.Code, result.Error)
        );
        Assert.DoesNotContain(id, (await _spool.RunAsync("list")).Out, StringComparison.Ordinal);
        Assert.Contains(id, (await _spool.RunAsync("list", "--all")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_asks_and_shows_what_it_would_delete()
    {
        _spool.Answers = "y\n";

        var result = await _spool.RunAsync("delete", Samples.Id1);

        Assert.Equal(0, result.Code);
        Assert.Equal(
            $"Delete thread {Samples.Id1}, \"Fix the flaky test\" (2 turns, created 2 h ago), and every copy of its log, whatever its name? This cannot be undone. [y/N] spool: Thread {Samples.Id1} is deleted: 1 rollout of 1.2 KiB, 2 names, 3 rows of databases, 4 prompts.\n",
            result.Error
        );
        Assert.DoesNotContain(_spool.Store.Threads, thread => thread.Id.ToString() == Samples.Id1);
    }

    [Fact]
    public async Task Delete_says_when_the_thread_was_used_where_that_is_not_when_it_was_created()
    {
        _spool.Answers = "n\n";
        _spool.Store.Threads[0] = _spool.Store.Threads[0] with { RecencyAt = CommandLine.Now - TimeSpan.FromMinutes(5) };

        Assert.Contains(
            "turns, created 2 h ago, last used 5 min ago), ",
            (await _spool.RunAsync("delete", "last")).Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "turns, created 2 h ago, last used 5 min ago), ",
            (await _spool.RunAsync("delete", "last", "--dry-run")).Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_question_of_a_deletion_is_broken_at_words_on_a_narrow_terminal()
    {
        (_spool.Answers, _spool.Error) = ("n\n", CommandLine.Terminal(44));

        var rows = (await _spool.RunAsync("delete", Samples.Id1)).Error.Split('\n');

        Assert.Equal("Delete thread", rows[0]);
        Assert.Contains(rows, row => row.StartsWith("  [y/N] spool: ", StringComparison.Ordinal));
        Assert.All(rows, row => Assert.InRange(CellText.Width(row.Split("[y/N] ")[0]), 0, 43));
    }

    [Fact]
    public async Task The_words_of_a_deletion_name_every_file_that_went_beside_the_rollout()
    {
        _spool.Store.Removed = ["sessions/one.jsonl", .. Enumerable.Range(1, 249).Select(n => $"backup/{n}.gz")];

        var result = await _spool.RunAsync("delete", Samples.Id1, "--yes");

        Assert.Equal(
            [
                $"spool: Thread {Samples.Id1} is deleted: 1 rollout and 249 other files of 1.2 KiB, 2 names, 3 rows of databases, 4 prompts.",
                "spool: Removed sessions/one.jsonl",
                .. Enumerable.Range(1, 249).Select(n => $"spool: Removed backup/{n}.gz"),
            ],
            result.Error.TrimEnd('\n').Split('\n')
        );
    }

    [Fact]
    public async Task A_thread_that_was_only_in_files_of_other_names_is_not_said_to_be_nothing()
    {
        (_spool.Store.Rollouts, _spool.Store.Removed) = (0, ["backup/one.gz"]);

        var result = await _spool.RunAsync("delete", Samples.Id1, "--yes");

        Assert.Equal(
            $"spool: Thread {Samples.Id1} is deleted: it was in no list, only in 1 file under other names, 2 names, 3 rows of databases, 4 prompts.\nspool: Removed backup/one.gz\n",
            result.Error
        );
    }

    [Theory]
    [InlineData("n\n")]
    [InlineData("\n")]
    [InlineData("")]
    public async Task Delete_keeps_the_thread_unless_the_answer_is_yes(string answer)
    {
        _spool.Answers = answer;

        var result = await _spool.RunAsync("delete", Samples.Id1);

        Assert.Equal(0, result.Code);
        Assert.EndsWith(
            $"[y/N] {(answer.Length == 0 ? "\n" : "")}spool: Thread {Samples.Id1} is kept.\nspool: Nothing was deleted.\n",
            result.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(2, _spool.Store.Threads.Count);
    }

    [Theory]
    [InlineData(Samples.Id1, 4)]
    [InlineData("01a20428-0000-7000-8000-000000000000", 3)]
    public async Task Delete_does_not_ask_about_what_it_would_refuse(string id, int code)
    {
        _spool.Answers = "y\n";
        _spool.Store.Writers[ThreadId.Parse(Samples.Id1)] = new WriterOwner("here", 17, "codex", null);

        var result = await _spool.RunAsync("delete", id);

        Assert.Equal(code, result.Code);
        Assert.DoesNotContain("[y/N]", result.Error, StringComparison.Ordinal);
        Assert.Equal(2, _spool.Store.Threads.Count);
    }

    [Fact]
    public async Task Delete_does_not_say_that_nothing_was_deleted_when_one_of_two_was()
    {
        _spool.Answers = "y\nn\n";

        var result = await _spool.RunAsync("delete", Samples.Id1, Samples.Id2);

        Assert.Equal(0, result.Code);
        Assert.EndsWith($"spool: Thread {Samples.Id2} is kept.\n", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing was deleted", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_without_a_terminal_needs_yes()
    {
        var refused = await _spool.RunAsync("delete", Samples.Id1);
        Assert.Equal(
            (2, "error: There is no terminal to ask on; give --yes to delete without a question.\n", 2),
            (refused.Code, refused.Error, _spool.Store.Threads.Count)
        );

        var deleted = await _spool.RunAsync("delete", Samples.Id1, "--yes", "--json");
        Assert.Equal(
            (
                0,
                $$$"""{"deleted":{"id":"{{{Samples.Id1}}}","rollouts":1,"bytes":1234,"names":2,"warnings":[],"rows":3,"removed":["sessions/one.jsonl"],"left":[],"prompts":4}}"""
                    + "\n"
            ),
            (deleted.Code, deleted.Out)
        );
    }
}
