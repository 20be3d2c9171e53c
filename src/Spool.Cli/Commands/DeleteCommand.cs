using System.CommandLine;

namespace Spool.Cli;

/// <summary><c>spool delete</c>: deletes threads for good, after it has asked.</summary>
sealed class DeleteCommand : ChangeCommand
{
    const int MostTurnsCounted = 100;

    readonly Argument<string[]> _ids = IdsArgument();
    readonly Option<bool> _yes = new("--yes", "-y") { Description = "Do not ask" };

    public DeleteCommand(CommandContext context, GlobalOptions global)
        : base("delete", "Delete threads for good, with their names and everything the index knows of them", context, global)
    {
        Arguments.Add(_ids);
        Options.Add(_yes);
        AddJson();
    }

    public override IReadOnlyList<string> Examples { get; } =
    [
        "spool delete 01a20428-d3ad-73a1-92e6-c2af64741e38",
        "spool delete 01a20428-d3ad-73a1-92e6-c2af64741e38 --yes --json",
    ];

    protected override async Task<int> RunAsync(ParseResult line, IThreadStore store, CancellationToken cancellationToken)
    {
        var isSure = line.GetValue(_yes);
        if (!isSure && Context.Answers is null)
            throw ThreadStoreException.InvalidRequest("There is no terminal to ask on; give --yes to delete without a question.");
        return await ForEachAsync(line, line.GetRequiredValue(_ids).Select(id => ThreadId.Parse(id)), async thread =>
        {
            if (isSure || await AskAsync(store, thread, cancellationToken))
                Show(line, await store.DeleteAsync(thread, cancellationToken));
            else
                Context.Say($"Thread {thread} is kept.");
        }, cancellationToken);
    }

    async Task<bool> AskAsync(IThreadStore store, ThreadId id, CancellationToken cancellationToken)
    {
        // What a deletion that died left of a thread is no thread any more; the store knows what to do with it.
        var what = await store.FindAsync(id, cancellationToken) is { } thread
            ? $"{Quote(thread)} ({await TurnsOfAsync(store, thread, cancellationToken)}, created {Times.Relative(thread.CreatedAt, Context.Time)})"
            : "what may be left of it";
        BeginOutput();
        await Context.Error.WriteAsync($"Delete thread {id}, {what}? This cannot be undone. [y/N] ");
        await Context.Error.FlushAsync(cancellationToken);
        var answer = await Task.Run(Context.Answers!.ReadLine, cancellationToken).WaitAsync(cancellationToken);
        return answer?.Trim().ToUpperInvariant() is "Y" or "YES";
    }

    static async Task<string> TurnsOfAsync(IThreadStore store, StoredThread thread, CancellationToken cancellationToken)
    {
        try
        {
            var page = await store.ListTurnsAsync(new ListTurns(thread.Id) { Limit = MostTurnsCounted }, cancellationToken);
            return page.NextCursor is not null ? $"more than {MostTurnsCounted} turns" : page.Turns.Count == 1 ? "1 turn" : $"{page.Turns.Count} turns";
        }
        catch (ThreadStoreException e) when (e.Code is ThreadStoreErrorCode.Unsupported or ThreadStoreErrorCode.Corrupt)
        {
            return "turns unknown";
        }
    }

    void Show(ParseResult line, DeletionReceipt receipt)
    {
        var output = BeginOutput();
        if (FormatOf(line) == OutputFormat.Json)
            JsonOutput.Write(output, new DeletionReceiptJson(receipt).Write);
        else
            Context.Say($"Thread {receipt.Thread} is deleted: {Count(receipt.Rollouts, "rollout")} of {receipt.Bytes} bytes, {Count(receipt.Names, "name")}, {Count(receipt.Rows, "row")} of databases{(receipt.Prompts == 0 ? "" : $", {Count(receipt.Prompts, "prompt")}")}.");
        foreach (var left in receipt.Left)
            Context.Say(left.ToString());
    }

    static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
