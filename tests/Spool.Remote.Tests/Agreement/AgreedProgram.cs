using System.Globalization;
using System.Text;
using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>A random home and random steps, all of one seed. Some logs of the home are torn, damaged or of an unknown history
/// mode.</summary>
/// <remarks>Every log has a head: of one without, a home has to assume that it continues any other one, and refuses deletions; a store that
/// knows what each log continues need not.</remarks>
sealed class AgreedProgram
{
    const int Slots = 3;

    static readonly string[] Sources =
    [
        "\"cli\"",
        "\"vscode\"",
        "\"exec\"",
        "\"mcp\"",
        "{\"subagent\":\"review\"}",
        "{\"subagent\":{\"other\":\"x\"}}",
        "{\"custom\":\"subAgentX\"}",
        "{\"custom\":\"cli\"}",
        "{\"custom\":\"\"}",
        "\"strange\"",
        "7",
        "{\"subagent\":{\"thread_spawn\":{\"parent_thread_id\":\"" + SeedText + "\",\"depth\":3,\"agent_nickname\":\"Nick\"}}}",
    ];

    const string SeedText = "019ddd9a-5cb8-7000-8000-000000000001";

    static readonly string[] Kinds =
    [
        "cli",
        "vscode",
        "exec",
        "appServer",
        "subAgent",
        "subAgentReview",
        "subAgentX",
        "subAgentOther",
        "subAgentThreadSpawn",
        "custom",
        "custom:cli",
        "unknown",
        "",
        "nobody",
    ];
    static readonly string?[] Providers = ["openai", "azure", null, ""];
    static readonly string[] Folders =
    [
        "/",
        "//",
        "/work/a",
        "/work/a/",
        "/work/a//",
        "/work/./a",
        "/work/b/../a",
        "",
        ".",
        "work",
        "C:\\work",
        "c:/work/",
        "/Gr\u00F6\u00DFe",
    ];
    static readonly string[] Words =
    [
        "parser",
        "PARSER",
        "50%",
        "a_b",
        "Gr\u00F6\u00DFe",
        "",
        " ",
        "<environment_context>x</environment_context>",
        "\u0130",
        "two\nlines",
    ];
    static readonly string[] Terms = ["parser", "pars", "%", "_", "gr\u00F6sse", "GR\u00D6\u00DFE", "", " ", "i", "nothing like it"];
    static readonly string[] Names = ["A name", "", " trimmed ", "two\nlines", "parser", "n\u0000l", "Gr\u00F6\u00DFe"];

    readonly Random _random;
    readonly HashSet<ThreadId> _takenBack = [];
    int _number;

    public AgreedProgram(int seed)
    {
        _random = new Random(seed);
        Seeds = [.. Enumerable.Range(1, _random.Next(0, 5)).Select(Seed)];
        Steps = [.. Enumerable.Range(0, _random.Next(4, 22)).Select(_ => Next())];
    }

    public IReadOnlyList<ThreadSeed> Seeds { get; }

    public IReadOnlyList<Step> Steps { get; }

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    ThreadSeed Seed(int number)
    {
        var created = SeedIds.Epoch.AddMinutes(_random.Next(3));
        var head = new RolloutHead(SeedIds.Id(number), created)
        {
            HistoryMode = Chance(20) ? "holographic" : ModeOf(SeedIds.Id(number)),
            Source = Pick(Sources),
            ModelProvider = Pick(Providers),
            Cwd = Pick(Folders),
            Parent = Chance(4) ? SeedIds.Id(_random.Next(1, 10)) : null,
            Git = Chance(4) ? new GitInfo("abc", "main", null) : null,
        };
        var log = RolloutLines.From(head);
        for (var turns = _random.Next(4); turns > 0; turns--)
        {
            log.Wait(TimeSpan.FromMinutes(_random.Next(3))).Turn(Pick(Words), Pick(Words));
            if (Chance(12))
                log.StartTurn().UserMessage(Pick(Words));
            if (Chance(30))
                log.Rubbish(Encoding.UTF8.GetBytes(Pick(["no item", "[]", "{\"type\":"])));
        }
        if (Chance(15) && log.Lines.Count > 1)
            log.Torn();
        return log.ToSeed(
            Chance(4) ? SeedPlace.Archived : SeedPlace.Active,
            Chance(4) ? "Name of " + Pick(["parser", "Gr\u00F6\u00DFe", "x"]) : null
        );
    }

