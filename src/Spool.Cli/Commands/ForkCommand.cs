using System.CommandLine;

namespace Spool.Cli;

/// <summary><c>spool fork</c>: makes a new thread that begins as another one did.</summary>
sealed class ForkCommand : ChangeCommand, IHasRules
{
    readonly Argument<string> _id = IdArgument();
    readonly Option<string?> _before = new("--before-turn")
    {
        Description = "End the shared history just before this turn",
        HelpName = "TURN",
    };
    readonly Option<string?> _through = new("--through-turn")
    {
        Description = "End the shared history just after this turn",
        HelpName = "TURN",
    };

    public ForkCommand(CommandContext context, GlobalOptions global)
        : base("fork", "Make a new thread that begins with the history of another, all of it or up to a turn", context, global)
    {
        Arguments.Add(_id);
        Options.Add(_before);
        Options.Add(_through);
        AddJson();
    }

    /// <inheritdoc/>
    public string? Problem(ParseResult line) =>
        line.GetValue(_before) is not null && line.GetValue(_through) is not null
            ? "Give --before-turn or --through-turn, not both."
            : null;

    public override IReadOnlyList<string> Examples { get; } =
    [
        "spool fork 01a20428-d3ad-73a1-92e6-c2af64741e38",
        "spool fork 01a20428-d3ad-73a1-92e6-c2af64741e38 --before-turn 01a20428-d9d8-7dd3-be02-e3db7f0d4557",
    ];

    protected override async Task<int> RunAsync(ParseResult line, IThreadStore store, CancellationToken cancellationToken)
    {
        var point =
            line.GetValue(_before) is { } before ? ForkPoint.Before(before)
            : line.GetValue(_through) is { } through ? ForkPoint.Through(through)
            : ForkPoint.Latest;
        return await ForEachAsync(
            line,
            store,
            [line.GetRequiredValue(_id)],
            async source =>
            {
                var changed = await store.ForkAsync(
                    new ForkRequest(source, ThreadId.New(Context.Time)) { Point = point },
                    cancellationToken
                );
                // The new id is what a script wants.
                BeginOutput();
                if (FormatOf(line) == OutputFormat.Text)
                    Context.TryPrintDone(
                        output => output.Write(System.Text.Encoding.UTF8.GetBytes($"{changed.Thread.Id}\n")),
                        OutputFormat.Text
                    );
                var hidden =
                    changed.Thread.Preview.Length == 0 ? $" It has no message yet; '{Context.Hints.Command("list --all")}' shows it." : "";
                await ShowAsync(line, store, changed, $"The new thread {changed.Thread.Id} begins as {source} did.{hidden}");
            },
            cancellationToken
        );
    }
}
