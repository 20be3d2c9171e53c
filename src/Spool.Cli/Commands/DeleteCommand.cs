using System.CommandLine;

namespace Spool.Cli;

/// <summary><c>spool delete</c>: deletes threads for good, after it has asked.</summary>
sealed class DeleteCommand : ChangeCommand
{
    const int MostTurnsCounted = 100;

    readonly Argument<string[]> _ids = IdsArgument();
    readonly Option<bool> _yes = new("--yes", "-y") { Description = "Do not ask" };
    readonly Option<bool> _dryRun = new("--dry-run") { Description = "Say what would be deleted, or why it would not, and change nothing" };

    public DeleteCommand(CommandContext context, GlobalOptions global)
        : base(
            "delete",
            "Delete threads for good: every file of the home that is a copy of its log, whatever the name (backups too), names, prompts, rows of Codex's databases and what the index knows",
            context,
            global
        )
    {
        Arguments.Add(_ids);
        Options.Add(_yes);
        Options.Add(_dryRun);
        AddJson();
    }

    public override IReadOnlyList<string> Examples { get; } =
    ["spool delete 01a20428-d3ad-73a1-92e6-c2af64741e38", "spool delete 01a20428-d3ad-73a1-92e6-c2af64741e38 --yes --json"];

    protected override async Task<int> RunAsync(ParseResult line, IThreadStore store, CancellationToken cancellationToken)
    {
        if (line.GetValue(_dryRun))
            return await ForEachAsync(
                line,
                store,
                line.GetRequiredValue(_ids),
                threadId => TryOutAsync(line, store, threadId, cancellationToken),
                cancellationToken
            );
        var isSure = line.GetValue(_yes);
        if (!isSure && Context.Answers is null)
            throw ThreadStoreException.InvalidRequest("There is no terminal to ask on; give --yes to delete without a question.");
        var (kept, isNothingDeleted) = (0, true);
        var code = await ForEachAsync(
            line,
            store,
            line.GetRequiredValue(_ids),
            async threadId =>
            {
                if (!isSure && !await AskAsync(store, threadId, cancellationToken))
                {
                    kept++;
                    Context.Say($"Thread {threadId} is kept.");
                    return;
                }
                isNothingDeleted = false; // also when it fails in its middle
                Show(line, await store.DeleteAsync(threadId, cancellationToken));
                if (isSure && FormatOf(line) == OutputFormat.Text)
                    await SayWhatStaysAsync(store, threadId, CancellationToken.None);
            },
            cancellationToken
        );
        if (kept > 0 && isNothingDeleted)
            Context.Say("Nothing was deleted.");
        return code;
    }

    // What a deletion needs to be asked about it is not known before; how many copies there are the deletion itself finds.
    async Task TryOutAsync(ParseResult line, IThreadStore store, ThreadId id, CancellationToken cancellationToken)
    {
        if (store.GetService<IDeletionCheck>() is { } check)
            await check.RequireDeletableAsync(id, cancellationToken);
        var thread = await FindAsync(store, id, cancellationToken);
        var path = (await LocateAsync(store, [thread], cancellationToken)).GetValueOrDefault(id);
        BeginOutput();
        if (FormatOf(line) == OutputFormat.Json)
            JsonOutput.Write(Context.Output, new ThreadDetailJson(thread, path) { Warnings = [] }.Write);
        else
            Context.Say(
                $"Would delete thread {id}, {Quote(thread)} ({await TurnsOfAsync(store, thread, cancellationToken)}, {When(thread)}){(path is null ? "" : $", {SafeText.OneLine(path, 4096)}")}, and every copy of its log."
            );
        if ((await OthersAsync(store, id, cancellationToken)).Words(Context.Hints) is { } others)
            Context.Say(others);
        await SayWhatStaysAsync(store, id, cancellationToken);
    }