    Step Next()
    {
        var number = _number++;
        var (text, act) = _random.Next(40) switch
        {
            < 4 => List(),
            4 => Find(),
            5 => History(),
            6 or 7 => Turns(),
            8 or 9 => Items(),
            10 => Log(),
            < 14 => Create(),
            < 18 => Resume(),
            < 25 => Append(number),
            25 => OnWriter("persist", (writer, _) => writer.PersistAsync(Cancellation)),
            26 => Flush(),
            27 => WriterUpdate(),
            28 => OnWriter("shut down", (writer, _) => writer.ShutDownAsync(Cancellation)),
            29 => OnWriter("discard", (writer, _) => writer.DiscardAsync(Cancellation)),
            30 => Close(),
            31 or 32 => Update(),
            33 => Archive(),
            34 => Unarchive(),
            35 or 36 => Fork(),
            37 => Revert(),
            38 => Delete(),
            _ => Reopen(),
        };
        return new Step(number, text, act);
    }

    (string, Func<Subject, Task<string>>) List()
    {
        var (which, wish, pages) = (Which(), _random.Next(-6, 8), _random.Next(1, 4));
        var query = new ThreadQuery
        {
            Limit = Chance(6) ? Pick([0, -1, ThreadQuery.MaxLimit, ThreadQuery.MaxLimit + 1, int.MaxValue]) : _random.Next(1, 5),
            Sort = (ThreadSort)_random.Next(Chance(30) ? 4 : 3),
            Direction = (SortDirection)_random.Next(2),
            Archive = (ArchiveFilter)_random.Next(3),
            Visibility = (ThreadVisibility)_random.Next(2),
            Sources = Some(Kinds),
            ModelProviders = Some(["openai", "azure", "", "nobody"]),
            Cwds = Some(Folders),
            SearchTerm = Chance(4) ? Pick(Terms) : null,
            Parent = Chance(6) ? Any() : null,
        };
        return (
            $"{which}: list {query} sources=[{string.Join('|', query.Sources)}] providers=[{string.Join('|', query.ModelProviders)}] cwds=[{string.Join('|', query.Cwds)}] cursor {wish} pages {pages}",
            subject =>
                subject.PagesAsync(
                    wish,
                    pages,
                    cursor => subject.Stores[which].ListAsync(query with { Cursor = cursor }, Cancellation),
                    page => $" problems={page.Problems.Count}{Seen.Of(page.Items, Seen.Of)}"
                )
        );
    }

    (string, Func<Subject, Task<string>>) Find() =>
        OnThread(
            "find",
            async (store, threadId, _) => await store.FindAsync(threadId, Cancellation) is { } found ? Seen.Of(found) : "none"
        );

    (string, Func<Subject, Task<string>>) History() => OnThread("history", (store, threadId, _) => Seen.HistoryAsync(store, threadId));

    (string, Func<Subject, Task<string>>) Log() => OnThread("log", (store, threadId, _) => Seen.LogAsync(store, threadId));

    (string, Func<Subject, Task<string>>) Turns()
    {
        var (limit, wish, direction, pages) = (
            Limit(ListTurnsRequest.MaxLimit),
            _random.Next(-6, 8),
            (SortDirection)_random.Next(2),
            _random.Next(1, 4)
        );
        return OnThread(
            $"turns limit {limit} {direction} cursor {wish} pages {pages}",
            (store, threadId, subject) =>
                subject.PagesAsync(
                    wish,
                    pages,
                    cursor =>
                        store.ListTurnsAsync(
                            new ListTurnsRequest(threadId)
                            {
                                Limit = limit,
                                Direction = direction,
                                Cursor = cursor,
                            },
                            Cancellation
                        ),
                    page => Seen.Of(page.Items, Seen.Of)
                )
        );
    }

