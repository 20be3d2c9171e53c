using System.Globalization;

namespace Spool.Cli;

/// <summary>Says what is not shown of a thread, and the command that has it.</summary>
/// <param name="thread">The thread.</param>
sealed class LeftOut(ThreadId thread)
{
    /// <summary>Gets the command for what a turn leaves out: the log itself has it.</summary>
    public string LogCommand => $"spool export {thread} --format jsonl";

    /// <summary>Says how many calls of tools a turn leaves out, or gives null when it shows all of them.</summary>
    public static string? Calls(Turn turn) =>
        turn.CallsLeftOut == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{turn.CallsLeftOut:N0} {(turn.CallsLeftOut == 1 ? "tool call is" : "tool calls are")} not shown here");
}
