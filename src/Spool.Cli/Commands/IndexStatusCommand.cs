using System.CommandLine;

namespace Spool.Cli;

/// <summary><c>spool index status</c>: how far the index is.</summary>
sealed class IndexStatusCommand : StoreCommand, IWorksOnHome
{
    readonly Option<bool> _json = JsonOption();

    public IndexStatusCommand(CommandContext context, GlobalOptions global)
        : base("status", "Say where the index is and how much of the home is in it", context, global) => Options.Add(_json);

    public override IReadOnlyList<string> Examples { get; } = ["spool index status", "spool index status --json"];

    protected override async Task<int> RunAsync(ParseResult line, IThreadStore store, CancellationToken cancellationToken)
    {
        var status = await IndexOf(store).StatusAsync(cancellationToken);
        new IndexStatusView(status).Write(BeginOutput(), line.GetValue(_json) ? OutputFormat.Json : OutputFormat.Text);
        await Context.Output.FlushAsync(cancellationToken);
        return ExitCodes.Success;
    }
}
