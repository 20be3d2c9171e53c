using System.CommandLine;

namespace Spool.Cli;

/// <summary><c>spool archive</c>: puts threads into the archive, out of the usual list.</summary>
sealed class ArchiveCommand : ChangeCommand
{
    readonly Argument<string[]> _ids = IdsArgument();

    public ArchiveCommand(CommandContext context, GlobalOptions global)
        : base("archive", "Put threads into the archive, out of the usual list", context, global)
    {
        Arguments.Add(_ids);
        AddJson();
    }

    public override IReadOnlyList<string> Examples { get; } = ["spool archive 01a20428-d3ad-73a1-92e6-c2af64741e38"];

    protected override Task<int> RunAsync(ParseResult line, IThreadStore store, CancellationToken cancellationToken) =>
        ForEachAsync(
            line,
            store,
            line.GetRequiredValue(_ids),
            async threadId =>
            {
                var changed = await store.ArchiveAsync(threadId, cancellationToken);
                await ShowAsync(line, store, changed, $"Thread {changed.Thread.Id} {Quote(changed.Thread)} is in the archive.");
                if (FormatOf(line) == OutputFormat.Json)
                    return;
                // The change is done: nothing that comes after it is cancelled.
                foreach (var words in await new ThreadsThatStay(store, threadId, Context.Hints).OfArchivedAsync(CancellationToken.None))
                    Context.Say(words);
            },
            cancellationToken
        );
}
