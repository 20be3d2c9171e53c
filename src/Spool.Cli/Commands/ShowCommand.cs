using System.CommandLine;
using System.Text;

namespace Spool.Cli;

/// <summary><c>spool show</c>: one thread, its turns or its stored items.</summary>
sealed class ShowCommand : StoreCommand, IHasRules
{
    const int LastTurns = 3;

    readonly Argument<string> _id = IdArgument();
    readonly Option<bool> _turns = new("--turns") { Description = "Show the turns, oldest first" };
    readonly Option<bool> _items = new("--items") { Description = "Show the stored items, oldest first" };
    readonly Option<int?> _limit = NumberOption.Of(
        "--limit",
        "The most turns (default 25, at most 1000) or items (default 100, at most 10000) to show"
    );
    readonly Option<string?> _cursor = new("--cursor") { Description = "Continue after the page that printed this cursor", HelpName = "C" };
    readonly Option<string?> _view = ViewOption.Of();
    readonly Option<bool> _rolledBack = new("--rolled-back") { Description = "With the items of turns that were taken back" };
    readonly Option<bool> _full = new("--full") { Description = "Show outputs, diffs, context and inherited turns whole" };
    readonly Option<bool> _noPager = new("--no-pager")
    {
        Description = "Do not start a pager on a terminal (default: $SPOOL_PAGER, $PAGER, else less)",
    };
    readonly Option<bool> _json = JsonOption();

