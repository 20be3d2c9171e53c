using System.CommandLine;

namespace Spool.Cli;

/// <summary><c>spool unarchive</c>: takes threads out of the archive.</summary>
sealed class UnarchiveCommand : ChangeCommand
{
    readonly Argument<string[]> _ids = IdsArgument();

    public UnarchiveCommand(CommandContext context, GlobalOptions global)
        : base("unarchive", "Take threads out of the archive", context, global)
    {
        Arguments.Add(_ids);
        AddJson();
    }

    public override IReadOnlyList<string> Examples { get; } = ["spool unarchive 01a20428-d3ad-73a1-92e6-c2af64741e38"];

    protected override Task<int> RunAsync(ParseResult line, IThreadStore store, CancellationToken cancellationToken) =>
        ForEachAsync(
            line,
            store,
            line.GetRequiredValue(_ids),
            async threadId =>
            {
                var changed = await store.UnarchiveAsync(threadId, cancellationToken);
                await ShowAsync(line, store, changed, $"Thread {changed.Thread.Id} {Quote(changed.Thread)} is active again.");
            },
            cancellationToken
        );
}
