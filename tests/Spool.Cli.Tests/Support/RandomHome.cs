using System.Globalization;
using System.Text;
using Spool.TestKit;
using ZstdSharp;

namespace Spool.Cli.Tests;

/// <summary>A home of random folders, names and contents, most of them not as any Codex would write them, and a few healthy threads among
/// them.</summary>
/// <param name="random">What all of it depends on.</param>
/// <param name="home">The folder; it exists.</param>
sealed class RandomHome(Random random, string home)
{
    static readonly byte[][] Rubbish =
    [
        [],
        "\n"u8.ToArray(),
        "{}\n"u8.ToArray(),
        "null\n"u8.ToArray(),
        "[{\"type\":\"event_msg\"}]"u8.ToArray(),
        new byte[3000],
        [0xff, 0xfe, (byte)'{', 0, (byte)'}', 0],
        [0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3, 4, 5],
        Encoding.UTF8.GetBytes(new string('[', 5000)),
        Encoding.UTF8.GetBytes(new string('x', 70_000)),
        "{\"session\":{\"id\":\"x\",\"timestamp\":\"2025-04-20T00:00:00.000Z\"},\"items\":[{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"hi\"}]}]}"u8.ToArray(),
        "{\"session\":{\"id\":\"00000000-0000-0000-0000-000000000000\"},\"items\":["u8.ToArray(),
    ];

    static readonly string[] OddLines =
    [
        "rubbish",
        "{",
        "\0\0\0\0",
        "{}",
        "[]",
        "   ",
        "\uFEFF",
        "\r",
        "{\"type\":\"event_msg\"}",
        "{\"timestamp\":5,\"type\":\"event_msg\",\"payload\":{}}",
        "{\"timestamp\":\"9999-12-31T23:59:59.999Z\",\"type\":\"event_msg\",\"payload\":{\"type\":\"user_message\",\"message\":\"late\"}}",
        "{\"timestamp\":\"0001-01-01T00:00:00.000Z\",\"ordinal\":9223372036854775807,\"type\":\"event_msg\",\"payload\":{\"type\":\"thread_rolled_back\",\"num_turns\":4294967295}}",
        "{\"timestamp\":\"2026-05-01T00:00:00.000Z\",\"ordinal\":18446744073709551615,\"type\":\"event_msg\",\"payload\":{\"type\":\"task_started\",\"turn_id\":\"\",\"started_at\":9223372036854775807}}",
        "{\"timestamp\":\"2026-05-01T00:00:00.000Z\",\"type\":\"event_msg\",\"payload\":{\"type\":\"task_started\",\"turn_id\":\"t\",\"started_at\":-9223372036854775808}}",
        "{\"timestamp\":\"2026-05-01T00:00:00.000Z\",\"type\":\"event_msg\",\"payload\":{\"type\":\"task_complete\",\"turn_id\":\"t\",\"completed_at\":1e300,\"duration_ms\":9223372036854775807}}",
        "{\"timestamp\":\"2026-05-01T00:00:00.000Z\",\"type\":\"event_msg\",\"payload\":{\"type\":\"user_message\",\"message\":\"\\ud800 \u001b[31m\",\"images\":[1,null]}}",
        "{\"timestamp\":\"2026-05-01T00:00:00.000Z\",\"type\":\"event_msg\",\"payload\":{\"type\":\"exec_command_end\",\"call_id\":\"c\",\"command\":[],\"duration\":{\"secs\":18446744073709551615,\"nanos\":-1},\"exit_code\":99999999999}}",
        "{\"timestamp\":\"2026-05-01T00:00:00.000Z\",\"type\":\"response_item\",\"payload\":{\"type\":\"function_call\",\"name\":\"shell\",\"arguments\":\"{\\\"command\\\":5}\",\"call_id\":null}}",
        "{\"timestamp\":\"2026-05-01T00:00:00.000Z\",\"type\":\"compacted\",\"payload\":{\"message\":7,\"replacement_history\":{}}}",
        "{\"timestamp\":\"2026-05-01T00:00:00.000Z\",\"type\":\"item_of_tomorrow\",\"payload\":[]}",
        "{\"id\":\"01a00000-0000-7000-8000-000000000000\",\"timestamp\":\"2025-05-07T17:24:21.123Z\",\"instructions\":null,\"git\":{\"branch\":7}}",
        "{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"bare\"}]}",
        "{\"record_type\":\"state\"}",
    ];

    readonly HashSet<ThreadId> _bases = []; // of rollouts that another one may continue

    readonly List<ThreadId> _ids =
    [
        ThreadId.Parse("00000000-0000-0000-0000-000000000000"),
        ThreadId.Parse("ffffffff-ffff-ffff-ffff-ffffffffffff"),
        .. Enumerable.Range(100, 6).Select(n => SeedIds.Id(n)),
    ];

