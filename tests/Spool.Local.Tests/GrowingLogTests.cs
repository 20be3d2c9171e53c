using System.Text;
using CsCheck;
using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>Logs that arrive in pieces, each looked at: an index that grew with its log says what one says that sees the whole log at
/// once.</summary>
/// <remarks><c>SPOOL_FUZZ_ROUNDS</c> sets how many cases are tried.</remarks>
public sealed class GrowingLogTests
{
    const string Mark = "\uFEFF";

    static readonly long Rounds = long.TryParse(Environment.GetEnvironmentVariable("SPOOL_FUZZ_ROUNDS"), out var rounds) ? rounds : 150;

    static readonly string[][] Logs =
    [
        Lines(HomeBuilding.Legacy(2, "one").Call("function_call").Turn("two").Turn("three")),
        Lines(Paginated(2, "one").Call("function_call").Turn("two").Turn("three")),
        // Turns without names, and records that Codex does not decode.
        [
            Legacy(
                "session_meta",
                $$"""{"id":"{{Id(2)}}","timestamp":"2026-05-01T00:00:00.000Z","cwd":"/a","originator":"x","cli_version":"0.125.0","source":"cli"}"""
            ),
            Asked("one"),
            Asked("two \\ud800"),
            Asked("three"),
            Legacy("response_item", """{"type":"function_call","name":"f","arguments":"{}","call_id":"c"}"""),
            Asked("four"),
            Asked("five"),
        ],
    ];

    // What comes of each line, and where its end goes.
    static readonly string[] Forms =
    [
        "{0}\n",
        "{0}\n",
        "{0}\n",
        "{0}\r\n",
        "{0}\n\n",
        "{0}\n \r\n\n",
        Mark + "{0}\n",
        Mark + "{0}",
        "{0}",
        "{0}" + Mark,
        Mark + "\n{0}\n",
        "garbage\n{0}\n",
        "{0}{0}\n",
        "\n",
        "{1}\n",
        "{1}",
    ];

    static readonly Gen<(byte[] Log, int[] Ends)> Cases =
        from lines in OneOf(Logs)
        from forms in Gen.OneOf(Gen.Const(0), Gen.Int[0, Forms.Length - 1]).Array[lines.Length]
        from rest in OneOf("", "garbage\n", "\r", "\n\n", "{\"timest")
        let log = Encoding.UTF8.GetBytes(
            string.Concat(lines.Select((line, at) => Form(Forms[forms[at]], line, line[..(line.Length / 2)]))) + rest
        )
        from ends in Gen.OneOf(Gen.Int[0, log.Length], NearLineEnds(log)).Array[0, 6]
        select (log, ends.Order().ToArray());

    [Fact]
    public Task A_log_that_came_in_pieces_says_what_it_says_as_a_whole() =>
        Cases.SampleAsync(item => CheckAsync(item.Log, item.Ends), iter: Rounds, threads: 1);

    [Theory]
    [InlineData("{0}", "\n{1}\ngarbage\n")]
    [InlineData("{0}\r", "\n{1}\ngarbage\n")]
    [InlineData("{0}", "\r\n{1}\ngarbage\n")]
    [InlineData("{0}", "\r", "\n{1}\ngarbage\n")]
    [InlineData("{0}", "\n", "\n{1}\ngarbage\n")]
    [InlineData("{0}\n{1}\n\r", "\n", "garbage\n")]
    [InlineData("{0}\n{1}\n ", " ", "\ngarbage", "\n")]
    [InlineData("{0}\n{1}{1}", "\n", "garbage", "\n")]
    [InlineData("{0}\n", "{1}", "{1}", "\n", "garbage")]
    public Task A_line_end_that_comes_by_itself_is_no_line(params string[] pieces)
    {
        var ends = new List<int>();
        var log = new List<byte>();
        foreach (var piece in pieces)
        {
            log.AddRange(Encoding.UTF8.GetBytes(Form(piece, Logs[2][0], Logs[2][1])));
            ends.Add(log.Count);
        }
        return CheckAsync([.. log], [.. ends]);
    }

    static async Task CheckAsync(byte[] log, int[] ends)
    {
        using var home = new TempHome();
        var path = home.Write(PathOf(Id(2), At(2)), default);
        await using var growing = home.Open();
        var at = 0;
        foreach (var end in ends)
        {
            Append(path, log.AsSpan(at..end));
            at = end;
            _ = await growing.EverythingAsync();
        }
        Append(path, log.AsSpan(at..));
        await using var whole = home.Open(options => options with { CacheDirectory = home.Cache + "-whole" });
        Assert.Equal(await SayAsync(whole), await SayAsync(growing));
    }

    static void Append(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        file.Write(bytes);
    }

    static async Task<string> SayAsync(LocalThreadStore store)
    {
        var stop = TestContext.Current.CancellationToken;
        var said = new StringBuilder();
        foreach (var thread in await store.EverythingAsync())
        {
            said.Append(thread).AppendLine();
            try
            {
                foreach (
                    var turn in (
                        await store.ListTurnsAsync(
                            new ListTurnsRequest(thread.Id) { Limit = 100, Direction = SortDirection.Ascending },
                            stop
                        )
                    ).Items
                )
                    said.AppendLine(
                        null,
                        $"{turn.Id} {turn.Ordinal} {turn.Status} {turn.CallsLeftOut} {string.Join(',', turn.Items.Select(item => item.Json.ToJsonString()))}"
                    );
                foreach (var item in (await store.ListItemsAsync(new ListItemsRequest(thread.Id) { Limit = 100 }, stop)).Items)
                    said.AppendLine(null, $"{item.Ordinal} {item.Type} {item.Length}");
            }
            catch (ThreadStoreException e)
            {
                said.AppendLine(e.Message);
            }
        }
        return said.ToString();
    }

    static Gen<int> NearLineEnds(byte[] log)
    {
        int[] ends = [.. Enumerable.Range(0, log.Length).Where(at => log[at] == '\n').DefaultIfEmpty(0)];
        return Gen.Select(OneOf(ends), Gen.Int[-2, 2], (end, by) => Math.Clamp(end + by, 0, log.Length));
    }

    static string Form(string form, string first, string second) =>
        form.Replace("{0}", first, StringComparison.Ordinal).Replace("{1}", second, StringComparison.Ordinal);

    static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    static string[] Lines(RolloutLines log) => [.. log.Lines.Select(line => Encoding.UTF8.GetString(line.Span))];

    static string Asked(string text) => Legacy("event_msg", $$"""{"type":"user_message","message":"{{text}}"}""");

    static string Legacy(string type, string payload) =>
        $$"""{"timestamp":"2026-05-01T00:00:01.000Z","type":"{{type}}","payload":{{payload}}}""";
}
