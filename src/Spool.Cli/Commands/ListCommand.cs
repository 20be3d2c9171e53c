using System.CommandLine;

namespace Spool.Cli;

/// <summary><c>spool list</c>: a page of threads.</summary>
sealed class ListCommand : StoreCommand
{
    static readonly TimeSpan CatchUpBudget = TimeSpan.FromSeconds(2);

    const int MostProblems = 5;

    static readonly string[] KnownSources =
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
        Description = "Only threads from this source (repeatable): cli, vscode, exec, appServer, subAgent, …",
        HelpName = "S",
    };
    readonly Option<string[]> _providers = new("--provider")
    {
        Description = "Only threads of this model provider (repeatable)",
        HelpName = "P",
    };
    readonly Option<string[]> _cwds = new("--cwd") { Description = "Only threads started in this folder (repeatable)", HelpName = "DIR" };
    readonly Option<string?> _search = new("--search")
    {
        Description = "Only threads whose name or first message contains this text",
        HelpName = "TERM",
    };
    readonly Option<bool> _all = new("--all")
    {
        Description = "Also threads without a message, unreadable ones, duplicates and superseded ones",
    };
    readonly Option<bool> _json = JsonOption();

    public ListCommand(CommandContext context, GlobalOptions global)
        : base("list", "List threads, newest first", context, global)
    {
        Aliases.Add("ls");
        _limit.Aliases.Add("-n");
        _sort.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "created", "updated", "recency");
        _sources.CompletionSources.Add(KnownSources);
        foreach (var option in (Option[])[_limit, _cursor, _sort, _ascending, _archived, _sources, _providers, _cwds, _search, _all, _json])
            Options.Add(option);
    }

    public override IReadOnlyList<string> Examples { get; } =
    [
        "spool list",
        "spool list --cwd . --sort updated",
        "spool list --search 'flaky test' --archived",
        "spool list --all --limit 1000 --json",
    ];

    protected override async Task<int> RunAsync(ParseResult line, IThreadStore store, CancellationToken cancellationToken)
    {
        var query = QueryOf(line);
        var page = await store.ListAsync(query, cancellationToken);
        if (line.GetValue(_json))
        {
            var paths = await LocateAsync(store, page.Items, cancellationToken);
            JsonOutput.Write(BeginOutput(), new ThreadListJson(page, paths).Write);
        }
        else
        {
            new ThreadTable(Context.OutputScreen, Context.Time, Context.UserFolder, query.Sort).Write(BeginOutput(), page.Items);
            if (page.Items.Count == 0)
                Context.Say(
                    await new EmptyList(store, query).ExplainAsync(cancellationToken) + DoubtSources(query.Sources) + DoubtHome(line)
                );
            if (page.NextCursor is { } next)
                Context.Say($"There are more; for the next page repeat the command with --cursor {next}");
        }
        await Context.Output.FlushAsync(cancellationToken);
        foreach (var problem in page.Problems.Take(MostProblems))
            Context.Say($"The list may lack something: {SafeText.OneLine(problem.Place, 4096)}: {problem.Reason}");
        if (page.Problems.Count > MostProblems)
            Context.Say(
                $"And {(page.Problems.Count == MostProblems + 1 ? "1 more place; --json names it" : $"{page.Problems.Count - MostProblems} more places; --json names them")}, and --all lists the rollouts among them."
            );
        if (Context.OutputScreen.IsTerminal)
            await CatchUpAsync(store, cancellationToken); // a program that reads the page through a pipe would wait for its end
        return ExitCodes.Success;
    }

    // Clients may name sources as they like, so one that is not known is no mistake for sure.
    static string DoubtSources(IEnumerable<string> sources)
    {
        var meant = sources
            .Where(source => !KnownSources.Contains(source))
            .Select(source => (Source: source, Near: NearestSources(source)))
            .Where(doubt => doubt.Near is not null);
        return string.Concat(
            meant.Select(doubt => $" No thread is from {UsageErrors.Quote(doubt.Source)} here; did you mean {doubt.Near}?")
        );
    }

    static string? NearestSources(string source)
    {
        var near = source
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(name => UsageErrors.Nearest(name, KnownSources))
            .ToList();
        return near.Count == 0 || near.Contains(null) ? null
            : near.Count == 1 ? near[0]
            : string.Join(' ', near.Select(name => $"--source {name}"));
    }

    ThreadQuery QueryOf(ParseResult line) =>
        new()
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
            Sources = line.GetValue(_sources) ?? [],
            ModelProviders = line.GetValue(_providers) ?? [],
            Cwds = [.. (line.GetValue(_cwds) ?? []).Select(Context.ResolveFolder)],
            SearchTerm = line.GetValue(_search),
        };

    // The page is out already: the time spent here makes the next command faster, and no output waits for it.
    async Task CatchUpAsync(IThreadStore store, CancellationToken cancellationToken)
    {
        if (store.GetService<IIndexMaintenance>() is not { PendingAtLastLook: > 0 } index)
            return;
        IndexStatus after;
        using (var progress = new ProgressLine(Context.Error, Context.ErrorScreen, Context.Time, "Indexing"))
            after = await index.CatchUpAsync(progress, CatchUpBudget, cancellationToken);
        if (after.Pending > 0 && Context.ErrorScreen.IsTerminal)
            Context.Say(
                FormattableString.Invariant(
                    $"{after.Pending:N0} of {after.Rollouts:N0} rollouts are not indexed yet; the next command goes on, or run '{Context.Hints.Command("index rebuild")}'."
                )
            );
    }
}
