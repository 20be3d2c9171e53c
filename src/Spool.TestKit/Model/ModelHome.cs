namespace Spool.TestKit;

/// <summary>A random home and random questions to it, both of one seed; and the answers, found in the plainest way.</summary>
sealed class ModelHome
{
    static readonly (string Json, string Kind)[] Sources =
    [
        ("\"cli\"", "cli"),
        ("\"vscode\"", "vscode"),
        ("\"exec\"", "exec"),
        ("\"mcp\"", "appServer"),
        ("{\"subagent\":\"review\"}", "subAgentReview"),
        ("{\"subagent\":{\"other\":\"x\"}}", "subAgentOther"),
        ("{\"custom\":\"atlas\"}", "atlas"),
    ];
    static readonly string?[] Providers = ["openai", "azure", null];
    static readonly string[] Folders = ["/work/a", "/work/a/", "/work/b", "/work/a/b"];
    static readonly string[] Words = ["parser", "PARSER", "index", "50%", "a_b", "Größe", ""];

    readonly Random _random;

    public ModelHome(int seed)
    {
        _random = new Random(seed);
        Threads = [.. Enumerable.Range(1, _random.Next(0, 25)).Select(Thread)];
    }

    public List<ModelThread> Threads { get; }

    public ThreadQuery Query() =>
        new()
        {
            Limit = _random.Next(1, 12),
            Sort = (ThreadSort)_random.Next(3),
            Direction = (SortDirection)_random.Next(2),
            Archive = (ArchiveFilter)_random.Next(3),
            Visibility = (ThreadVisibility)_random.Next(2),
            Sources = Some(["cli", "vscode", "appServer", "subAgent", "subAgentReview", "atlas", "stranger"]),
            ModelProviders = Some(["openai", "azure", "stranger"]),
            Cwds = Some(["/work/a", "/work/a/", "/work/b", "/nowhere"]),
            SearchTerm = Rarely() ? Pick(["parser", "INDEX", "%", "_", "größe", "nothing like it", ""]) : null,
            Parent = Rarely() && Threads.Count > 0 ? Pick([.. Threads]).Seed.Id : null,
        };

    public string[] Answer(ThreadQuery query)
    {
        var found = Threads
            .Where(thread =>
                query.Archive == ArchiveFilter.Any || (thread.Seed.Place == SeedPlace.Archived) == (query.Archive == ArchiveFilter.Archived)
            )
            .Where(thread => query.Visibility == ThreadVisibility.All || thread.Preview != "")
            .Where(thread =>
                query.Sources.Count == 0
                || query.Sources.Contains(thread.Kind)
                || (query.Sources.Contains("subAgent") && thread.Kind.StartsWith("subAgent", StringComparison.Ordinal))
            )
            .Where(thread =>
                query.ModelProviders.Count == 0 || (thread.Provider is { } provider && query.ModelProviders.Contains(provider))
            )
            .Where(thread => query.Cwds.Count == 0 || query.Cwds.Any(cwd => WorkingFolder.KeyOf(cwd) == WorkingFolder.KeyOf(thread.Cwd)))
            .Where(thread =>
                query.SearchTerm is null
                || $"{thread.Seed.Name}\n{thread.Preview}".Contains(query.SearchTerm, StringComparison.OrdinalIgnoreCase)
            )
            .Where(thread => query.Parent is null || thread.Parent == query.Parent)
            .OrderBy(thread => thread.Time(query.Sort))
            .ThenBy(thread => thread.Id, StringComparer.Ordinal)
            .Select(thread => thread.Id);
        return query.Direction == SortDirection.Ascending ? [.. found] : [.. found.Reverse()];
    }

    ModelThread Thread(int number)
    {
        // Few instants and many threads: ties are the rule.
        var created = SeedIds.Epoch.AddMinutes(_random.Next(4));
        var source = Pick(Sources);
        var parent = number > 1 && Rarely() ? SeedIds.Id(_random.Next(1, number)) : (ThreadId?)null;
        var head = new RolloutHead(SeedIds.Id(number), created)
        {
            HistoryMode = Pick([null, HistoryModes.Legacy, HistoryModes.Paginated]),
            Source = source.Json,
            ModelProvider = Pick(Providers),
            Cwd = Pick(Folders),
            Parent = parent,
        };
        var log = RolloutLines.From(head);
        var (updated, recency, preview) = (created, created, "");
        for (var turns = _random.Next(3); turns > 0; turns--)
        {
            var wait = TimeSpan.FromMinutes(_random.Next(3));
            var word = Pick(Words);
            preview = preview == "" ? word : preview;
            // The next line is one millisecond after the last one; a turn starts with its first line and has eight.
            recency = updated + wait + TimeSpan.FromMilliseconds(1);
            updated = recency + TimeSpan.FromMilliseconds(7);
            log.Wait(wait).Turn(word, Pick(Words));
        }
        var seed = log.ToSeed(Rarely() ? SeedPlace.Archived : SeedPlace.Active, Rarely() ? "Name of " + Pick(Words) : null);
        return new ModelThread(seed, created, updated, recency, source.Kind, head.ModelProvider, head.Cwd, preview, parent);
    }

    bool Rarely() => _random.Next(4) == 0;

    T Pick<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    string[] Some(string[] choices) => Rarely() ? [.. choices.Where(_ => _random.Next(2) == 0)] : [];
}
