namespace Spool.Tests;

/// <summary>One entry of every kind, in the order of the page about items.</summary>
static class EntrySamples
{
    public static readonly DateTimeOffset Time = new(2026, 4, 30, 9, 15, 0, 120, TimeSpan.Zero);

    public static readonly ThreadId ThreadId = ThreadId.Parse("019ddd00-0000-7000-8000-000000000001");

    /// <summary>Gets the entries with the names of their kinds, each with the ids that it would make itself.</summary>
    public static IReadOnlyList<(string Name, ThreadEntry Entry)> All { get; } =
    [
        (
            "UserMessageEntry",
            new UserMessageEntry("What is this?")
            {
                Id = "user-1",
                Images = ["data:image/png;base64,AAAA"],
                LocalImages = ["/work/a.png"],
            }
        ),
        ("AssistantMessageEntry", new AssistantMessageEntry("A dot.") { Id = "answer-1", Phase = MessagePhase.FinalAnswer }),
        ("ReasoningEntry", new ReasoningEntry("It is small.") { Id = "reasoning-1", Raw = ["One pixel."] }),
        (
            "ToolCallEntry",
            new ToolCallEntry("add", """{"a":1,"b":2}""")
            {
                CallId = "call-1",
                Output = "3",
                Duration = TimeSpan.FromMilliseconds(5),
            }
        ),
        (
            "McpToolCallEntry",
            new McpToolCallEntry("sums", "add", """{"a":1,"b":2}""")
            {
                CallId = "call-1",
                Output = "3",
                Duration = TimeSpan.FromMilliseconds(5),
            }
        ),
        (
            "CommandEntry",
            new CommandEntry(["ls", "a b"], "/work")
            {
                CallId = "call-1",
                Output = "c\n",
                ExitCode = 0,
                Duration = TimeSpan.FromMilliseconds(5),
            }
        ),
        (
            "FileChangeEntry",
            new FileChangeEntry([new FileChange("/work/a", FileChangeKind.Add, "x\n")]) { CallId = "call-1", Output = "Done." }
        ),
        ("WebSearchEntry", new WebSearchEntry("rollouts") { Id = "search-1" }),
        ("PlanEntry", new PlanEntry("1. Look.") { Id = "plan-1" }),
        ("ErrorEntry", new ErrorEntry("The model is busy.") { Code = "server_overloaded" }),
        ("WarningEntry", new WarningEntry("The context is nearly full.")),
        ("TurnStartedEntry", new TurnStartedEntry { ContextWindow = 128_000 }),
        ("TurnEndedEntry", new TurnEndedEntry(Time - TimeSpan.FromSeconds(2)) { Answer = "A dot." }),
        ("TurnInterruptedEntry", new TurnInterruptedEntry { StartedAt = Time - TimeSpan.FromSeconds(2) }),
        ("TurnContextEntry", new TurnContextEntry("gpt-x", "/work") { ReasoningEffort = "high" }),
        (
            "TokenCountEntry",
            new TokenCountEntry(new TokenUsage(1000, 50), new TokenUsage(500, 25) { CachedInput = 400 }) { ContextWindow = 128_000 }
        ),
        ("CompactionEntry", new CompactionEntry("They looked at a dot.") { Id = "compaction-1", KeptQuestions = ["What is this?"] }),
    ];

    /// <summary>Says whether Codex 0.169 and 0.171 show an entry that Spool shows.</summary>
    public static bool CodexShows(ThreadEntry entry, string mode) => entry is not CommandEntry || mode == HistoryModes.Paginated;

    public static EntryPlace Place(string mode) => new(ThreadId, mode, "turn-1", Time);

    /// <summary>Gives the lines of a log in which a turn has an entry.</summary>
    public static List<string> LogOf(string mode, params IEnumerable<ThreadEntry> entries)
    {
        var items = entries.SelectMany(entry => entry.ToItems(Place(mode))).ToList();
        if (entries.First() is not TurnStartedEntry)
            items.InsertRange(0, new TurnStartedEntry().ToItems(Place(mode)));
        return
        [
            .. items.Select(
                (item, index) =>
                    System.Text.Encoding.UTF8.GetString(
                        RolloutLine.ToArray(item, DateTimeOffset.UnixEpoch, mode == HistoryModes.Paginated ? index : null)
                    )
            ),
        ];
    }
}
