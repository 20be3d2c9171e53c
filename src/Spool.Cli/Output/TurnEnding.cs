using System.Globalization;

namespace Spool.Cli;

/// <summary>Says what a turn is, how it ended, and what of it is not shown.</summary>
static class TurnEnding
{
    /// <summary>Gives when a turn began and how long it took; empty when the log says neither.</summary>
    public static string Heading(Turn turn, TimeProvider clock) =>
        string.Join(
            " · ",
            (
                (string?[])
                    [
                        turn.StartedAt is { } started ? Times.Local(started, clock) : null,
                        turn.Duration is { } duration ? Times.Duration(duration) : null,
                    ]
            ).OfType<string>()
        );

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

    /// <summary>Says how a turn went wrong; null when it did not.</summary>
    public static (string Word, string Text)? Problem(Turn turn) =>
        turn.Status switch
        {
            TurnStatus.Failed => ("Failed", IsSaid(turn) ? "The turn failed." : ItemView.ErrorMessage(turn)),
            TurnStatus.Interrupted => ("Interrupted", "The turn was interrupted."),
            _ => null,
        };

    /// <summary>Says whether an item of the turn tells its error already, as in the complete view.</summary>
    public static bool IsSaid(Turn turn) =>
        turn.Items.Any(item => item.Type == "error" && ItemView.Text(item, "message") == ItemView.Text(turn.Error?["message"]));
}