    // Before the question, where there is one.
    async Task SayWhatStaysAsync(IThreadStore store, ThreadId id, CancellationToken cancellationToken)
    {
        foreach (var words in await new ThreadsThatStay(store, id, Context.Hints).OfDeletedAsync(cancellationToken))
            Context.Say(words);
    }

    async Task<bool> AskAsync(IThreadStore store, ThreadId id, CancellationToken cancellationToken)
    {
        // There is no question about a deletion that would be refused.
        if (store.GetService<IDeletionCheck>() is { } check)
            await check.RequireDeletableAsync(id, cancellationToken);
        // What a deletion that died left of a thread is no thread any more; the store knows what to do with it.
        var what = await store.FindAsync(id, cancellationToken) is { } thread
            ? $"{Quote(thread)} ({await TurnsOfAsync(store, thread, cancellationToken)}, {When(thread)})"
            : "what may be left of it";
        BeginOutput();
        if ((await OthersAsync(store, id, cancellationToken)).Words(Context.Hints) is { } others)
            Context.Say(others);
        await SayWhatStaysAsync(store, id, cancellationToken);
        return await Context.AskAsync(
            $"Delete thread {id}, {what}, and every copy of its log, whatever its name? This cannot be undone.",
            isYesUsual: false,
            cancellationToken
        );
    }

    // last is the thread that was used last, and a list begins with the one that was created last.
    string When(StoredThread thread)
    {
        var (created, used) = (Times.Relative(thread.CreatedAt, Context.Time), Times.Relative(thread.RecencyAt, Context.Time));
        return used == created ? $"created {created}" : $"created {created}, last used {used}";
    }

    static async Task<string> TurnsOfAsync(IThreadStore store, StoredThread thread, CancellationToken cancellationToken)
    {
        try
        {
            var page = await store.ListTurnsAsync(new ListTurnsRequest(thread.Id) { Limit = MostTurnsCounted }, cancellationToken);
            return page.NextCursor is not null ? $"more than {MostTurnsCounted} turns"
                : page.Items.Count == 1 ? "1 turn"
                : $"{page.Items.Count} turns";
        }
        catch (ThreadStoreException e)
            when (e.Code is ThreadStoreErrorCode.Unsupported or ThreadStoreErrorCode.Corrupt || thread.State == ThreadCondition.Unreadable)
        {
            return "turns unknown";
        }
    }

    void Show(ParseResult line, DeletionReceipt receipt)
    {
        BeginOutput();
        if (
            FormatOf(line) == OutputFormat.Text
            || !Context.TryPrintDone(output => JsonOutput.Write(output, new DeletionReceiptJson(receipt).Write), OutputFormat.Json)
        )
            SayRemoved(receipt);
        foreach (var left in receipt.Left)
            Context.Warn(left.ToString());
    }

    // A store without files has logs and no names for them. The rollout that a thread was listed by needs no name when nothing else went
    // with it.
    void SayRemoved(DeletionReceipt receipt)
    {
        var others = Math.Max(0, receipt.Removed.Count - receipt.Rollouts);
        var files =
            receipt.Rollouts > 0
                ? $"{Count(receipt.Rollouts, "rollout")}{(others == 0 ? "" : $" and {Count(others, "other file")}")} of {Sizes.Of(receipt.Bytes)}"
            : others > 0 ? $"it was in no list, only in {Count(others, "file")} under other names"
            : "0 files";
        Context.Say(
            $"Thread {receipt.ThreadId} is deleted: {files}, {Count(receipt.Names, "name")}, {Count(receipt.Rows, "row")} of databases{(receipt.Prompts == 0 ? "" : $", {Count(receipt.Prompts, "prompt")}")}."
        );
        if (receipt.Removed.Count == 1 && receipt.Rollouts == 1)
            return;
        // All of them: once they are gone they cannot be listed again.
        foreach (var file in receipt.Removed)
            Context.Say($"Removed {file}");
    }

    static string Count(int number, string what) =>
        FormattableString.Invariant(number == 1 ? (FormattableString)$"1 {what}" : $"{number:N0} {what}s");
}
