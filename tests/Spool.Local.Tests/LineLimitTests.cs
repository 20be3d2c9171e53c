using System.Text;
using Spool.TestKit;
using ZstdSharp;
using static Spool.Local.Tests.HomeBuilding;
using static Spool.Local.Tests.Writing;

namespace Spool.Local.Tests;

/// <summary>There is one limit for lines: what is below it is read like any short line, and what is above it is said, and hides
/// nothing.</summary>
public sealed class LineLimitTests : IDisposable
{
    const string Long = "LONG";
    const int Limit = 16 * 1024;

    readonly TempHome _home = new();

    /// <summary>Where a long text may stand, and the number of its line.</summary>
    public static readonly TheoryData<string, int> Places = new()
    {
        { "legacy head", 1 },
        { "legacy question", 5 },
        { "legacy first question", 3 },
        { "legacy answer", 6 },
        { "legacy call", 6 },
        { "legacy output", 7 },
        { "paginated head", 1 },
        { "paginated question", 5 },
        { "paginated answer", 6 },
        { "paginated call", 6 },
        { "paginated output", 7 },
        { "bare head", 1 },
        { "bare question", 2 },
        { "document question", 2 },
        { "document answer", 3 },
    };

    public void Dispose() => _home.Dispose();

    [Theory, MemberData(nameof(Places))]
    public async Task A_line_above_the_limit_damages_its_thread_and_hides_nothing(string place, int line)
    {
        var whole = Log(place, new string('x', 400_000));
        foreach (var packed in new[] { false, true })
        {
            Put(place, whole, packed);
            await using var store = _home.Open(options => options with { MaxLineBytes = Limit });

            var thread = Assert.Single((await store.ListAsync(new ThreadQuery(), Stop)).Items);
            Assert.Equal(ThreadCondition.Damaged, thread.State);
            Assert.StartsWith(
                $"1 of {LinesOf(place, whole)} lines are above the size limit; the first is line {line}, ",
                thread.StateReason,
                StringComparison.Ordinal
            );
            Assert.StartsWith("asked", thread.Preview, StringComparison.Ordinal);
            var turn = Assert.Single((await store.ListTurnsAsync(new ListTurnsRequest(thread.Id), Stop)).Items);
            Assert.Contains("asked", Texts(turn)[0], StringComparison.Ordinal);
            Assert.StartsWith("answered", Texts(turn)[^1], StringComparison.Ordinal);
            if (!place.EndsWith("head", StringComparison.Ordinal) && !place.EndsWith("call", StringComparison.Ordinal))
                Assert.Single(
                    turn.Items,
                    item =>
                        item.Json.ToJsonString().Contains("xxx", StringComparison.Ordinal) && item.Json.ToJsonString().Length < 2 * Limit
                );
            Assert.Equal(
                place.StartsWith("paginated", StringComparison.Ordinal) ? HistoryModes.Paginated : HistoryModes.Legacy,
                thread.HistoryMode
            );
            var item = Assert.Single(await store.HistoryAsync(thread.Id, Stop), item => item.Length > Limit);
            Assert.InRange(item.Length, 400_000, 401_000);
            Assert.Equal(Limit, item.Bytes.Length);
        }
    }

    [Theory, MemberData(nameof(Places))]
    public async Task A_line_up_to_the_limit_gives_what_a_short_one_gives(string place, int line)
    {
        Assert.InRange(line, 1, 10);
        var seen = new List<object>();
        foreach (var length in new[] { 10, 17_000_000 })
        {
            Put(place, Log(place, new string('x', length)), packed: false);
            await using var store = _home.Open();

            var thread = Assert.Single((await store.ListAsync(new ThreadQuery(), Stop)).Items);
            var turn = Assert.Single((await store.ListTurnsAsync(new ListTurnsRequest(thread.Id), Stop)).Items);
            Assert.Equal(ThreadCondition.Ok, thread.State);
            seen.Add(
                (
                    thread.State,
                    thread.StateReason,
                    thread.Preview[..5],
                    thread.HistoryMode,
                    turn.Id,
                    string.Join(' ', turn.Items.Select(item => $"{item.Type} {item.Id}")),
                    string.Join(' ', Texts(turn).Select(text => text.TrimEnd('x')))
                )
            );
        }

        Assert.Equal(seen[0], seen[1]);
    }

