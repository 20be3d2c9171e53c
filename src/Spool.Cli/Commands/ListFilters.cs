using System.CommandLine;

namespace Spool.Cli;

/// <summary>The options that say which threads <c>spool list</c> shows, and in which order.</summary>
sealed class ListFilters
{
    /// <summary>The sources that clients of Codex write.</summary>
    public static readonly string[] KnownSources =
    [
        "cli",
        "vscode",
        "exec",
        "appServer",
        "subAgent",
        "subAgentReview",
        "subAgentCompact",
        "subAgentThreadSpawn",
        "subAgentOther",
        "unknown",
    ];

    readonly Option<int> _limit = NumberOption.Of("--limit", 25, "The most threads to show, 1 to 1000");
    readonly Option<string?> _cursor = new("--cursor")
    {
        Description = "Continue after the page that printed this cursor; keep filters and order",
        HelpName = "C",
    };
    readonly Option<string> _sort = new("--sort") { Description = "The time that orders the list", DefaultValueFactory = _ => "created" };
    readonly Option<bool> _ascending = new("--asc") { Description = "Oldest first" };
    readonly Option<bool> _archived = new("--archived") { Description = "Archived threads instead of active ones" };
    readonly Option<string[]> _sources = new("--source")
    {
        Description = "Only threads from this source (repeatable): cli, vscode, exec, appServer, …",
        HelpName = "S",
    };
    readonly Option<string[]> _providers = new("--provider")
    {
        Description = "Only threads of this model provider (repeatable)",
        HelpName = "P",
    };
    readonly Option<string[]> _cwds = new("--cwd")
    {
        Description = "Only threads started in this folder or one in it (repeatable)",
        HelpName = "DIR",
    };
    readonly Option<bool> _here = new("--here") { Description = "Only threads started in the current folder or one in it" };
    readonly Option<string[]> _branches = new("--branch")
    {
        Description = "Only threads started on this branch of git (repeatable)",
        HelpName = "B",
    };
    readonly Option<string[]> _repositories = new("--repo")
    {
        Description = "Only threads of this repository (repeatable), such as openai/codex",
        HelpName = "R",
    };
    readonly Option<string?> _since = TimeOption.Of(
        "--since",
        "Only threads from then on: a date, a day (today, tuesday), or how long ago (30m for minutes, 12h, 3d, 2w, 6mo, 1y)"
    );
    readonly Option<string?> _until = TimeOption.Of("--until", "Only threads before then, and on that day where it is a date");
    readonly Option<string?> _search = new("--search")
    {
        Description = "Only threads whose name or first message contains this text",
        HelpName = "TERM",
    };
    readonly Option<bool> _agents = new("--agents") { Description = "Also sub-agents, below the thread that began them" };
    readonly Option<string?> _parent = new("--parent") { Description = "Only the sub-agents that this thread began", HelpName = "ID" };
    readonly Option<bool> _all = new("--all")
    {
        Description = "Everything: sub-agents, duplicates, and what has no message or cannot be read",
    };

    /// <summary>Makes them.</summary>
    public ListFilters()
    {
        _limit.Aliases.Add("-n");
        _sort.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "created", "updated", "recency");
        _sources.CompletionSources.Add(KnownSources);
    }

    /// <summary>Gets the options, in the order of the help.</summary>
    public IEnumerable<Option> Options =>
        [
            _limit,
            _cursor,
            _sort,
            _ascending,
            _archived,
            _agents,
            _parent,
            _here,
            _cwds,
            _since,
            _until,
            _branches,
            _repositories,
            _sources,
            _providers,
            _search,
            _all,
        ];

    /// <summary>Gets the text that names the parent whose sub-agents are asked for, or null.</summary>
    public string? ParentOf(ParseResult line) => line.GetValue(_parent);

    /// <summary>Makes the query that a command line means.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="context">The current folder.</param>
    /// <param name="clock">The clock and the zone.</param>
    /// <param name="parent">The thread that <see cref="ParentOf"/> names, or null.</param>
    public ThreadQuery QueryOf(ParseResult line, CommandContext context, TimeProvider clock, ThreadId? parent)
    {
        var sources = line.GetValue(_sources) ?? [];
        // A kind of sub-agents, or those of one thread, are asked for to be seen.
        var hasAgents =
            line.GetValue(_agents)
            || line.GetValue(_all)
            || parent is not null
            || sources.Any(source => source.StartsWith("subAgent", StringComparison.Ordinal));
        return new ThreadQuery
        {
            Limit = line.GetValue(_limit),
            Cursor = line.GetValue(_cursor),
            Sort = line.GetRequiredValue(_sort).ToLowerInvariant() switch
            {
                "updated" => ThreadSort.Updated,
                "recency" => ThreadSort.Recency,
                _ => ThreadSort.Created,
            },
            Direction = line.GetValue(_ascending) ? SortDirection.Ascending : SortDirection.Descending,
            Archive = line.GetValue(_archived) ? ArchiveFilter.Archived : ArchiveFilter.Active,
            Visibility = line.GetValue(_all) ? ThreadVisibility.All : ThreadVisibility.WithPreview,
            Agents = hasAgents ? AgentFilter.Any : AgentFilter.Roots,
            Parent = parent,
            Sources = sources,
            ModelProviders = line.GetValue(_providers) ?? [],
            Cwds =
            [
                .. (line.GetValue(_cwds) ?? []).Select(context.ResolveFolder),
                .. line.GetValue(_here) ? [context.Resolve(".")] : Array.Empty<string>(),
            ],
            CwdScope = FolderScope.Below,
            Branches = line.GetValue(_branches) ?? [],
            Repositories = line.GetValue(_repositories) ?? [],
            Since = TimeOption.From(line.GetValue(_since), clock),
            Until = TimeOption.Before(line.GetValue(_until), clock),
            SearchTerm = line.GetValue(_search),
        };
    }

    /// <summary>Gets the options by which a command line leaves threads out.</summary>
    public IReadOnlyList<GivenFilter> GivenOf(ParseResult line)
    {
        (Option[] Options, Func<ThreadQuery, ThreadQuery> Drop, Func<StoredThread, string?>? Value)[] all =
        [
            ([_sources], query => query with { Sources = [] }, null),
            ([_providers], query => query with { ModelProviders = [] }, thread => thread.ModelProvider),
            ([_cwds, _here], query => query with { Cwds = [] }, thread => thread.Cwd),
            ([_branches], query => query with { Branches = [] }, thread => thread.GitInfo?.Branch),
            ([_repositories], query => query with { Repositories = [] }, null),
            ([_since], query => query with { Since = null }, null),
            ([_until], query => query with { Until = null }, null),
            ([_search], query => query with { SearchTerm = null }, null),
            ([_parent], query => query with { Parent = null }, null),
        ];
        return
        [
            .. all.Select(filter =>
                    (filter.Options.Where(option => line.GetResult(option) is { Implicit: false }).ToList(), filter.Drop, filter.Value)
                )
                .Where(filter => filter.Item1.Count > 0)
                .Select(filter => new GivenFilter(
                    string.Join(" and ", filter.Item1.Select(option => option.Name)),
                    filter.Drop,
                    filter.Value
                )),
        ];
    }
}

/// <summary>An option that leaves threads out of a list.</summary>
/// <param name="Name">The name of the option.</param>
/// <param name="Drop">Gives a query without it.</param>
/// <param name="Value">Gives what a thread has for it, where what was asked for may be a slip for that; otherwise null.</param>
sealed record GivenFilter(string Name, Func<ThreadQuery, ThreadQuery> Drop, Func<StoredThread, string?>? Value);