    (string, Func<Subject, Task<string>>) Items()
    {
        var (limit, wish, direction, pages) = (
            Limit(ListItemsRequest.MaxLimit),
            _random.Next(-6, 8),
            (SortDirection)_random.Next(2),
            _random.Next(1, 4)
        );
        return OnThread(
            $"items limit {limit} {direction} cursor {wish} pages {pages}",
            (store, threadId, subject) =>
                subject.PagesAsync(
                    wish,
                    pages,
                    cursor =>
                        store.ListItemsAsync(
                            new ListItemsRequest(threadId)
                            {
                                Limit = limit,
                                Direction = direction,
                                Cursor = cursor,
                            },
                            Cancellation
                        ),
                    page => Seen.Of(page.Items, Seen.Of)
                )
        );
    }

    (string, Func<Subject, Task<string>>) Create()
    {
        var (which, slot, threadId) = (Which(), _random.Next(Slots), Any());
        var item = Head(Chance(12) ? Any() : threadId);
        return (
            $"{which}: create {Short(threadId)} in {slot} with {Describe(item)}",
            subject => subject.OpenAsync(slot, () => subject.Stores[which].CreateAsync(new CreateRequest(threadId, item), Cancellation))
        );
    }

    (string, Func<Subject, Task<string>>) Resume()
    {
        var (which, slot, threadId, damage) = (Which(), _random.Next(Slots), Any(), (DamagedLog)_random.Next(2));
        return (
            $"{which}: resume {Short(threadId)} in {slot} {damage}",
            subject =>
                subject.OpenAsync(
                    slot,
                    () => subject.Stores[which].ResumeAsync(new ResumeRequest(threadId) { OnDamage = damage }, Cancellation)
                )
        );
    }

    (string, Func<Subject, Task<string>>) Append(int number)
    {
        // Few different appends, so that the same comes again.
        var count = _random.Next(4);
        var from = _random.Next(5);
        NewItem[] items = [.. Enumerable.Range(from, count).Select(place => Item(place, Chance(25)))];
        var expected = _random.Next(6);
        Guid? batch = Chance(2) ? new Guid(_random.Next(1, 4), 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0) : null;
        var durability = (Durability)_random.Next(3);
        return OnWriter(
            $"append {from}+{count} expected {expected} batch {batch?.ToString()[..8]} {durability}: {string.Join(" ", items.Select(Describe))}",
            async (writer, _) =>
            {
                long? ordinal = expected switch
                {
                    0 or 1 => null,
                    2 => writer.NextOrdinal,
                    3 => writer.NextOrdinal - count,
                    4 => writer.NextOrdinal - 1,
                    _ => _expectations[(number + count) % _expectations.Length],
                };
                var receipt = await writer.AppendAsync(
                    new AppendRequest(items)
                    {
                        Durability = durability,
                        ExpectedOrdinal = ordinal,
                        BatchId = batch,
                    },
                    Cancellation
                );
                return $"{receipt.FirstOrdinal}+{receipt.Count} stored={receipt.IsStored}";
            }
        );
    }

    static readonly long[] _expectations = [0, 1, 2, 3, 5, 99, -1, long.MaxValue];

    (string, Func<Subject, Task<string>>) Flush()
    {
        var durability = (Durability)_random.Next(3);
        return OnWriter($"flush {durability}", (writer, _) => writer.FlushAsync(durability, Cancellation));
    }

    (string, Func<Subject, Task<string>>) WriterUpdate()
    {
        var patch = Patch();
        return OnWriter($"update {patch}", async (writer, _) => Seen.Of(await writer.UpdateAsync(patch, Cancellation)));
    }

    (string, Func<Subject, Task<string>>) Close()
    {
        var slot = _random.Next(Slots);
        return ($"close {slot}", subject => subject.CloseAsync(slot));
    }

    (string, Func<Subject, Task<string>>) Update()
    {
        var patch = Patch();
        return OnThread($"update {patch}", async (store, threadId, _) => Seen.Of(await store.UpdateAsync(threadId, patch, Cancellation)));
    }

    (string, Func<Subject, Task<string>>) Archive() =>
        OnThread("archive", async (store, threadId, _) => Seen.Of(await store.ArchiveAsync(threadId, Cancellation)));

    (string, Func<Subject, Task<string>>) Unarchive() =>
        OnThread("unarchive", async (store, threadId, _) => Seen.Of(await store.UnarchiveAsync(threadId, Cancellation)));

