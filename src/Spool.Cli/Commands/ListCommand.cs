using System.CommandLine;

namespace Spool.Cli;

/// <summary><c>spool list</c>: a page of threads.</summary>
sealed class ListCommand : StoreCommand, IHasRules
{
    /// <summary>The name of the option that takes the names of values.</summary>
    public const string ColumnsOption = "--columns";

    static readonly TimeSpan CatchUpBudget = TimeSpan.FromSeconds(2);

    readonly ListFilters _filters = new();
    readonly Option<bool> _utc = new("--utc") { Description = "Times in UTC instead of the zone of this machine" };
    readonly Option<string?> _columns = new(ColumnsOption)
    {
        Description = "The values to show, such as id,title,branch; a name that there is not gets all names",
        HelpName = "NAMES",
    };
    readonly Option<string?> _format = new("--format")
    {
        Description = "A line for each thread, such as '{id} {title}', of the values of --columns",
        HelpName = "LAYOUT",
    };
    readonly Option<bool> _json = JsonOption();

    public ListCommand(CommandContext context, GlobalOptions global)
        : base("list", "List threads that were begun for themselves, newest first", context, global)
    {
        Aliases.Add("ls");
        foreach (var option in (Option[])[.. _filters.Options, _utc, _columns, _format, _json])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public string? Problem(ParseResult line) =>
        ((Option[])[_columns, _format, _json]).Where(option => line.GetResult(option) is { Implicit: false }).ToList()
            is [var one, var other, ..]
            ? $"{one.Name} and {other.Name} both say what is printed; give one of them."
            : null;

    public override IReadOnlyList<string> Examples { get; } =
    [
        "spool list",
        "spool list --here --since 3d --sort updated",
        "spool list --search 'flaky test' --archived",
        "spool list --format '{id} {title}' | fzf",
        "spool list --all --limit 1000 --json",
    ];

    protected override async Task<int> RunAsync(ParseResult line, IThreadStore store, CancellationToken cancellationToken)
    {
        var clock = line.GetValue(_utc) ? new ZonedTime(Context.Time, TimeZoneInfo.Utc) : Context.Time;
        var format = line.GetValue(_format) is { } layout ? ThreadFormat.Parse(layout) : null;
        IReadOnlyList<string>? columns = line.GetValue(_columns) is { } names ? ColumnsOf(names) : null;
        ThreadId? parent = _filters.ParentOf(line) is { } named ? await NamedAsync(store, named, cancellationToken) : null;
        var query = _filters.QueryOf(line, Context, clock, parent);

        var page = await store.ListAsync(query, cancellationToken);
        var counts = await ListCounts.OfAsync(store, query, cancellationToken);
        var needsPaths = line.GetValue(_json) || ThreadCells.NeedsPath(format?.Names ?? columns ?? []);
        var paths = needsPaths ? await LocateAsync(store, page.Items, cancellationToken) : new Dictionary<ThreadId, string>();
        if (line.GetValue(_json))
            JsonOutput.Write(BeginOutput(), new ThreadListJson(page, paths) { Counts = counts, Query = query }.Write);
        else
        {
            var output = BeginOutput();
            var cells = new ThreadCells(clock);
            IReadOnlyList<ShownThread> threads =
            [
                .. page.Items.Select(thread => new ShownThread(thread, paths.GetValueOrDefault(thread.Id), 0)),
            ];
            if (format is not null)
                format.Write(output, threads, cells);
            else if (columns is null && Context.OutputScreen.IsTerminal)
                new ThreadTable(Context.OutputScreen, clock, Context.UserFolder, query).Write(output, ThreadTree.Of(page.Items, paths));
            else
                new ThreadGrid(Context.OutputScreen, cells).Write(output, threads, columns ?? UsualColumns(query.Sort));
            await SayAsync(line, store, query, clock, page, counts, cancellationToken);
        }
        await Context.Output.FlushAsync(cancellationToken);
        var problems = new ListProblems(page.Problems, query);
        if (!line.GetValue(_json))
            problems.HintAtRollouts(Context);
        problems.Warn(Context);
        if (Context.OutputScreen.IsTerminal)
            await CatchUpAsync(store, cancellationToken); // a program that reads the page through a pipe would wait for its end
        return ExitCodes.Success;
    }

    // For programs: always the same ones, so that a column has one place.
    static string[] UsualColumns(ThreadSort sort) => ["id", sort.ToString().ToLowerInvariant(), "title", "folder", "branch", "marks"];

    static string[] ColumnsOf(string names)
    {
        string[] columns =
        [
            .. names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(ThreadCells.Require),
        ];
        return columns.Length > 0
            ? columns
            : throw ThreadStoreException.InvalidRequest(
                $"--columns names no value; those of a thread are {string.Join(", ", ThreadCells.Names)}."
            );
    }

    async Task SayAsync(
        ParseResult line,
        IThreadStore store,
        ThreadQuery query,
        TimeProvider clock,
        Page<StoredThread> page,
        ListCounts? counts,
        CancellationToken cancellationToken
    )
    {
        if (page.Items.Count == 0)
            await SayEmptyAsync(line, store, query, clock, cancellationToken);
        if (page.NextCursor is { } next)
        {
            var more = counts is null
                ? "There are more"
                : FormattableString.Invariant($"{page.Items.Count:N0} of {counts.Total:N0} threads");
            Context.HintOfRest($"{more}; for the next page repeat the command with --cursor {next}");
        }
        if (page.Items.Count > 0 && counts?.Words(query.Archive == ArchiveFilter.Archived) is { } words)
            Context.HintOfRest(words);
    }

    async Task SayEmptyAsync(
        ParseResult line,
        IThreadStore store,
        ThreadQuery query,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var list = await EmptyList.OfAsync(store, query, _filters.GivenOf(line), clock, cancellationToken);
        Context.Say(list.Fact);
        foreach (var hint in list.Hints.Concat(DoubtSources(query.Sources)).Concat(DoubtHome(line)))
            Context.HintOfRest(hint);
    }

    // Clients may name sources as they like, so one that is not known is no mistake for sure.
    static IEnumerable<string> DoubtSources(IEnumerable<string> sources) =>
        sources
            .Where(source => !ListFilters.KnownSources.Contains(source))
            .Select(source => (Source: source, Near: NearestSources(source)))
            .Where(doubt => doubt.Near is not null)
            .Select(doubt => $"No thread is from {UsageErrors.Quote(doubt.Source)} here; did you mean {doubt.Near}?");

    static string? NearestSources(string source)
    {
        var near = source
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(name => UsageErrors.Nearest(name, ListFilters.KnownSources))
            .ToList();
        return near.Count == 0 || near.Contains(null) ? null
            : near.Count == 1 ? near[0]
            : string.Join(' ', near.Select(name => $"--source {name}"));
    }

    // The page is out already: the time spent here makes the next command faster, and no output waits for it.
    async Task CatchUpAsync(IThreadStore store, CancellationToken cancellationToken)
    {
        if (store.GetService<IIndexMaintenance>() is not { PendingAtLastLook: > 0 } index)
            return;
        IndexStatus after;
        using (var progress = new ProgressLine(Context.Error, Context.ProgressScreen, Context.Time, "Indexing"))
            after = await index.CatchUpAsync(progress, CatchUpBudget, cancellationToken);
        if (after.Pending > 0 && Context.ErrorScreen.IsTerminal)
            Context.Hint(
                FormattableString.Invariant(
                    $"{after.Pending:N0} of {after.Rollouts:N0} rollouts are not indexed yet; the next command goes on, or run '{Context.Hints.Command("index rebuild")}'."
                )
            );
    }
}