    [Theory, MemberData(nameof(Places))]
    public async Task A_last_line_above_the_limit_counts_with_and_without_its_line_end(string place, int line)
    {
        if (place.StartsWith("document", StringComparison.Ordinal))
            return; // its lines have no ends of their own
        var whole = UpTo(line, Log(place, new string('x', 400_000)));
        foreach (var packed in new[] { false, true })
        {
            Put(place, whole, packed);
            var ended = await SeenAsync("ended");
            Put(place, whole[..^1], packed);
            var unended = await SeenAsync("grown");
            Put(place, whole, packed);

            Assert.Equal(ended, unended);
            Assert.StartsWith(
                $"Damaged: 1 of {line} lines are above the size limit; the first is line {line}, ",
                ended,
                StringComparison.Ordinal
            );
            Assert.Equal(ended, await SeenAsync("grown"));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    [InlineData(300_000)]
    public async Task A_last_line_above_the_limit_that_is_cut_is_torn_and_set_aside(int missing)
    {
        var whole = UpTo(6, Log("legacy answer", new string('x', 200_000) + """\"{\\""" + new string('x', 200_000)));
        var before = UpTo(5, whole);
        Put("legacy answer", whole[..^(missing + 1)], packed: false);
        var path = Path.Combine(_home.Path, PathOf(Id(2), At(2)));
        await using var store = _home.Open(options => options with { MaxLineBytes = Limit });

        Assert.Equal(ThreadCondition.Torn, (await store.FindAsync(Id(2), Stop))!.State);
        Assert.Equal(["asked"], Texts(Assert.Single((await store.ListTurnsAsync(new ListTurnsRequest(Id(2)), Stop)).Items)));
        await (await store.ResumeAsync(2)).DisposeAsync();

        Assert.Equal(before, await File.ReadAllTextAsync(path, Stop));
        Assert.Equal(whole[before.Length..^(missing + 1)], await File.ReadAllTextAsync($"{path}.torn-{before.Length}", Stop));
        Assert.Equal(ThreadCondition.Ok, (await store.FindAsync(Id(2), Stop))!.State);
    }

    [Theory]
    [InlineData("legacy answer", "")]
    [InlineData("legacy question", "")]
    [InlineData("paginated answer", "")]
    [InlineData("legacy answer", "\0\0\0\0")]
    [InlineData("legacy answer", "{\"timestamp\":\"2026-04-30T09:15:00.120Z\",\"ty")]
    public async Task A_last_line_above_the_limit_stays_in_the_log_when_something_is_written(string place, string behind)
    {
        var line = place.EndsWith("answer", StringComparison.Ordinal) ? 6 : 5;
        var whole = UpTo(line, Log(place, new string('x', 200_000) + """\"{\\""" + new string('x', 200_000)))[..^1] + behind;
        foreach (var change in new[] { "rename", "resume" })
        {
            Put(place, whole, packed: false);
            await using var store = _home.Open(options => options with { MaxLineBytes = Limit });
            Assert.Equal(ThreadCondition.Damaged, (await store.FindAsync(Id(2), Stop))!.State);
            await RefusedAsync(ThreadStoreErrorCode.Corrupt, async () => await store.ResumeAsync(2));
            await RefusedAsync(ThreadStoreErrorCode.Corrupt, async () => await store.ForkAsync(new ForkRequest(Id(2), Id(3)), Stop));
            if (change == "rename")
                await store.UpdateAsync(Id(2), new ThreadPatch { Name = Change.To("named") }, Stop);
            else
            {
                await using var writer = await store.ResumeAsync(new ResumeRequest(Id(2)) { OnDamage = DamagedLog.AppendBehind }, Stop);
                await writer.AppendAsync(Items("next"), Stop);
            }

            var log = await File.ReadAllTextAsync(Path.Combine(_home.Path, PathOf(Id(2), At(2))), Stop);
            Assert.StartsWith(whole, log, StringComparison.Ordinal);
            Assert.True(log.Length == whole.Length || log[whole.Length] == '\n');
            Assert.Single(_home.Rollouts());
            Assert.Equal(change == "rename" ? "named" : null, (await store.FindAsync(Id(2), Stop))!.Name);
            Assert.StartsWith("asked", (await store.FindAsync(Id(2), Stop))!.Preview, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_limit_is_exact_wherever_the_line_stands()
    {
        foreach (var before in new[] { 0, 60_000, 250_000 })
        {
            foreach (var length in new[] { Limit - 1, Limit, Limit + 1, Limit + 100_000 })
            {
                var text = Text(Legacy(2).Turn(new string('b', before)).Event("agent_message", $"\"message\":\"{Long}\""));
                var lines = text.Split('\n');
                var padded = text.Replace(Long, new string('x', length - (lines[^2].Length - Long.Length)), StringComparison.Ordinal);
                _home.Write(PathOf(Id(2), At(2)), Encoding.UTF8.GetBytes(padded));
                await using var store = _home.Open(options => options with { MaxLineBytes = Limit });

                var expected = length > Limit || before > 0;
                Assert.Equal(expected, (await store.FindAsync(Id(2), Stop))!.State == ThreadCondition.Damaged);
                var item = (await store.HistoryAsync(Id(2), Stop))[^1];
                Assert.Equal((length, length > Limit ? Limit : length), (item.Length, item.Bytes.Length));
            }
        }
    }

    [Fact]
    public async Task Passes_on_many_threads_take_turns_with_long_lines()
    {
        for (var number = 1; number <= 6; number++)
            _home.Put(Legacy(number, "asked " + new string('x', 9_000_000)));
        await using var store = _home.Open(options => options with { IndexingThreads = 6 });

        Assert.All(
            await store.EverythingAsync(),
            thread => Assert.Equal((ThreadCondition.Ok, "asked x"), (thread.State, thread.Preview[..7]))
        );
    }

    [Fact]
    public void Only_one_pass_at_a_time_has_room_for_a_long_line()
    {
        using var lines = new LongLines();
        using var impatient = new CancellationTokenSource();
        using (var first = lines.Begin(Stop))
        {
            first.Take(LongLines.Small + 1);
            first.Take(2 * LongLines.Small);
            using var second = lines.Begin(impatient.Token);
            second.Take(LongLines.Small);
            impatient.CancelAfter(TimeSpan.FromMilliseconds(1));
            Assert.ThrowsAny<OperationCanceledException>(() => second.Take(LongLines.Small + 1));
        }
        using var third = lines.Begin(Stop);
        third.Take(LongLines.Small + 1);
    }

    static string UpTo(int line, string log) => string.Concat(log.Split('\n').Take(line).Select(text => text + "\n"));

    // All that readers are given of the thread, with an index of its own or one that goes on.
    async Task<string> SeenAsync(string index)
    {
        await using var store = _home.Open(options => options with { MaxLineBytes = Limit, CacheDirectory = _home.Cache + index });
        var thread = (await store.FindAsync(Id(2), Stop))!;
        var turns = (await store.ListTurnsAsync(new ListTurnsRequest(thread.Id), Stop)).Items;
        var items = await store.HistoryAsync(thread.Id, Stop);
        return string.Join(
            '\n',
            [
                $"{thread.State}: {thread.StateReason} {thread.Preview} {thread.HistoryMode} {thread.CreatedAt:O} {thread.UpdatedAt:O} {thread.Cwd} {thread.Source}",
                .. turns.SelectMany(turn => turn.Items.Select(item => $"{turn.Id} {turn.Status} {item.Json.ToJsonString()}")),
                .. items.Select(item => $"{item.Ordinal} {item.Type} {item.PayloadType} {item.Length} {item.Bytes.Length}"),
            ]
        );
    }

    static List<string> Texts(Turn turn) =>
        [
            .. turn
                .Items.Where(item => item.Type is "userMessage" or "agentMessage")
                .Select(item => item.Json["text"]?.GetValue<string>() ?? item.Json["content"]![0]!["text"]!.GetValue<string>()),
        ];

    static RolloutLines Completed(RolloutLines lines, string item) =>
        lines.Event("item_completed", $"\"thread_id\":\"{Id(2)}\",\"turn_id\":\"00000001-{Id(2).ToString()[9..]}\",\"item\":{item}");

    static string Text(RolloutLines lines) => Encoding.UTF8.GetString(lines.ToSeed().ToLog());

    void Put(string place, string log, bool packed)
    {
        var path = place.StartsWith("document", StringComparison.Ordinal)
            ? $"sessions/rollout-2025-05-23-{Id(2)}.json"
            : PathOf(Id(2), At(2));
        Directory.Delete(_home.Path, recursive: true);
        using var compressor = new Compressor(1);
        var bytes = Encoding.UTF8.GetBytes(log);
        _ =
            packed && !path.EndsWith(".json", StringComparison.Ordinal)
                ? _home.Write(path + ".zst", compressor.Wrap(bytes))
                : _home.Write(path, bytes);
    }

    static int LinesOf(string place, string log) => place.StartsWith("document", StringComparison.Ordinal) ? 3 : log.Count(c => c == '\n');

    static string Log(string place, string text)
    {
        var (kind, what) = (
            place[..place.IndexOf(' ', StringComparison.Ordinal)],
            place[(place.IndexOf(' ', StringComparison.Ordinal) + 1)..]
        );
        var (question, answer) = (
            what.EndsWith("question", StringComparison.Ordinal) ? "asked " + text : "asked",
            what == "answer" ? "answered " + text : "answered"
        );
        switch (kind)
        {
            case "document":
                return $$$"""
                    {"session":{"timestamp":"2025-05-23T11:00:55.382Z","id":"{{{Id(2)}}}","instructions":""},
                     "items":[{"role":"user","content":[{"type":"input_text","text":"{{{question}}}"}],"type":"message"},
                              {"id":"msg_1","type":"message","role":"assistant","content":[{"type":"output_text","text":"{{{answer}}}"}]}]}
                    """;
            case "bare":
                return $$$"""
                        {"id":"{{{Id(2)}}}","timestamp":"2025-09-07T06:02:51.440Z","instructions":"{{{(
                            what == "head" ? text : ""
                        )}}}","git":{"branch":"main"}}
                        {"type":"message","role":"user","content":[{"type":"input_text","text":"{{{question}}}"}]}
                        {"type":"message","role":"assistant","content":[{"type":"output_text","text":"{{{answer}}}"}]}
                        """
                    + "\n";
            default:
                break;
        }
        var lines = kind == "legacy" ? RolloutLines.Legacy(Id(2), At(2)) : RolloutLines.Paginated(Id(2), At(2));
        if (what == "first question")
            lines.Event("task_started", "\"turn_id\":\"turn-a\"");
        else
            lines.StartTurn();
        if (what == "first question")
            lines.Event("user_message", $"\"message\":\"{question}\"");
        else
        {
            lines.Item("turn_context", """{"cwd":"/w"}""");
            if (kind == "legacy")
                lines.Event("user_message", $"\"message\":\"{question}\"");
            else
                Completed(lines, $"{{\"type\":\"UserMessage\",\"id\":\"u\",\"content\":[{{\"type\":\"text\",\"text\":\"{question}\"}}]}}");
        }
        if (what is "call" or "output")
            lines.Item(
                "response_item",
                $"{{\"type\":\"function_call\",\"name\":\"shell\",\"call_id\":\"c\",\"arguments\":\"{(what == "call" ? text : "")}\"}}"
            );
        if (what == "output")
        {
            var members =
                $"\"command\":[\"ls\"],\"cwd\":\"/w\",\"parsed_cmd\":[],\"aggregated_output\":\"{text}\",\"exit_code\":0,\"status\":\"completed\"";
            _ =
                kind == "legacy"
                    ? lines.Event("exec_command_end", $"\"call_id\":\"c\",\"turn_id\":\"00000001-{Id(2).ToString()[9..]}\",{members}")
                    : Completed(lines, $"{{\"type\":\"CommandExecution\",\"id\":\"c\",{members}}}");
        }
        if (kind == "legacy")
            lines.Event("agent_message", $"\"message\":\"{answer}\"");
        else
            Completed(lines, $"{{\"type\":\"AgentMessage\",\"id\":\"a\",\"content\":[{{\"type\":\"Text\",\"text\":\"{answer}\"}}]}}");
        var log = Text(lines);
        if (what != "head")
            return log;
        // As Codex writes it: the history mode comes behind the instructions.
        var head = log[..log.IndexOf('\n', StringComparison.Ordinal)];
        var instructions = $"\"base_instructions\":{{\"text\":\"{text}\"}}";
        return (
                kind == "legacy"
                    ? head[..^2] + "," + instructions + "}}"
                    : head.Replace("\"history_mode\"", instructions + ",\"history_mode\"", StringComparison.Ordinal)
            ) + log[head.Length..];
    }
}
