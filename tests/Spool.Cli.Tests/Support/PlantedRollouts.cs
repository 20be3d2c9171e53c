using System.Globalization;
using System.Text;
using Spool.TestKit;
using ZstdSharp;

namespace Spool.Cli.Tests;

/// <summary>A rollout of which is known how it has to be listed, whatever else is in its home.</summary>
/// <param name="Path">Its path in the home.</param>
/// <param name="State">The state.</param>
/// <param name="ThreadId">The id, or null for one that is made of its path.</param>
/// <param name="Preview">The preview; empty for a thread that has none.</param>
/// <param name="CreatedAt">When it was created, or null where that is anybody's guess.</param>
sealed record PlantedRollout(string Path, string State, ThreadId? ThreadId, string Preview, DateTimeOffset? CreatedAt);

/// <summary>Puts rollouts of every state into a home, under ids that nothing else in it has and no command names.</summary>
/// <param name="random">What is damaged, and where.</param>
/// <param name="home">The home.</param>
sealed class PlantedRollouts(Random random, string home)
{
    const int FirstNumber = 300;

    static readonly ThreadId PastTime = ThreadId.Parse("ffffffff-ffff-7fff-bfff-ffffffffffff");

    int _number = FirstNumber;
    bool _hasLostArchive;

    /// <summary>Gets what was planted.</summary>
    public List<PlantedRollout> All { get; } = [];

    /// <summary>Gets what a list has to name as a place that it could not read, as paths in the home.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Plants about half of what there is.</summary>
    public void Plant()
    {
        if (random.Next(6) == 0)
            LoseArchive();
        foreach (
            var plant in (Action[])
                [
                    Whole,
                    Odd,
                    Late,
                    PastYear9999,
                    Compressed,
                    Marked,
                    Torn,
                    Fused,
                    Rest,
                    Garbage,
                    Headless,
                    Tomorrow,
                    Alone,
                    Early,
                    Empty,
                    Rubbish,
                    Nowhere,
                    Pipe,
                    Folder,
                    Surrogate,
                    RawBytes,
                    Document,
                    Bare,
                    Twice,
                    Newer,
                    Namesake,
                    Fork,
                    Deep,
                    GoneFolder,
                ]
        )
        {
            if (random.Next(2) == 0)
                plant();
        }
    }

    void Whole()
    {
        var (id, at) = Next();
        Write(id, at, Log(id, at), folder: !_hasLostArchive && random.Next(2) == 0 ? "archived_sessions" : null);
    }

    void Odd()
    {
        var (id, at) = Next();
        Write(id, at, Log(id, at), name: $"rollout-{Pick("copy", "", "2026-13-40", "é")}-{_number}.jsonl");
    }

    void Late()
    {
        var (id, at) = Next();
        Write(id, at, Log(id, at), name: $"rollout-9999-12-31T23-{random.Next(60):00}-{random.Next(60):00}-{id}.jsonl");
    }

    void PastYear9999() => Write(PastTime, SeedIds.Epoch, Log(PastTime, SeedIds.Epoch), folder: "sessions");

    void Compressed()
    {
        var (id, at) = Next();
        using var compressor = new Compressor(1);
        Write(id, at, compressor.Wrap(Log(id, at)).ToArray(), name: NameOf(id, at) + ".zst");
    }

