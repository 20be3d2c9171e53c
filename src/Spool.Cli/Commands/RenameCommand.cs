using System.CommandLine;

namespace Spool.Cli;

/// <summary><c>spool rename</c>: gives a thread a name, or takes it away.</summary>
sealed class RenameCommand : ChangeCommand, IHasRules
{
    readonly Argument<string> _id = IdArgument();
    readonly Argument<string?> _name = new("NAME") { Description = "The new name, on one line", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<bool> _clear = new("--clear") { Description = "Take the name away; the thread is then known by its first message" };

    public RenameCommand(CommandContext context, GlobalOptions global)
        : base("rename", "Give a thread a name", context, global)
    {
        Arguments.Add(_id);
        Arguments.Add(_name);
        Options.Add(_clear);
        AddJson();
    }

    /// <inheritdoc/>
    public string? Problem(ParseResult line) =>
        line.GetValue(_name) is null == !line.GetValue(_clear) ? "Give either a name or --clear." : null;

    public override IReadOnlyList<string> Examples { get; } =
    [
        "spool rename 01a20428-d3ad-73a1-92e6-c2af64741e38 \"The flaky test\"",
        "spool rename 01a20428-d3ad-73a1-92e6-c2af64741e38 --clear",
        "spool rename 01a20428-d3ad-73a1-92e6-c2af64741e38 -- \"-1 is no index\"",
    ];

    protected override async Task<int> RunAsync(ParseResult line, IThreadStore store, CancellationToken cancellationToken)
    {
        var name = line.GetValue(_name) is { } text ? Change.To(text) : Change.Clear<string>();
        return await ForEachAsync(
            line,
            store,
            [line.GetRequiredValue(_id)],
            async threadId =>
            {
                var changed = await store.UpdateAsync(threadId, new ThreadPatch { Name = name }, cancellationToken);
                await ShowAsync(
                    line,
                    store,
                    changed,
                    !name.IsSet ? $"Thread {threadId} has no name now."
                        : changed.Thread.Name is null
                            ? $"Thread {threadId} has no name of its own: {Quote(changed.Thread)} is its first message, by which it is known without one."
                        : $"Thread {threadId} is now named {Quote(changed.Thread)}."
                );
            },
            cancellationToken
        );
    }
}
