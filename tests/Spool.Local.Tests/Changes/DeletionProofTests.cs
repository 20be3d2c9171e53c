using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>What is not proven to be of the deleted thread stays, however much it is like it.</summary>
public sealed partial class DeletionProofTests : IDisposable
{
    const int Threads = 3;

    static readonly string[] Damages =
    [
        "none",
        "none",
        "cut",
        "cut before the id",
        "garbage",
        "blank",
        "blank, and another's log",
        "of another",
        "no head",
        "another's log behind it",
        "empty",
    ];

    // {8} is the id of no thread, {T} that of the thread.
    static readonly string[] Backups =
    [
        "sessions/2026/01/02/rollout-2026-01-02T03-04-05-{8}.jsonl",
        "backup/rollout-2026-01-02T03-04-05-{T}.jsonl",
        "backup/rollout-2026-01-02T03-04-05-{T}.jsonl.bak",
        "sessions/rollout-2025-05-23-{T}.json",
        "archived_sessions/rollout-n{n}.jsonl",
        "n{n}",
    ];

    static readonly string[] Changes = ["none", "none", "cut", "zstd", "line end", "another's log"];

    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("empty", "")]
    [InlineData("cut before the id", "backup/rollout-2026-01-02T03-04-05-{9}.jsonl")]
    [InlineData("cut before the id", "backup/{9}.jsonl.bak")]
    [InlineData("garbage", "mine")]
    [InlineData("blank", "mine")]
    [InlineData("empty", "mine")]
    [InlineData("cut before the id", "")]
    [InlineData("garbage", "")]
    [InlineData("blank", "")]
    [InlineData("cut before the id", "sessions/2026/01/02/rollout-2026-01-02T03-04-05-{9}.jsonl.zst")]
    [InlineData("garbage", "archived_sessions/rollout-2026-01-02T03-04-05-{9}.jsonl")]
    public async Task A_log_whose_first_line_is_damaged_as_that_of_the_deleted_thread_is_no_copy_of_it(string damage, string name)
    {
        _home.Write(PathOf(IdOf(5), At(5)), LogOf(5, damage, 2));
        var log = LogOf(2, damage, 1);
        var other = _home.Write(
            name.Length == 0 ? PathOf(IdOf(2), At(1)) : name.Replace("{9}", IdOf(2).ToString(), StringComparison.Ordinal),
            name.EndsWith(".zst", StringComparison.Ordinal) ? Zstd(log) : log
        );
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(IdOf(5), Stop);

        Assert.Equal([PathOf(IdOf(5), At(5))], receipt.Removed);
        Assert.True(File.Exists(other));
        Assert.Empty(receipt.Left);
    }

    [Theory]
    [InlineData("backup/fork.bak")]
    [InlineData("sessions/2026/rollout-fork.jsonl")]
    [InlineData("sessions/2026/01/02/rollout-2026-01-02T03-04-05-{9}.jsonl")]
    public async Task What_a_fork_has_of_its_own_stays_wherever_it_is_when_its_first_line_is_blank(string name)
    {
        _home.Write(PathOf(IdOf(1), At(1)), LogOf(1, "none", 2));
        byte[] log = [.. "\n"u8, .. LogOf(1, "none", 2), .. LogOf(2, "no head", 1)];
        var fork = _home.Write(name.Replace("{9}", IdOf(2).ToString(), StringComparison.Ordinal), log);
        await using var store = _home.Open();

        await Record.ExceptionAsync(() => store.DeleteAsync(IdOf(1), Stop).AsTask());

        Assert.Equal(log, File.ReadAllBytes(fork));
    }

    [Theory]
    [InlineData("backup/mine", false)]
    [InlineData("backup/mine", true)]
    [InlineData("sessions/2026/01/02/rollout-2026-01-02T03-04-05-{9}.jsonl", false)]
    [InlineData("sessions/2026/01/02/rollout-2026-01-02T03-04-05-{9}.jsonl", true)]
    public async Task Items_that_say_they_are_of_another_thread_stay_with_what_is_before_them_and_are_named(string name, bool isAllOfIt)
    {
        var log = LogOf(1, "none", 2);
        _home.Write(PathOf(IdOf(1), At(1)), log);
        var item =
            $$$$"""{"timestamp":"2026-05-01T11:00:00.000Z","type":"event_msg","payload":{"type":"item_completed","thread_id":"{{{{IdOf(2)}}}}","turn_id":"t","item":{"type":"UserMessage","id":"u","content":[{"type":"text","text":"own"}]}}}""";
        name = name.Replace("{9}", IdOf(2).ToString(), StringComparison.Ordinal);
        var other = _home.Write(name, Encoding.UTF8.GetBytes((isAllOfIt ? Encoding.UTF8.GetString(log) : HeadOf(1) + "\n") + item + "\n"));
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(IdOf(1), Stop);

        Assert.True(File.Exists(other));
        Assert.Contains(name, Assert.Single(receipt.Left).What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cut before the id", true)]
    [InlineData("garbage", false)]
    [InlineData("blank", false)]
    public async Task The_same_bytes_under_no_threads_name_are_a_copy_also_of_a_damaged_log_and_so_is_a_beginning_with_a_record(
        string damage,
        bool isCut
    )
    {
        var log = LogOf(1, damage, 2);
        _home.Write(PathOf(IdOf(1), At(1)), log);
        _home.Write("backup/copy", Zstd(log[..(isCut ? log.Length - 9 : log.Length)]));
        _home.Write("backup/beginning", log.AsSpan(0, 5));
        _home.Write($"backup/rollout-2026-01-02T03-04-05-{IdOf(2)}.jsonl", log);
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(IdOf(1), Stop);

        Assert.Equal([PathOf(IdOf(1), At(1)), "backup/copy"], receipt.Removed);
    }

    [Fact]
    public Task No_text_of_another_thread_is_gone_from_a_home_of_damaged_logs() =>
        Gen.Select(
                Gen.Select(OneOf(Damages), Gen.Int[1, Threads]).Array[Threads],
                Gen.Select(Gen.Int[1, Threads], OneOf(Backups), OneOf(Changes), Gen.Int[1, Threads]).Array[0, 4],
                Gen.Int[1, Threads]
            )
            .SampleAsync(home => CheckAsync(home.Item1, home.Item2, home.Item3), iter: 150, threads: 1);

    static Gen<string> OneOf(string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    static async Task CheckAsync(
        (string Damage, int Other)[] damages,
        (int Thread, string Name, string Change, int Other)[] backups,
        int deleted
    )
    {
        using var home = new TempHome();
        byte[] Log(int thread) => LogOf(thread, damages[thread - 1].Damage, damages[thread - 1].Other);
        for (var thread = 1; thread <= Threads; thread++)
            home.Write(PathOf(IdOf(thread), At(1)), Log(thread));
        for (var i = 0; i < backups.Length; i++)
        {
            var (thread, name, change, other) = backups[i];
            var log = Log(thread);
            home.Write(
                name.Replace("{8}", Id(80 + i).ToString(), StringComparison.Ordinal)
                    .Replace("{T}", IdOf(thread).ToString(), StringComparison.Ordinal)
                    .Replace("{n}", $"{i}", StringComparison.Ordinal),
                change switch
                {
                    "cut" => log[..(log.Length / 2)],
                    "zstd" => Zstd(log),
                    "line end" => [.. "\n"u8, .. log],
                    "another's log" => [.. log, .. LogOf(other, "none", other)],
                    _ => log,
                }
            );
        }
        // Its own rollouts go, whatever they hold, and so does what is the same.
        var own = home.Files()
            .Where(file =>
                file.Contains("sessions/", StringComparison.Ordinal) && file.Contains(IdOf(deleted).ToString(), StringComparison.Ordinal)
            )
            .Select(file => TextOf(home, file))
            .ToList();
        var before = home.Files()
            .Select(file => TextOf(home, file))
            .Where(text => !Says(text, deleted) && !own.Exists(log => log.StartsWith(text, StringComparison.Ordinal)))
            .SelectMany(MarksOf)
            .Where(mark => !mark.StartsWith($"<{deleted}.", StringComparison.Ordinal))
            .ToHashSet();
        await using var store = home.Open();

        // it may be in no list, or in one file with others
        await Record.ExceptionAsync(() => store.DeleteAsync(IdOf(deleted), Stop).AsTask());

        Assert.Empty(before.Except(home.Files().SelectMany(file => MarksOf(TextOf(home, file)))));
    }

    static bool Says(string text, int thread) =>
        text.TrimStart('\ufeff').Split('\n')[0] is var first
        && first.Contains("\"session_meta\"", StringComparison.Ordinal)
        && first.EndsWith('}')
        && first.Contains(IdOf(thread).ToString(), StringComparison.Ordinal);

    // Later ones begin later: a thread is kept for what begins with it and does not say what it continues.
    static ThreadId IdOf(int thread) => ThreadId.Parse($"01a2042{thread}-47e7-79e3-b1f6-b2ac9f1be60{thread}");

    // The first lines are all as long as each other and the same as far as the ids; every other line is marked with its owner.
    static byte[] LogOf(int thread, string damage, int other)
    {
        var head = HeadOf(thread);
        var lines = string.Concat(Enumerable.Range(1, 3).Select(k => LineOf($"<{thread}.{k}>")));
        return Encoding.UTF8.GetBytes(
            damage switch
            {
                "cut" => head[..^9] + "\n" + lines,
                "cut before the id" => head[..80] + "\n" + lines,
                "garbage" => "garbage\n" + lines,
                "blank" => "\n" + lines,
                "blank, and another's log" => "\n" + Encoding.UTF8.GetString(LogOf(other, "none", other)) + lines,
                "of another" => HeadOf(other) + "\n" + lines,
                "no head" => lines,
                "another's log behind it" => head + "\n" + lines + Encoding.UTF8.GetString(LogOf(other, "none", other)),
                "empty" => "",
                _ => head + "\n" + lines,
            }
        );
    }

    static string HeadOf(int thread) =>
        $$$"""{"timestamp":"2026-05-01T10:00:00.000Z","type":"session_meta","payload":{"id":"{{{IdOf(thread)}}}","timestamp":"2026-05-01T10:00:00.000Z","cwd":"/w","originator":"o","cli_version":"0.125.0","source":"cli","model_provider":"openai"}}""";

    static string LineOf(string text) =>
        $$$"""{"timestamp":"2026-05-01T11:00:00.000Z","type":"event_msg","payload":{"type":"user_message","message":"{{{text}}}"}}"""
        + "\n";

    static string TextOf(TempHome home, string file)
    {
        var bytes = File.ReadAllBytes(Path.Combine(home.Path, file));
        if (!bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd]))
            return Encoding.UTF8.GetString(bytes);
        using var stream = new StreamReader(new ZstdSharp.DecompressionStream(new MemoryStream(bytes)));
        return stream.ReadToEnd();
    }

    static IEnumerable<string> MarksOf(string text) => Mark().Matches(text).Select(match => match.Value);

    [GeneratedRegex(@"<\d+\.\d+>")]
    private static partial Regex Mark();

    static byte[] Zstd(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var stream = new ZstdSharp.CompressionStream(packed))
            stream.Write(bytes);
        return packed.ToArray();
    }
}
