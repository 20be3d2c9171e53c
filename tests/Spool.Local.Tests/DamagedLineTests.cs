using System.Text;
using Spool.TestKit;
using ZstdSharp;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>Lines that are not exactly one record, in files: compressed, growing, without a line end.</summary>
public sealed class DamagedLineTests : IDisposable
{
    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task The_first_line_may_hold_more_than_the_head()
    {
        var text = Text(Legacy(2, "asked first"));
        var path = _home.Write(PathOf(Id(2), At(2)), Joined(text, 1));

        var thread = await FindAsync();
        Assert.Equal((ThreadCondition.Damaged, "asked first", "/home/dev/app"), (thread.State, thread.Preview, thread.Cwd));
        Assert.EndsWith("the first is line 1, and the whole records in them are used.", thread.StateReason, StringComparison.Ordinal);
        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task A_compressed_rollout_is_read_in_the_same_way()
    {
        using var compressor = new Compressor(3);
        _home.Write(PathOf(Id(2), At(2)) + ".zst", compressor.Wrap(Joined(Text(Paginated(2, "asked first")), 4)));

        var thread = await FindAsync();
        Assert.Equal((ThreadCondition.Damaged, "asked first"), (thread.State, thread.Preview));
        await using var store = _home.Open();
        Assert.Single((await store.ListTurnsAsync(new ListTurnsRequest(Id(2)), Stop)).Items);
    }

    [Fact]
    public async Task An_index_that_grew_with_the_file_says_what_one_made_at_once_says()
    {
        foreach (var log in new[] { Legacy(2, "one").Turn("two").Turn("three"), Paginated(2, "one").Turn("two").Turn("three") })
        {
            for (var joined = 1; joined < log.Lines.Count; joined++)
            {
                var bytes = Joined(Text(log), joined);
                var path = _home.Write(PathOf(Id(2), At(2)), default);
                await using (var growing = _home.Open())
                {
                    using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
                    foreach (var part in bytes.Chunk(bytes.Length / 3))
                    {
                        file.Write(part);
                        file.Flush();
                        _ = await growing.FindAsync(Id(2), Stop);
                    }
                }
                var grown = await SayAsync();
                Directory.Delete(_home.Cache, recursive: true);
                Assert.Equal(await SayAsync(), grown);
                Directory.Delete(_home.Cache, recursive: true);
            }
        }
    }

    [Fact]
    public async Task A_last_line_without_its_end_that_holds_a_record_loses_nothing_when_the_thread_goes_on()
    {
        var log = Paginated(2, "asked first");
        var text = Text(log);
        var before = Encoding.UTF8.GetBytes(text[..^1] + "{\"timestamp\":\"2026-04-30T09:15:00.120Z\",\"ordinal\":9,\"ty");
        var path = _home.Write(PathOf(Id(2), At(2)), before);
        await using var store = _home.Open();
        Assert.Equal(ThreadCondition.Damaged, (await store.GetAsync(Id(2), Stop)).State);

        await using (var writer = await store.ResumeAsync(new ResumeRequest(Id(2)) { OnDamage = DamagedLog.AppendBehind }, Stop))
        {
            Assert.Equal(log.NextOrdinal, writer.NextOrdinal);
            await writer.AppendAsync([new NewItem("event_msg", "{\"type\":\"note\"}"u8.ToArray())], Stop);
        }

        Assert.True(File.ReadAllBytes(path).AsSpan().StartsWith([.. before, (byte)'\n']));
        Assert.Equal("asked first", (await store.GetAsync(Id(2), Stop)).Preview);
    }

    [Fact]
    public async Task A_revert_to_a_turn_that_begins_inside_of_a_line_cuts_before_the_line()
    {
        var log = Paginated(2, "one").Turn("two");
        var start = log
            .Lines.Select((line, index) => (line, index))
            .Last(line => Encoding.UTF8.GetString(line.line.Span).Contains("task_started", StringComparison.Ordinal))
            .index;
        _home.Write(PathOf(Id(2), At(2)), Joined(Text(log), start));
        await using var store = _home.Open();
        var turns = (await store.ListTurnsAsync(new ListTurnsRequest(Id(2)) { Direction = SortDirection.Ascending }, Stop)).Items;
        Assert.Equal((2, TurnStatus.Completed), (turns.Count, turns[0].Status));

        await store.RevertAsync(Id(2), turns[1].Id, Stop);

        var left = Assert.Single((await store.ListTurnsAsync(new ListTurnsRequest(Id(2)), Stop)).Items);
        Assert.Equal(turns[0].Id, left.Id);
    }

    [Fact]
    public async Task A_file_in_UTF16_says_so()
    {
        foreach (
            var encoding in new Encoding[]
            {
                Encoding.Unicode,
                Encoding.BigEndianUnicode,
                new UnicodeEncoding(bigEndian: false, byteOrderMark: false),
            }
        )
        {
            _home.Write(PathOf(Id(2), At(2)), [.. encoding.GetPreamble(), .. encoding.GetBytes(Text(Legacy(2)))]);

            var thread = await FindAsync();
            Assert.Equal(
                (ThreadCondition.Unreadable, "The log is in UTF-16 and not in UTF-8, from its first line on; convert the file to read it."),
                (thread.State, thread.StateReason)
            );
        }
    }

    [Fact]
    public async Task Blank_lines_count_in_the_number_of_a_damaged_line()
    {
        _home.Write(
            PathOf(Id(2), At(2)),
            Encoding.UTF8.GetBytes(Text(Legacy(2)).Replace("\n", "\n\r\n", StringComparison.Ordinal) + "rubbish\n")
        );

        Assert.Equal("1 of 10 lines could not be read; the first is line 19.", (await FindAsync()).StateReason);
    }

    [Fact]
    public async Task Names_are_read_as_leniently()
    {
        for (var number = 2; number <= 5; number++)
            _home.Put(Legacy(number));
        _home.Write(
            "session_index.jsonl",
            [
                .. Encoding.UTF8.GetBytes(
                    $"\uFEFF{Name(2, "marked")}\r\n{Name(3, "first on a line")}{Name(4, "second")}\n{Name(5, "half \\ud83d")[..^1]}{Name(5, "half \\ud83d")}\n"
                ),
            ]
        );
        await using var store = _home.Open();

        var names = new List<string?>();
        for (var number = 2; number <= 5; number++)
            names.Add((await store.GetAsync(Id(number), Stop)).Name);
        Assert.Equal("marked|first on a line|second|half \uFFFD", string.Join('|', names));

        await store.DeleteAsync(Id(3), Stop);
        Assert.DoesNotContain(
            "first on a line",
            File.ReadAllText(Path.Combine(_home.Path, "session_index.jsonl")),
            StringComparison.Ordinal
        );
        Assert.Equal("second", (await store.GetAsync(Id(4), Stop)).Name);
    }

    static string Name(int number, string name) =>
        $$"""{"id":"{{Id(number)}}","thread_name":"{{name}}","updated_at":"2026-01-02T00:00:00Z"}""";

    static string Text(RolloutLines log) => Encoding.UTF8.GetString(log.ToSeed().ToLog());

    // Takes the line end before a line away.
    static byte[] Joined(string text, int line)
    {
        var lines = text.Split('\n');
        return Encoding.UTF8.GetBytes(string.Join('\n', [.. lines[..(line - 1)], lines[line - 1] + lines[line], .. lines[(line + 1)..]]));
    }

    async Task<StoredThread> FindAsync()
    {
        await using var store = _home.Open();
        return await store.GetAsync(Id(2), Stop);
    }

    async Task<string> SayAsync()
    {
        await using var store = _home.Open();
        var turns = await store.ListTurnsAsync(new ListTurnsRequest(Id(2)), Stop);
        await using var writer = await store.ResumeAsync(new ResumeRequest(Id(2)) { OnDamage = DamagedLog.AppendBehind }, Stop);
        return $"{await store.GetAsync(Id(2), Stop)} {writer.NextOrdinal} {string.Join(' ', turns.Items.Select(turn => $"{turn.Id} {turn.Ordinal} {turn.Status} {string.Join(',', turn.Items.Select(item => item.Json.ToJsonString()))}"))}";
    }
}