    public ShowCommand(CommandContext context, GlobalOptions global)
        : base("show", "Show a thread: a summary and its last turns, all turns, or the stored items", context, global)
    {
        _limit.Aliases.Add("-n");
        Arguments.Add(_id);
        foreach (var option in (Option[])[_turns, _items, _limit, _cursor, _view, _rolledBack, _full, _noPager, _json])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public string? Problem(ParseResult line)
    {
        var isOfPages = line.GetValue(_turns) || line.GetValue(_items);
        return line.GetValue(_turns) && line.GetValue(_items) ? "Give --turns or --items, not both."
            : line.GetValue(_cursor) is not null && !isOfPages ? "A cursor needs --turns or --items."
            : line.GetResult(_limit) is not null && line.GetValue(_json) && !isOfPages ? "--limit with --json needs --turns or --items."
            : line.GetValue(_items) && (line.GetResult(_view) is not null || line.GetValue(_rolledBack))
                ? "--items are the stored lines, all of them; --view and --rolled-back are for turns."
            : line.GetValue(_rolledBack) && ViewOption.Chosen(line.GetValue(_view)) == TurnView.Codex
                ? "Codex's view has no turns that were taken back; --rolled-back is for the complete view."
            : null;
    }

    public override IReadOnlyList<string> Examples { get; } =
    ["spool show last", "spool show 01a20428-d3ad-73a1-92e6-c2af64741e38 --turns -n 100", "spool show 01a20428 --items --json"];

    protected override async Task<int> RunAsync(ParseResult line, IThreadStore store, CancellationToken cancellationToken)
    {
        var thread = await FindAsync(store, await NamedAsync(store, line.GetRequiredValue(_id), cancellationToken), cancellationToken);
        var path = (await LocateAsync(store, [thread], cancellationToken)).GetValueOrDefault(thread.Id);
        var others = await OthersAsync(store, thread.Id, cancellationToken);
        if (line.GetValue(_items))
            await ShowItemsAsync(line, store, thread, path, others, cancellationToken);
        else if (line.GetValue(_turns))
            await ShowTurnsAsync(line, store, thread, path, others, cancellationToken);
        else if (line.GetValue(_json))
            JsonOutput.Write(BeginOutput(), new ThreadDetailJson(thread, path) { Others = others }.Write);
        else
            await ShowSummaryAsync(line, store, thread, path, cancellationToken);
        await Context.Output.FlushAsync(cancellationToken);
        if (others.Words(Context.Hints) is { } words)
            Context.Say(words);
        return ExitCodes.Success;
    }

    async Task ShowItemsAsync(
        ParseResult line,
        IThreadStore store,
        StoredThread thread,
        string? path,
        OtherRollouts others,
        CancellationToken cancellationToken
    )
    {
        var request = new ListItemsRequest(thread.Id) { Cursor = line.GetValue(_cursor) };
        var page = await store.ListItemsAsync(request with { Limit = line.GetValue(_limit) ?? request.Limit }, cancellationToken);
        if (page.Items.Count == 0)
            await RequireReadableAsync(store, thread, cancellationToken);
        SayState(thread, line.GetValue(_json));
        if (line.GetValue(_json))
            JsonOutput.Write(BeginOutput(), new ThreadDetailJson(thread, path) { Items = page, Others = others }.Write);
        else
        {
            await PrintAsync(line, output => new ItemTable(Context.OutputScreen, Context.Time).Write(output, page.Items));
            SayMore(page.NextCursor);
        }
    }

    async Task ShowTurnsAsync(
        ParseResult line,
        IThreadStore store,
        StoredThread thread,
        string? path,
        OtherRollouts others,
        CancellationToken cancellationToken
    )
    {
        await RequireReadableAsync(store, thread, cancellationToken);
        var request = TurnsOf(line, thread) with { Cursor = line.GetValue(_cursor) };
        var page = await store.ListTurnsAsync(request with { Limit = line.GetValue(_limit) ?? request.Limit }, cancellationToken);
        SayState(thread, line.GetValue(_json));
        if (line.GetValue(_json))
        {
            JsonOutput.Write(BeginOutput(), new ThreadDetailJson(thread, path) { Turns = page, Others = others }.Write);
            return;
        }
        var links = new ThreadLinks(thread, Context.Hints);
        await links.FindAsync(store, page.Items, cancellationToken);
        var open = page.NextCursor is null ? OpenTurn.Of(thread, page.Items, Context.Time) : null;
        await PrintTextAsync(line, text => TurnsOn(text, line, links).Write(page.Items, open, IsPart(line, thread, page)));
        SayMore(page.NextCursor);
    }

    async Task ShowSummaryAsync(
        ParseResult line,
        IThreadStore store,
        StoredThread thread,
        string? path,
        CancellationToken cancellationToken
    )
    {
        Page<Turn>? last = null;
        string? refusal = null;
        try
        {
            last = await store.ListTurnsAsync(
                TurnsOf(line, thread) with
                {
                    Limit = line.GetValue(_limit) ?? LastTurns,
                    Direction = SortDirection.Descending,
                },
                cancellationToken
            );
        }
        catch (ThreadStoreException e)
            when (e.Code is ThreadStoreErrorCode.Unsupported or ThreadStoreErrorCode.Corrupt || thread.State == ThreadCondition.Unreadable)
        {
            refusal = e.Message;
        }
        IReadOnlyList<Turn> turns = [.. (last?.Items ?? []).Reverse()];
        var links = new ThreadLinks(thread, Context.Hints);
        await links.FindSourcesAsync(store, cancellationToken);
        if (Context.OutputScreen.IsTerminal)
            await links.FindAgentsAsync(store, cancellationToken);
        await links.FindAsync(store, turns, cancellationToken);
        var open = OpenTurn.Of(thread, turns, Context.Time);
        await PrintTextAsync(
            line,
            text =>
            {
                new ThreadSummary(text, Context.OutputScreen, Context.Time).Write(thread, path, links);
                TurnsOn(text, line, links).Write(turns, open, last?.NextCursor is not null, isSummary: true);
            }
        );
        if (refusal is not null)
            Context.Say(refusal);
        else if (last?.NextCursor is not null)
            Context.HintOfRest($"These are the last turns; for all of them: {Context.Hints.Command($"show {thread.Id} --turns")}");
    }

    ListTurnsRequest TurnsOf(ParseResult line, StoredThread thread) =>
        new(thread.Id) { View = ViewOption.Chosen(line.GetValue(_view)), WithRolledBack = line.GetValue(_rolledBack) };

    bool IsPart(ParseResult line, StoredThread thread, Page<Turn> page) =>
        line.GetValue(_cursor) is not null
        || page is { NextCursor: not null, Items: [.., var last] } && last.InheritedFrom(thread) is not null;

    TurnText TurnsOn(TextPage text, ParseResult line, ThreadLinks links)
    {
        var detail = line.GetValue(_full) ? ShownDetail.Full : ShownDetail.Folded;
        return new TurnText(new LeftOut(links.Thread.Id, Context.Hints), text, links, detail, Context.Time);
    }

    Task PrintTextAsync(ParseResult line, Action<TextPage> write) =>
        PrintAsync(
            line,
            output =>
            {
                using var text = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
                write(new TextPage(text, Context.OutputScreen));
            }
        );

    // It is fetched before: an error is no page.
    async Task PrintAsync(ParseResult line, Action<Stream> write)
    {
        var output = BeginOutput();
        await using var pager = line.GetValue(_noPager) ? null : Context.StartPager();
        write(pager?.Input ?? output);
    }

    // JSON has the state; what is printed for people has no place for it.
    void SayState(StoredThread thread, bool asJson)
    {
        if (thread.State == ThreadCondition.BrokenLineage)
            Context.Say($"What comes before is missing, and only the thread's own part is shown. {thread.StateReason}");
        else if (thread.State != ThreadCondition.Ok && !asJson)
            Context.Say($"The state of the thread is {ThreadFields.StateOf(thread)}");
    }

    void SayMore(string? cursor)
    {
        if (cursor is not null)
            Context.HintOfRest($"There are more; for the next page repeat the command with --cursor {cursor}");
    }
}