    (string, Func<Subject, Task<string>>) Fork()
    {
        var (number, turn, kind) = (_random.Next(0, 4), TurnOf(), _random.Next(3));
        var (source, fork) = Chance(2) ? (Odd(_random.Next(0, 4)), Odd(number)) : (Even(_random.Next(0, 4)), Even(number));
        var head = Chance(4) ? Head(Chance(8) ? Any() : fork) : null;
        return OnThread(
            source,
            $"fork as {Short(fork)} {kind} {turn(source)} head {(head is null ? "none" : Describe(head))}",
            async (store, threadId, _) =>
            {
                var name = turn(threadId);
                var point =
                    kind == 0 ? ForkPoint.Latest
                    : kind == 1 ? ForkPoint.Before(name)
                    : ForkPoint.Through(name);
                return Seen.Of(await store.ForkAsync(new ForkRequest(threadId, fork) { Point = point, SessionMeta = head }, Cancellation));
            }
        );
    }

    (string, Func<Subject, Task<string>>) Revert()
    {
        var (threadId, turn) = (Any(), TurnOf());
        // Of a paginated thread only once: the rollout that a second revert passes over is listed by a home, as superseded, and by no store
        // without files.
        if (IsOdd(threadId) && !_takenBack.Add(threadId))
            return Find();
        return OnThread(
            threadId,
            "revert before some turn",
            async (store, reverted, _) => Seen.Of(await store.RevertAsync(reverted, turn(reverted), Cancellation))
        );
    }

    (string, Func<Subject, Task<string>>) Delete()
    {
        var isCheck = Chance(2);
        return OnThread(
            isCheck ? "check deletion" : "delete",
            async (store, threadId, _) =>
            {
                if (!isCheck)
                    // a torn end that was set aside is kept beside the log
                    return Seen.Of(await store.DeleteAsync(threadId, Cancellation), hasBytes: Seeds.All(seed => seed.End != SeedEnd.Torn));
                await store.GetService<IDeletionCheck>()!.RequireDeletableAsync(threadId, Cancellation);
                return "would be deleted";
            }
        );
    }

    (string, Func<Subject, Task<string>>) Reopen()
    {
        var which = Which();
        var isRead = Chance(2);
        return (
            $"{which}: close, {(isRead ? "find" : "archive")}, open",
            subject =>
                subject.ReopenAsync(
                    which,
                    async store =>
                        isRead
                            ? (await store.FindAsync(SeedIds.Id(1), Cancellation))?.ToString() ?? "none"
                            : Seen.Of(await store.ArchiveAsync(SeedIds.Id(1), Cancellation))
                )
        );
    }

    (string, Func<Subject, Task<string>>) OnThread(string text, Func<IThreadStore, ThreadId, Subject, Task<string>> act) =>
        OnThread(Any(), text, act);

    (string, Func<Subject, Task<string>>) OnThread(ThreadId threadId, string text, Func<IThreadStore, ThreadId, Subject, Task<string>> act)
    {
        var which = Which();
        return ($"{which}: {text} of {Short(threadId)}", subject => act(subject.Stores[which], threadId, subject));
    }

    (string, Func<Subject, Task<string>>) OnWriter(string text, Func<IThreadWriter, Subject, ValueTask> act) =>
        OnWriter(
            text,
            async (writer, subject) =>
            {
                await act(writer, subject);
                return "done";
            }
        );

    (string, Func<Subject, Task<string>>) OnWriter(string text, Func<IThreadWriter, Subject, Task<string>> act)
    {
        var slot = _random.Next(Slots);
        return (
            $"writer {slot}: {text}",
            async subject =>
            {
                if (subject.Writer(slot) is not { } writer)
                    return "no writer";
                var seen = await subject.SeeAsync(() => act(writer, subject));
                return $"{seen}; {subject.StateOf(writer, isEnding: text is "shut down" or "discard")}";
            }
        );
    }

