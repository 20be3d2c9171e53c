using System.Text;
using System.Text.Json.Nodes;

namespace Spool.Cli.Tests;

/// <summary>Data and words in one file, as with <c>2&gt;&amp;1</c>: no line of one is in a line of the other, and words come after the data
/// that they belong to.</summary>
public sealed class OneFileForBothOutputsTests : IDisposable
{
    readonly CommandLine _spool = new();
    readonly MemoryStream _file = new();

    public OneFileForBothOutputsTests()
    {
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id1, TimeSpan.FromHours(2), "Fix the flaky test"));
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id2, TimeSpan.FromHours(3), "Write the changelog"));
        _spool.Store.Turns[ThreadId.Parse(Samples.Id1)] = [Samples.Turn("t1", Samples.User("a")), Samples.Turn("t2", Samples.User("b"))];
        _spool.Store.Warnings = ["A first thing.", "A second thing."];
        _spool.Store.Problems = [new StoreProblem("sessions/2026", "It is not to be read.")];
    }

    public void Dispose() => _file.Dispose();

    [Theory]
    [InlineData("Jww", "rename", Samples.Id1, "name")]
    [InlineData("JwwEe", "archive", Samples.Id1, Samples.Id3)]
    [InlineData("EeJww", "archive", Samples.Id3, Samples.Id1)]
    [InlineData("JwwEeJww", "unarchive", Samples.Id1, Samples.Id3, Samples.Id2)]
    [InlineData("Jww", "fork", Samples.Id1)]
    [InlineData("JwwEeJww", "delete", "--yes", Samples.Id1, Samples.Id3, Samples.Id2)]
    [InlineData("Jw", "list")]
    [InlineData("J", "show", Samples.Id1)]
    [InlineData("J", "show", Samples.Id1, "--turns")]
    [InlineData("J", "show", Samples.Id1, "--items")]
    [InlineData("J", "index", "status")]
    [InlineData("J", "index", "rebuild")]
    public async Task Each_line_of_json_is_whole_and_before_the_words_about_it(string expected, params string[] args)
    {
        var lines = await LinesAsync([.. args, "--json"]);

        Assert.Equal(expected, string.Concat(lines.Select(KindOf)));
    }

    [Fact]
    public async Task A_hint_stands_below_the_table_also_where_the_table_is_large()
    {
        for (var i = 0; i < 1100; i++)
            _spool.Store.Threads.Add(
                Samples.Thread(ThreadId.New(TimeProvider.System).ToString(), TimeSpan.FromDays(1), new string('x', 300))
            );

        var lines = await LinesAsync("list", "--limit", "1000");

        Assert.Equal(1000 + 2, lines.Length);
        Assert.All(lines[..1000], line => Assert.DoesNotContain("spool:", line, StringComparison.Ordinal));
        Assert.All(lines[1000..], line => Assert.Matches("^(hint|warning): ", line));
    }

    [Fact]
    public async Task The_id_of_a_fork_stands_before_the_words_about_it() =>
        Assert.Equal("Iwww", string.Concat((await LinesAsync("fork", Samples.Id1)).Select(KindOf)));

    // What the program has: the data waits in a buffer, words do not.
    async Task<string[]> LinesAsync(params string[] args)
    {
        var words = new StreamWriter(_file, new UTF8Encoding(false), leaveOpen: true) { AutoFlush = true, NewLine = "\n" };
        _spool.ErrorWriter = words;
        await _spool.RunOnAsync(new BufferedStream(_file, 64 * 1024), args, CancellationToken.None);
        return Encoding.UTF8.GetString(_file.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    static readonly string[] Words = ["spool: ", "error: ", "hint: ", "warning: "];

    static char KindOf(string line)
    {
        if (Words.Any(word => line.StartsWith(word, StringComparison.Ordinal)))
            return line.StartsWith("error: ", StringComparison.Ordinal) ? 'E' : 'w';
        return ThreadId.TryParse(line, out _) ? 'I'
            : JsonNode.Parse(line)!["error"] is null ? 'J'
            : 'e';
    }
}