    /// <summary>Gets the folder.</summary>
    public string Folder => home;

    /// <summary>Gets the healthy threads and their logs.</summary>
    public Dictionary<ThreadId, byte[]> Healthy { get; } = [];

    /// <summary>Gets what is listed in a known way besides.</summary>
    public PlantedRollouts Planted { get; } = new(random, home);

    /// <summary>Gets how many files, folders and links were made.</summary>
    public long Files { get; private set; }

    /// <summary>Gets how many lines their logs have, before some were damaged.</summary>
    public long Lines { get; private set; }

    /// <summary>Says whether the history of another rollout may run through the one at a path.</summary>
    public bool IsContinued(string path) => _bases.Any(rollout => path.Contains($"{rollout}.jsonl", StringComparison.OrdinalIgnoreCase));

    /// <summary>Writes it.</summary>
    public void Build()
    {
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var (id, at) = (SeedIds.Id(i), SeedIds.Epoch.AddHours(i));
            var seed = (random.Next(2) == 0 ? RolloutLines.Legacy(id, at) : RolloutLines.Paginated(id, at))
                .Turn($"question {i}")
                .Turn("more")
                .ToSeed();
            Healthy.Add(id, seed.ToLog());
            Lines += seed.Lines.Count;
            Write($"sessions/{at:yyyy/MM/dd}/{NameOf(id, at.UtcDateTime)}.jsonl", seed.ToLog());
        }
        Planted.Plant();
        for (var i = random.Next(1, 12); i > 0; i--)
            AddSomething();
        foreach (
            var file in new[]
            {
                "session_index.jsonl",
                "config.toml",
                "state_5.sqlite",
                "state_5.sqlite-wal",
                "history.jsonl",
                "thread_history_1.sqlite",
                "archived_sessions/x",
                "shell_snapshots/x",
            }
        )
        {
            if (random.Next(4) == 0)
                Write(file, SomeBytes());
        }
    }

    /// <summary>Deletes a home; the framework cannot name all that is in it.</summary>
    public static void Delete(string home)
    {
        if (!OperatingSystem.IsLinux())
        {
            Directory.Delete(home, recursive: true);
            return;
        }
        using var process = System.Diagnostics.Process.Start("rm", ["-rf", home]);
        process.WaitForExit();
    }

    /// <summary>Gives an id that a command may name: of a healthy thread, of something else in the home, or of nothing.</summary>
    public string AnyId() =>
        random.Next(10) switch
        {
            < 3 => Pick([.. Healthy.Keys]).ToString(),
            < 9 => Pick(_ids).ToString(),
            _ => random.Next(2) == 0 ? SeedIds.Id(random.Next(1000, 2000)).ToString() : Pick(["", "../..", "\ud800"]),
        };

    void AddSomething()
    {
        var path = $"{AnyFolder()}/{Name()}";
        switch (random.Next(16))
        {
            case 0:
                Try(path, full => Directory.CreateDirectory(full));
                break;
            case 1:
                Link(path, Pick(["/nowhere/at/all", ".", "..", "/dev/null", path, home]));
                break;
            case 2:
                Shell("mkfifo \"$1\"", path);
                break;
            case 3:
                Shell("printf 'rubbish\\n' > \"$1$(printf '\\377\\376').jsonl\"", path);
                break;
            default:
                Write(path, SomeBytes());
                break;
        }
    }

    string AnyFolder() =>
        random.Next(10) switch
        {
            < 3 => "sessions/2026/04/30",
            < 5 => "archived_sessions",
            _ => Pick([
                "sessions",
                "sessions/2026",
                "sessions/0000/00/00",
                "sessions/9999/12/31",
                "sessions/x/y",
                "sessions/2026/04/30/rollout-a.jsonl",
                "archived_sessions/2026/04/30",
                "sessions/2026/04/30/deep/er",
                ".",
            ]),
        };

    string Name()
    {
        var name = NameOf(Pick(_ids), new DateTime(random.NextInt64(DateTime.MaxValue.Ticks)));
        if (random.Next(3) > 0)
            name = NameOf(Pick(_ids), SeedIds.Epoch.UtcDateTime.AddSeconds(random.Next(3)));
        if (random.Next(6) == 0)
            name += $"_{Pick(_ids)}";
        if (random.Next(6) == 0)
            name = name.Remove(random.Next(name.Length - 1), 1);
        if (random.Next(6) == 0)
            name = name.Insert(random.Next(name.Length), Pick(["-", "9", "\n", "\u001b", "é", " ", "99999-99", "%s"]));
        if (random.Next(8) == 0)
            name = Pick([
                "rollout-",
                "rollout-9999-99-99T99-99-99-x",
                "rollout-2025-04-20-01a00000-0000-7000-8000-000000000000",
                "rollout",
                "x",
                new string('y', 200),
            ]);
        return name + Pick([".jsonl", ".jsonl", ".jsonl", ".jsonl", ".jsonl.zst", ".json", ".jsonl.tmp", ".jsonl.zst.jsonl", ""]);
    }

    byte[] SomeBytes()
    {
        if (random.Next(4) == 0)
            return Pick(Rubbish);
        var log = Log();
        if (random.Next(2) == 0)
            log = Changed(log);
        if (random.Next(5) > 0)
            return log;
        using var compressor = new Compressor(1);
        var frame = compressor.Wrap(log).ToArray();
        return random.Next(2) == 0 ? frame : frame[..random.Next(frame.Length)];
    }

    byte[] Log()
    {
        var (id, at) = (
            Pick(_ids),
            new[]
            {
                SeedIds.Epoch,
                DateTimeOffset.UnixEpoch,
                new DateTimeOffset(9999, 12, 31, 23, 0, 0, TimeSpan.Zero),
                new DateTimeOffset(1, 1, 1, 0, 0, 0, TimeSpan.Zero),
            }[random.Next(4) == 0 ? random.Next(4) : 0]
        );
        var head = new RolloutHead(id, at)
        {
            HistoryMode = Pick([HistoryModes.Legacy, HistoryModes.Paginated, HistoryModes.Paginated, null, "tomorrow"]),
            Source = Pick([
                "\"cli\"",
                "\"vscode\"",
                "7",
                "{\"subagent\":\"review\"}",
                "{\"subagent\":{\"thread_spawn\":{\"depth\":-9223372036854775808}}}",
                "{\"custom\":\"\\ud800\"}",
                "null",
            ]),
            Cwd = Pick(["/home/dev/app", "", "c:\\x", "\0", "/\u001b[2J"]),
            ForkedFrom = random.Next(4) == 0 ? Pick(_ids) : null,
            Parent = random.Next(4) == 0 ? Pick(_ids) : null,
            Base =
                random.Next(3) == 0
                    ? new HistoryBase(
                        random.Next(3) == 0 ? Pick([.. Healthy.Keys]) : Pick(_ids),
                        Pick([0L, 1, 5, long.MaxValue, -1]),
                        Pick([0L, 300, 5000, long.MaxValue, -1])
                    )
                    : null,
        };
        if (head.Base is { } continued)
            _bases.Add(continued.RolloutId);
        var lines = random.Next(8) == 0 ? RolloutLines.Headless(id, at) : RolloutLines.From(head);
        for (var i = random.Next(4); i > 0; i--)
        {
            if (random.Next(2) == 0)
                lines.Turn($"something {i}");
            else
                lines.StartTurn().UserMessage("open");
            for (var j = random.Next(4); j > 0; j--)
                lines.Line(Encoding.UTF8.GetBytes(Pick(OddLines)));
            if (random.Next(4) == 0)
                // two records on a line
                lines.Line([.. lines.Lines[random.Next(lines.Lines.Count)].Span, .. lines.Lines[random.Next(lines.Lines.Count)].Span]);
        }
        Lines += lines.Lines.Count;
        return [.. lines.Lines.SelectMany(line => line.ToArray().Append((byte)'\n'))];
    }

    byte[] Changed(byte[] log)
    {
        var bytes = log.ToList();
        for (var i = random.Next(1, 8); i > 0 && bytes.Count > 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(200), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(200), bytes.Count - at)));
                    break;
                default:
                    bytes.RemoveAll(b => b == '\n' && random.Next(8) == 0);
                    break;
            }
        }
        return [.. bytes];
    }

    void Write(string path, byte[] bytes) => Try(path, full => File.WriteAllBytes(full, bytes));

    void Link(string path, string target) => Try(path, full => File.CreateSymbolicLink(full, target));

    void Shell(string script, string path)
    {
        if (OperatingSystem.IsLinux())
        {
            Try(
                path,
                full =>
                {
                    using var process = System.Diagnostics.Process.Start("sh", ["-c", script + " 2> /dev/null", "sh", full]);
                    process.WaitForExit();
                }
            );
        }
    }

    // Two things may get one name, or a file the name that a folder needs; then the first is there.
    void Try(string path, Action<string> make)
    {
        var full = Path.Combine(home, path);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            if (Path.Exists(full))
                return;
            make(full);
            Files++;
        }
        catch (IOException) { }
    }

    T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];

    static string NameOf(ThreadId id, DateTime at) =>
        string.Create(CultureInfo.InvariantCulture, $"rollout-{at:yyyy-MM-dd'T'HH-mm-ss}-{id}");
}
