using System.CommandLine;

namespace Spool.Cli;

/// <summary><c>spool index rebuild</c>: makes the index again.</summary>
sealed class IndexRebuildCommand : StoreCommand, IWorksOnHome
{
    readonly Option<bool> _json = JsonOption();

    public IndexRebuildCommand(CommandContext context, GlobalOptions global)
        : base("rebuild", "Throw the index away and make it again from the rollouts, which stay as they are", context, global) =>
        Options.Add(_json);

    public override IReadOnlyList<string> Examples { get; } = ["spool index rebuild"];

    protected override async Task<int> RunAsync(ParseResult line, IThreadStore store, CancellationToken cancellationToken)
    {
        IndexStatus status;
        using (var progress = new ProgressLine(Context.Error, Context.ProgressScreen, Context.Time, "Rebuilding"))
            status = await IndexOf(store).RebuildAsync(progress, cancellationToken);
        BeginOutput();
        var format = line.GetValue(_json) ? OutputFormat.Json : OutputFormat.Text;
        if (Context.TryPrintDone(output => new IndexStatusView(status).Write(output, format), format))
            return ExitCodes.Success;
        Context.Say($"The index was made again: {status.Indexed} of {status.Rollouts} rollouts are in it.");
        return Context.LostOutput.ExitCode!.Value;
    }
}
