using System.Globalization;

namespace Spool.Cli;

/// <summary>Says what a turn is, how it ended, and what of it is not shown.</summary>
static class TurnEnding
{
    /// <summary>Gives when a turn began, how long it took, and how it ended where it did not simply end; empty when the log says
    /// nothing of it.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="isOpen">Whether it may still be running.</param>
    public static string Heading(Turn turn, TimeProvider clock, bool isOpen) =>
        string.Join(
            " · ",
            (
                (string?[])
                    [
                        Began(turn) is { } began ? Times.Local(began, clock) : null,
                        turn.Duration is { } duration ? Times.Duration(duration) : null,
                        isOpen ? "not ended"
                        : turn.Status == TurnStatus.Completed ? null
                        : EnumNames.Camel(turn.Status),
                    ]
            ).OfType<string>()
        );

    // Old logs do not say when a turn began, but when its records were written.
    static DateTimeOffset? Began(Turn turn) => turn.StartedAt ?? turn.Items.Select(ItemView.At).FirstOrDefault(at => at is not null);

    /// <summary>Gives what a turn leaves out, and the command that has it.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="silent">How many of its items about reasoning say nothing.</param>
    /// <param name="leftOut">The commands.</param>
    public static IEnumerable<(string Text, string? Command)> Notes(Turn turn, int silent, LeftOut leftOut)
    {
        if (LeftOut.Calls(turn) is { } calls)
            yield return ($"{calls}. All of them:", leftOut.LogCommand);
        if (silent > 0)
            yield return (
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Reasoning of which the log has no words: {silent:N0} {(silent == 1 ? "item" : "items")}."
                ),
                null
            );
    }

    /// <summary>Says how a turn went wrong; null when it did not, and where one of its items has said it. Of a turn
    /// that may still be running a document says how it was when it was written.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="isOpen">Whether it may still be running.</param>
    public static (string Word, string Text)? Problem(Turn turn, bool isOpen) =>
        turn.Status switch
        {
            _ when isOpen => ("Not ended when this was written", ""),
            TurnStatus.Failed when !IsSaid(turn) => ("Failed", ItemView.ErrorMessage(turn)),
            TurnStatus.Interrupted => ("Interrupted", ""),
            _ => null,
        };

    static bool IsSaid(Turn turn) =>
        turn.Items.Any(item => item.Type == "error" && ItemView.Text(item, "message") == ItemView.Text(turn.Error?["message"]));
}
