using System.Text;
using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>Rollouts whose end a crash cut off or spoilt: reading gives every whole line, and the next writer sets the rest aside and goes
/// on.</summary>
public sealed class CutTests : IAsyncDisposable
{
    readonly TempHome _home = new();
    readonly LocalThreadStore _store;

    public CutTests()
    {
        _store = _home.Open();
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _home.Dispose();
    }

    /// <summary>Gets history modes and lengths of the last lines' texts.</summary>
    public static TheoryData<string, int> Shapes =>
        new()
        {
            { HistoryModes.Legacy, 1 },
            { HistoryModes.Legacy, 40 },
            { HistoryModes.Paginated, 1 },
            { HistoryModes.Paginated, 40 },
        };

    [Theory, Guarantee("CRSH-04")]
    [MemberData(nameof(Shapes))]
    public async Task A_rollout_that_is_cut_at_any_byte_of_its_last_two_lines_keeps_every_whole_line(string mode, int characters)
    {
        var (path, log) = await WriteAsync(mode, characters);
        var start = LineStarts(log)[^2];

        for (var length = start; length <= log.Length; length++)
            await CheckAsync(path, log[..length]);
    }

    [Theory, Guarantee("CRSH-05")]
    [InlineData(HistoryModes.Legacy)]
    [InlineData(HistoryModes.Paginated)]
    public async Task So_does_one_with_lines_longer_than_any_buffer(string mode)
    {
        var (path, log) = await WriteAsync(mode, 150_000);
        var starts = LineStarts(log);

        // Around the ends of lines, and around whole blocks counted from the end of the file and from the beginning of a line.
        var edges = new[] { starts[^2], starts[^1], log.Length }.Concat(
            starts[^2..].SelectMany(at => new[] { at + 4096, at + 65536, at + 131072 })
        );
        foreach (
            var length in edges
                .SelectMany(edge => Enumerable.Range(edge - 2, 5))
                .Where(length => length >= starts[^2] && length <= log.Length)
                .Distinct()
        )
            await CheckAsync(path, log[..length]);
    }

    [Theory, Guarantee("CRSH-06")]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(4096)]
    [InlineData(200_000)]
    public async Task Zeros_at_the_end_as_a_file_system_leaves_them_are_set_aside(int zeros)
    {
        foreach (var mode in (string[])[HistoryModes.Legacy, HistoryModes.Paginated])
        {
            var (path, log) = await WriteAsync(mode, 20);
            await CheckAsync(path, [.. log, .. new byte[zeros]]);
            // In the middle of a line that was being written.
            await CheckAsync(path, [.. log[..^30], .. new byte[zeros]]);
        }
    }

    // A log with whole lines and perhaps a torn one: reads, resumes, appends, and compares every byte.
    async Task CheckAsync(string path, byte[] log)
    {
        foreach (var old in Directory.EnumerateFiles(_home.Path, "*", SearchOption.AllDirectories).ToList())
            File.Delete(old);
        File.WriteAllBytes(path, log);
        var whole = log[..(log.LastIndexOf((byte)'\n') + 1)];
        var tail = log[whole.Length..];
        // only its line end is missing
        var isLine = tail is [(byte)'{', .., (byte)'}'] && RolloutItemKind.Unreadable != new RolloutItem(tail, 0).Kind;
        if (isLine)
            whole = [.. log, (byte)'\n'];
        var lines = Lines(whole);
        var message = $"{log.Length} bytes";

        var before = await _store.HistoryAsync(Id(1), Stop);
        var thread = await _store.FindAsync(Id(1), Stop);
        var writer = await _store.ResumeAsync(new ResumeRequest(Id(1)), Stop);
        var next = writer.NextOrdinal;
        var receipt = await writer.AppendAsync(new AppendRequest([Item("behind")]), Stop);
        await writer.ShutDownAsync(Stop);
        await writer.DisposeAsync();
        var after = File.ReadAllBytes(path);

        Assert.True(lines.SequenceEqual(before.Take(lines.Count).Select(Text)), message);
        Assert.True(before.Skip(lines.Count).All(item => item.Kind == RolloutItemKind.Unreadable), message);
        Assert.Contains(
            thread!.State,
            tail.Length == 0 ? [ThreadCondition.Ok]
                : isLine ? [ThreadCondition.Ok, ThreadCondition.Torn]
                : (ThreadCondition[])[ThreadCondition.Torn]
        );
        Assert.Equal((lines.Count, lines.Count), (next, receipt.FirstOrdinal));
        Assert.True(after.AsSpan().StartsWith(whole), message);
        Assert.EndsWith("behind\"}}\n", Encoding.UTF8.GetString(after.AsSpan(whole.Length)), StringComparison.Ordinal);
        var history = await _store.HistoryAsync(Id(1), Stop);
        Assert.True(lines.SequenceEqual(history.SkipLast(1).Select(Text)), message);
        Assert.Equal(Enumerable.Range(0, lines.Count + 1).Select(ordinal => (long)ordinal), history.Select(item => item.Ordinal));
        Assert.Equal(ThreadCondition.Ok, Assert.Single(await _store.EverythingAsync()).State);
        // What was cut is somewhere beside, byte for byte, and nothing is when nothing was cut.
        var aside = Directory
            .EnumerateFiles(_home.Path, "*", SearchOption.AllDirectories)
            .Where(file => file != path && new FileInfo(file).Length > 0 && !file.Contains("lock", StringComparison.Ordinal))
            .ToList();
        if (tail.Length == 0 || isLine)
            Assert.Empty(aside);
        else
            Assert.Equal(tail, File.ReadAllBytes(Assert.Single(aside)));
    }

    async Task<(string Path, byte[] Log)> WriteAsync(string mode, int characters)
    {
        var meta = new SessionMeta(Id(1), At(1))
        {
            Cwd = "/work",
            Originator = "spool_tests",
            CliVersion = "0.0.0",
            HistoryMode = mode,
        };
        foreach (var old in Directory.EnumerateFiles(_home.Path, "*.jsonl*", SearchOption.AllDirectories).ToList())
            File.Delete(old);
        await using var writer = await _store.CreateAsync(new CreateRequest(Id(1), meta.ToItem()), Stop);
        var text = string.Concat(
            Enumerable
                .Range(0, characters)
                .Select(index =>
                    (index % 5) switch
                    {
                        0 => "日",
                        1 => "é",
                        2 => "🧵",
                        3 => "\\n",
                        _ => "x",
                    }
                )
        );
        await writer.AppendAsync(new AppendRequest([Item("one"), Item("two"), Item(text), Item(text)]), Stop);
        await writer.ShutDownAsync(Stop);
        var path = Assert.Single(Directory.EnumerateFiles(Path.Combine(_home.Path, "sessions"), "*.jsonl", SearchOption.AllDirectories));
        return (path, File.ReadAllBytes(path));
    }

    static NewItem Item(string text) => NewItem.FromJson("event_msg", $$"""{"type":"user_message","message":"{{text}}"}""");

    static string Text(RolloutItem item) => Encoding.UTF8.GetString(item.Bytes.Span);

    static List<string> Lines(byte[] log) => [.. Encoding.UTF8.GetString(log).Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    static List<int> LineStarts(byte[] log) => [0, .. Enumerable.Range(1, log.Length - 1).Where(index => log[index - 1] == '\n')];
}
