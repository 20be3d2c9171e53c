namespace Spool.Cli.Tests;

/// <summary>How commands find the thread that a person means.</summary>
public sealed class ThreadNamesTests
{
    readonly CommandLine _spool = new();

    public ThreadNamesTests()
    {
        // used last: 1, 2, 3; 4 is archived and 5 a sub-agent, both used later
        Add("01a20428-d3ad-73a1-92e6-c2af64741e31", 3, "First question", "Parser");
        Add("01a20428-d3ad-73a1-92e6-c2af64741e32", 5, "Second question", "parser");
        Add("01a20428-ffff-73a1-92e6-c2af64741e33", 7, "Third question", "Fix the build");
        Add("feed0428-d3ad-73a1-92e6-c2af64741e34", 1, "Fourth question", "beef");
        Add("feed0429-d3ad-73a1-92e6-c2af64741e35", 2, "Fifth question", null);
        Add("feed042a-d3ad-73a1-92e6-c2af64741e36", 9, "Sixth question", "Gr\u00F6\u00DFe \u0130S");
        Add("feed042b-d3ad-73a1-92e6-c2af64741e37", 10, "Seventh question", "Grosse is");
        _spool.Store.Threads[3] = _spool.Store.Threads[3] with { ArchivedAt = _spool.Store.Threads[3].UpdatedAt };
        _spool.Store.Threads[4] = _spool.Store.Threads[4] with { Source = new SessionSource("""{"subagent":"review"}""") };
    }

    [Theory]
    [InlineData("01a20428-d3ad-73a1-92e6-c2af64741e32", 2)]
    [InlineData("01A20428-FFFF", 3)]
    [InlineData("01a20428f", 3)]
    [InlineData("01a20428-d3ad-73a1-92e6-c2af64741e31", 1)]
    [InlineData("feed0428", 4)]
    [InlineData("feed0429-", 5)]
    [InlineData("last", 1)]
    [InlineData("LAST", 1)]
    [InlineData("Last~2", 3)]
    [InlineData("last~0", 1)]
    [InlineData("last~2", 3)]
    [InlineData("Parser", 1)]
    [InlineData("parser", 2)]
    [InlineData("FIX THE BUILD", 3)]
    [InlineData("GRO\u0308SSE is", 6)]
    [InlineData("GRO\u00DFE IS", 7)]
    [InlineData("beef", 4)]
    [InlineData("/elsewhere/rollout-2026-05-20T10-00-00-01a20428-ffff-73a1-92e6-c2af64741e33.jsonl", 3)]
    [InlineData("rollout-2026-05-20T10-00-00-01a20428-ffff-73a1-92e6-c2af64741e33.jsonl.zst", 3)]
    public async Task A_thread_is_found_by_its_id_or_a_part_of_it_by_its_use_its_file_or_its_name(string name, int expected)
    {
        var result = await _spool.RunAsync("show", name, "--json");

        Assert.Equal(0, result.Code);
        Assert.Contains($"\"id\":\"{_spool.Store.Threads[expected - 1].Id}\"", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        2,
        "There are 3 threads whose ids begin with '01a20428'. Give more of the id:\n  01a20428-d3ad-73a1-92e6-c2af64741e31 \"Parser\" (3 h ago)\n  01a20428-d3ad-73a1-92e6-c2af64741e32 \"parser\" (5 h ago)\n  01a20428-ffff-73a1-92e6-c2af64741e33 \"Fix the build\" (7 h ago)\n",
        "01a20428"
    )]
    [InlineData(
        2,
        "There are 2 threads whose names are 'PARSER'. Give the id of one:\n  01a20428-d3ad-73a1-92e6-c2af64741e31 \"Parser\" (3 h ago)\n  01a20428-d3ad-73a1-92e6-c2af64741e32 \"parser\" (5 h ago)\n",
        "PARSER"
    )]
    [InlineData(3, "There is no thread 'last~5': the list has 5, without archived ones and sub-agents.", "last~5")]
    [InlineData(3, "There is no thread 'last~-1'.", "last~-1")]
    [InlineData(3, "There is no thread '01a'. Of an id at least 4 characters are needed; ", "01a")]
    [InlineData(
        3,
        "There is no thread with the name 'first question', but 1 with it in its name or first message: spool list --search 'first question'\n",
        "first question"
    )]
    [InlineData(
        3,
        "There is no thread with the name 'question', but 7 with it in their names or first messages: spool list --search question\n",
        "question"
    )]
    [InlineData(3, "There is no thread 'Eighth question'.", "Eighth question")]
    [InlineData(3, "There is no thread '0000'.", "0000")]
    [InlineData(3, "There is no thread 01a20428-d3ad-73a1-92e6-c2af64741e99.", "01a20428-d3ad-73a1-92e6-c2af64741e99")]
    [InlineData(2, "The name of a thread is empty", "")]
    public async Task What_names_no_thread_or_several_is_refused_with_those_that_it_may_be(int code, string message, string name)
    {
        var result = await _spool.RunAsync("show", name);

        Assert.Equal((code, ""), (result.Code, result.Out));
        Assert.StartsWith($"error: {message}", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_threads_it_is_said_which_are_forks_of_which_and_which_are_archived()
    {
        _spool.Store.Threads[1] = _spool.Store.Threads[1] with { ForkedFromId = _spool.Store.Threads[0].Id, ArchivedAt = CommandLine.Now };

        Assert.EndsWith(
            "\n  01a20428-d3ad-73a1-92e6-c2af64741e31 \"Parser\" (3 h ago)\n  01a20428-d3ad-73a1-92e6-c2af64741e32 \"parser\" (fork of 01a20428, archived, 5 h ago)\n",
            (await _spool.RunAsync("show", "PARSER")).Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_program_gets_all_that_it_may_be_in_one_message()
    {
        var lines = (await _spool.RunAsync("show", "01a20428", "--json")).Error.TrimEnd('\n').Split('\n');

        Assert.Equal(5, lines.Length);
        Assert.StartsWith(
            "{\"error\":{\"code\":\"invalidRequest\",\"message\":\"There are 3 threads whose ids begin with '01a20428'. Give more of the id: 01a20428-d3ad-73a1-92e6-c2af64741e31 ",
            lines[4],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task All_threads_are_found_before_one_is_changed_and_none_is_when_one_is_not_found()
    {
        var result = await _spool.RunAsync("archive", "last", "last~1", "nothing");

        Assert.Equal(3, result.Code);
        Assert.All(_spool.Store.Threads.Take(3), thread => Assert.Null(thread.ArchivedAt));

        result = await _spool.RunAsync("archive", "last", "last~1");

        Assert.Equal(0, result.Code);
        Assert.Equal([false, false, true], _spool.Store.Threads.Take(3).Select(thread => thread.ArchivedAt is null));
    }

    void Add(string id, int hours, string question, string? name)
    {
        var thread = Samples.Thread(id, TimeSpan.FromHours(hours), question);
        _spool.Store.Threads.Add(thread with { Name = name, RecencyAt = thread.CreatedAt });
    }
}