    // A byte order mark and the line ends of Windows cost nothing.
    void Marked()
    {
        var (id, at) = Next();
        Write(
            id,
            at,
            [
                .. random.Next(2) == 0 ? "\uFEFF"u8 : [],
                .. Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Log(id, at)).ReplaceLineEndings("\r\n")),
            ]
        );
    }

    void Torn()
    {
        var (id, at) = Next();
        var log = Log(id, at);
        var last = Array.LastIndexOf(log, (byte)'\n', log.Length - 2) + 1;
        Write(id, at, log[..random.Next(last + 1, log.Length - 2)], "torn");
    }

    // Two records on one line.
    void Fused()
    {
        var (id, at) = Next();
        var lines = Lines(id, at);
        var first = random.Next(2) == 0 ? random.Next(lines.Count - 1) : LineOf(lines, id) - 1;
        lines[first] = [.. lines[first], .. lines[first + 1]];
        lines.RemoveAt(first + 1);
        Write(id, at, Join(lines), "damaged");
    }

    // The beginning of a record, and a whole one behind it.
    void Rest()
    {
        var (id, at) = Next();
        var lines = Lines(id, at);
        var cut = random.Next(2) == 0 ? random.Next(lines.Count) : LineOf(lines, id);
        lines[cut] = [.. lines[cut].AsSpan(0, random.Next(1, lines[cut].Length - 1)), .. lines[cut]];
        Write(id, at, Join(lines), "damaged");
    }

    void Garbage()
    {
        var (id, at) = Next();
        var lines = Lines(id, at);
        lines.Insert(
            random.Next(lines.Count + 1),
            Encoding.UTF8.GetBytes(Pick("x", "{", "}", "\0\0", "[]", "{\"type\":\"event_msg\",\"payload\":{}"))
        );
        Write(id, at, Join(lines), "damaged");
    }

    void Headless()
    {
        var (id, at) = Next();
        Write(id, at, RolloutLines.Headless(id, at).Turn(Question(id)).ToSeed().ToLog(), "damaged");
    }

    void Tomorrow()
    {
        var (id, at) = Next();
        Write(
            id,
            at,
            RolloutLines
                .From(new RolloutHead(id, at) { HistoryMode = "tomorrow" })
                .Event("user_message", $"\"message\":\"{Question(id)}\"")
                .ToSeed()
                .ToLog(),
            "unknownFormat"
        );
    }

    // What its history continues is not there.
    void Alone()
    {
        var (id, at) = Next();
        var head = new RolloutHead(id, at) { HistoryMode = HistoryModes.Paginated, Base = new HistoryBase(Next().Id, 10, 5000) };
        Write(id, at, RolloutLines.From(head).Turn(Question(id)).ToSeed().ToLog(), "brokenLineage");
    }

    void Early()
    {
        var id = Next().Id;
        var at = new DateTimeOffset(random.Next(1, 1970), 1, 2, 3, 4, 5, TimeSpan.Zero);
        Write(id, at, Log(id, at), "damaged");
    }

    void Empty() => Unreadable(full => File.WriteAllBytes(full, []), isProblem: false);

    void Rubbish() => Unreadable(full => File.WriteAllText(full, Pick("rubbish\n", "{}\n[]\n", "\0\0\0")));

    void Nowhere() => Unreadable(full => File.CreateSymbolicLink(full, Pick("/nowhere/at/all", Path.GetFileName(full))));

    void Pipe() => Unreadable(full => Start("mkfifo", full));

    void Folder() => Unreadable(full => Directory.CreateDirectory(full));

    void Surrogate()
    {
        var (id, at) = Next();
        Write(
            id,
            at,
            Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Log(id, at)).Replace("question", "qu\\ud800on", StringComparison.Ordinal)),
            "damaged",
            preview: Question(id).Replace("question", "qu\uFFFDon", StringComparison.Ordinal)
        );
    }

    void RawBytes()
    {
        var (id, at) = Next();
        Write(
            id,
            at,
            Encoding.Latin1.GetBytes(Encoding.UTF8.GetString(Log(id, at)).Replace("question", "qu\u00e9on", StringComparison.Ordinal)),
            "damaged",
            preview: Question(id).Replace("question", "qu\uFFFDon", StringComparison.Ordinal)
        );
    }

    void Document()
    {
        var id = Next().Id;
        var at = new DateTimeOffset(2025, 4, 20, 1, 2, 3, 456, TimeSpan.Zero);
        var text =
            $"{{\n \"session\":{{\"id\":\"{id}\",\"timestamp\":\"{Time(at)}\",\"instructions\":\"\"}},\n \"items\":[{{\"type\":\"message\",\"role\":\"user\",\"content\":[{{\"type\":\"input_text\",\"text\":\"{Question(id)}\"}}]}}]\n}}";
        Write(id, at, Encoding.UTF8.GetBytes(text), folder: "sessions", name: $"rollout-2025-04-20-{id}.json");
    }

    void Bare()
    {
        var id = Next().Id;
        var at = new DateTimeOffset(2025, 5, 7, 17, 24, 21, 123, TimeSpan.Zero);
        Write(
            id,
            at,
            Encoding.UTF8.GetBytes(
                $"{{\"id\":\"{id}\",\"timestamp\":\"{Time(at)}\",\"instructions\":null}}\n{{\"type\":\"message\",\"role\":\"user\",\"content\":[{{\"type\":\"input_text\",\"text\":\"{Question(id)}\"}}]}}\n"
            )
        );
    }

    // The same file more than once: the one in the folder of its day is the thread, and the others are there too.
    void Twice()
    {
        var (id, at) = Next();
        var log = Log(id, at);
        Write(id, at, log, folder: $"sessions/{at:yyyy/MM/dd}");
        foreach (var folder in (string[])["sessions/copies", _hasLostArchive ? "sessions/more" : "archived_sessions/copies"])
            Spare(id, at, log, Question(id), folder, NameOf(id, at));
    }

    // A later file of the thread with nothing in it but who it is.
    void Newer()
    {
        var (id, at) = Next();
        Write(id, at, Log(id, at), folder: $"sessions/{at:yyyy/MM/dd}");
        Spare(id, at, RolloutLines.Legacy(id, at).ToSeed().ToLog(), "", "sessions/2026/05/02", NameOf(id, at.AddDays(2)));
    }

    // A later file that says it is the thread, under the name of another one.
    void Namesake()
    {
        var (id, at) = Next();
        Write(id, at, Log(id, at), folder: $"sessions/{at:yyyy/MM/dd}");
        Spare(id, at, Log(id, at), Question(id), "sessions/2026/05/02", NameOf(Next().Id, at.AddDays(2)));
    }

    // A fork begins with what its source begins with.
    void Fork()
    {
        var (id, at) = Next();
        var source = RolloutLines.Paginated(id, at).Turn(Question(id));
        Write(id, at, source.ToSeed().ToLog());
        var (fork, later) = Next();
        Write(fork, later, source.Fork(fork, later).Turn("another question").ToSeed().ToLog(), preview: Question(id));
    }

    // In its place is a file, or a link to a disk that is not there.
    void LoseArchive()
    {
        _hasLostArchive = true;
        var archive = Path.Combine(home, "archived_sessions");
        if (random.Next(2) == 0)
            File.WriteAllText(archive, "");
        else
            File.CreateSymbolicLink(archive, "/nowhere/at/all");
        Problems.Add("archived_sessions");
    }

    // Deeper than anything is read.
    void Deep()
    {
        var (id, at) = Next();
        var folder = "sessions/" + string.Join('/', Enumerable.Repeat("d", 40));
        Directory.CreateDirectory(Path.Combine(home, folder));
        File.WriteAllBytes(Path.Combine(home, folder, NameOf(id, at)), Log(id, at));
        Problems.Add("sessions/d/");
    }

    void GoneFolder()
    {
        File.CreateSymbolicLink(Path.Combine(home, "sessions/on-another-disk"), "/nowhere/at/all");
        Problems.Add("sessions/on-another-disk");
    }

    void Unreadable(Action<string> make, bool isProblem = true)
    {
        var (id, at) = Next();
        var path = $"sessions/2026/05/01/{NameOf(id, at)}";
        Directory.CreateDirectory(Path.Combine(home, Path.GetDirectoryName(path)!));
        make(Path.Combine(home, path));
        All.Add(new PlantedRollout(path, "unreadable", id, "", null));
        if (isProblem)
            Problems.Add(path);
    }

    void Write(
        ThreadId id,
        DateTimeOffset at,
        byte[] bytes,
        string state = "ok",
        string? folder = null,
        string? name = null,
        string? preview = null
    )
    {
        var path = $"{folder ?? Pick("sessions/2026/05/01", "sessions", "sessions/some/where")}/{name ?? NameOf(id, at)}";
        Directory.CreateDirectory(Path.Combine(home, Path.GetDirectoryName(path)!));
        File.WriteAllBytes(Path.Combine(home, path), bytes);
        All.Add(new PlantedRollout(path, state, id, preview ?? Question(id), at));
    }

    // Listed under an id of its own.
    void Spare(ThreadId id, DateTimeOffset at, byte[] bytes, string preview, string folder, string name)
    {
        Write(id, at, bytes, "duplicate", folder, name, preview);
        All[^1] = All[^1] with { ThreadId = null };
    }

    (ThreadId Id, DateTimeOffset At) Next() => (SeedIds.Id(++_number), SeedIds.Epoch.AddMinutes(-_number));

    byte[] Log(ThreadId id, DateTimeOffset at) => Join(Lines(id, at));

    List<byte[]> Lines(ThreadId id, DateTimeOffset at) =>
        [
            .. (random.Next(2) == 0 ? RolloutLines.Legacy(id, at) : RolloutLines.Paginated(id, at))
                .Turn(Question(id))
                .Turn("more")
                .Lines.Select(line => line.ToArray()),
        ];

    // Of the last record that has the question in it, from which the preview comes.
    static int LineOf(List<byte[]> lines, ThreadId id) =>
        lines.FindLastIndex(line => line.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Question(id))) >= 0);

    string Pick(params string[] from) => from[random.Next(from.Length)];

    static byte[] Join(IEnumerable<byte[]> lines) => [.. lines.SelectMany(line => line.Append((byte)'\n'))];

    static string Question(ThreadId id) => $"question {id}";

    static string NameOf(ThreadId id, DateTimeOffset at) =>
        string.Create(CultureInfo.InvariantCulture, $"rollout-{at:yyyy-MM-dd'T'HH-mm-ss}-{id}.jsonl");

    static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    static void Start(string program, string argument)
    {
        using var process = System.Diagnostics.Process.Start(program, [argument]);
        process.WaitForExit();
    }
}