    NewItem Head(ThreadId threadId)
    {
        var head = new RolloutHead(threadId, SeedIds.Epoch.AddMinutes(_random.Next(3)))
        {
            HistoryMode = Chance(15) ? "holographic" : ModeOf(threadId),
            Source = Pick(Sources),
            ModelProvider = Pick(Providers),
            Cwd = Pick(Folders),
            Parent = Chance(6) ? Any() : null,
            Git = new GitInfo("abc", null, null),
        };
        var payload = head.ToPayload();
        if (Chance(15))
            payload = Pick([
                "{}",
                "[]",
                "{\"id\":7}",
                payload[..^1],
                payload + "x",
                payload.Replace("\"id\"", "\"ID\"", StringComparison.Ordinal),
            ]);
        return new NewItem(Chance(20) ? Pick(["event_msg", "", "Session_Meta"]) : "session_meta", Encoding.UTF8.GetBytes(payload))
        {
            Timestamp = Chance(8) ? null : head.CreatedAt,
        };
    }

    NewItem Item(int place, bool isBad)
    {
        var turn = string.Create(CultureInfo.InvariantCulture, $"turn-{place / 3}");
        var (type, payload) = isBad
            ? Pick([
                ("event_msg", "[]"),
                ("event_msg", "{"),
                ("", "{}"),
                ("Bad Type", "{}"),
                ("event_msg", "{\"a\":\n1}"),
                ("event_msg", "{\"a\":\"\uD800\"}"),
                ("event_msg", ""),
                ("event_msg", "{} {}"),
                ("mystery", "{}"),
            ])
            : (place % 3) switch
            {
                0 => ("event_msg", $$"""{"type":"task_started","turn_id":"{{turn}}","started_at":1777540500}"""),
                1 => (
                    "event_msg",
                    $$"""{"type":"user_message","message":"Question {{place}}","images":[],"local_images":[],"text_elements":[]}"""
                ),
                _ => (
                    "event_msg",
                    $$"""{"type":"task_complete","turn_id":"{{turn}}","last_agent_message":null,"completed_at":1777540501,"duration_ms":62}"""
                ),
            };
        return new NewItem(type, Encoding.UTF8.GetBytes(payload)) { Timestamp = SeedIds.Epoch.AddHours(1).AddMinutes(place) };
    }

    ThreadPatch Patch() =>
        new()
        {
            Name = Chance(2)
                ? Chance(4)
                    ? Change.Clear<string>()
                    : Change.To(Pick(Names))
                : default,
            MemoryMode = Chance(3) ? Pick(["enabled", "disabled", "polluted", ""]) : null,
            Branch = Chance(4)
                ? Chance(3)
                    ? Change.Clear<string>()
                    : Change.To(Pick(["main", "", "b"]))
                : default,
            CommitHash = Chance(6)
                ? Chance(3)
                    ? Change.Clear<string>()
                    : Change.To("abc")
                : default,
        };

    Func<ThreadId, string> TurnOf()
    {
        var number = _random.Next(1, 5);
        return Chance(2) ? threadId => string.Create(CultureInfo.InvariantCulture, $"{number:x8}-{threadId.ToString()[9..]}")
            : Chance(6) ? _ => ""
            : _ => string.Create(CultureInfo.InvariantCulture, $"turn-{number - 1}");
    }

    int Limit(int most) => Chance(6) ? Pick([0, -1, most, most + 1, int.MinValue]) : _random.Next(1, 6);

    int Which() => Chance(5) ? 1 : 0;

    // Threads with odd numbers are paginated, the others legacy.
    string? ModeOf(ThreadId threadId) =>
        IsOdd(threadId) ? HistoryModes.Paginated
        : Chance(2) ? null
        : HistoryModes.Legacy;

    static bool IsOdd(ThreadId threadId) => (threadId.ToString()[^1] & 1) == 1;

    static ThreadId Odd(int number) => SeedIds.Id(2 * number + 1);

    static ThreadId Even(int number) => SeedIds.Id(2 * number + 2);

    ThreadId Any() => SeedIds.Id(_random.Next(1, 8));

    static string Short(ThreadId threadId) => threadId.ToString()[^1..];

    static string Describe(NewItem item) =>
        $"{item.Type}{Encoding.UTF8.GetString(item.Payload.Span)}{(item.Timestamp is null ? " now" : "")}";

    string[] Some(string[] choices) => Chance(3) ? [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Pick(choices))] : [];

    bool Chance(int of) => _random.Next(of) == 0;

    T Pick<T>(T[] choices) => choices[_random.Next(choices.Length)];
}
