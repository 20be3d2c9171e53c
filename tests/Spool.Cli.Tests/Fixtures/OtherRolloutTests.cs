using System.Text.Json.Nodes;

namespace Spool.Cli.Tests;

/// <summary>A copy of a rollout that says it is the same thread, as programs that synchronise folders make them, hides behind the thread:
/// it is said that it is there.</summary>
public sealed class OtherRolloutTests : IDisposable
{
    const string Name = $"rollout-2026-03-01T10-00-00-{Samples.Id1}";

    readonly string _home = Directory.CreateTempSubdirectory("spool-others-").FullName;
    readonly RealCommandLine _spool;

    public OtherRolloutTests()
    {
        _spool = new RealCommandLine(_home);
        Write($"sessions/2026/03/01/{Name}.jsonl", "one");
    }

    public void Dispose()
    {
        _spool.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    [Theory]
    [InlineData(new[] { "one", "two" }, ", and is newer and longer", true)]
    [InlineData(new[] { "one" }, "", false)]
    public async Task A_copy_that_claims_a_thread_is_said_by_every_form_of_show(string[] messages, string more, bool hasMore)
    {
        Write($"sessions/2026/03/01/{Name} (conflicted copy).jsonl", messages);
        var copy = (string)
            (await _spool.JsonAsync("list", "--all"))["threads"]!.AsArray().Single(thread => (string?)thread!["state"] == "duplicate")![
                "id"
            ]!;
        var said =
            $"spool: Another rollout says it is this thread{more}; 'spool list --all' shows it (or with --archived), and so does 'spool show ID': {copy}.\n";

        foreach (
            var form in (string[][])
                [
                    [],
                    ["--turns"],
                    ["--items"],
                    ["--json"],
                    ["--turns", "--json"],
                    ["--items", "--json"],
                ]
        )
        {
            var result = await _spool.TryAsync(["show", Samples.Id1, .. form]);
            Assert.Equal((0, said), (result.Code, result.Error));
            if (form.Contains("--json"))
                Assert.Equal(
                    $$"""[{"id":"{{copy}}","isNewer":{{(hasMore ? "true" : "false")}},"isLonger":{{(hasMore ? "true" : "false")}}}]""",
                    JsonNode.Parse(result.Out)!["otherRollouts"]!.ToJsonString()
                );
        }
        Assert.Equal("", (await _spool.TryAsync("show", copy)).Error);
    }

    [Fact]
    public async Task A_thread_of_one_rollout_says_nothing_of_others()
    {
        Assert.Equal("", (await _spool.TryAsync("show", Samples.Id1)).Error);
        Assert.Empty((await _spool.JsonAsync("show", Samples.Id1))["otherRollouts"]!.AsArray());
    }

    [Fact]
    public async Task The_question_of_a_deletion_says_that_there_are_others()
    {
        var line = new CommandLine { Answers = "n\n" };
        line.Store.Threads.Add(Samples.Thread(Samples.Id1, TimeSpan.FromHours(2), "Fix it"));
        line.Store.Spares.AddRange([
            new SpareRollout(ThreadId.Parse(Samples.Id2), true, false),
            new SpareRollout(ThreadId.Parse(Samples.Id3), false, false),
        ]);

        var result = await line.RunAsync("delete", Samples.Id1, "--home", "/x");

        Assert.StartsWith(
            $"spool: 2 other rollouts say they are this thread, and one of them is newer; 'spool list --all --home /x' shows them (or with --archived), and so does 'spool show ID --home /x': {Samples.Id2}, {Samples.Id3}.\nDelete thread {Samples.Id1}",
            result.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_archive_whose_place_a_copy_of_the_thread_has_says_that_it_is_one()
    {
        Write($"archived_sessions/{Name}.jsonl", "one");

        var result = await _spool.TryAsync("archive", Samples.Id1);

        Assert.Equal(
            (
                4,
                $"error: The thread has to go to archived_sessions/{Name}.jsonl, where another rollout of this thread is already; compare the two, and delete, move or rename that first.\n"
            ),
            (result.Code, result.Error)
        );
    }

    void Write(string path, params string[] messages)
    {
        var file = Path.Combine(_home, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var lines = messages.Select(
            (message, i) =>
                $$$"""{"timestamp":"2026-03-01T10:0{{{i + 1}}}:00.000Z","type":"event_msg","payload":{"type":"user_message","message":"{{{message}}}"}}"""
        );
        File.WriteAllLines(
            file,
            [
                $$$"""{"timestamp":"2026-03-01T10:00:00.000Z","type":"session_meta","payload":{"id":"{{{Samples.Id1}}}","timestamp":"2026-03-01T10:00:00.000Z","cwd":"/","originator":"x","cli_version":"1","source":"cli"}}""",
                .. lines,
            ]
        );
        File.SetLastWriteTimeUtc(file, new DateTime(2026, 3, 1, 10, messages.Length, 0, DateTimeKind.Utc));
    }
}
