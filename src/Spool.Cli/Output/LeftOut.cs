using System.Globalization;

namespace Spool.Cli;

/// <summary>Says what is not shown of a thread, and the command that has it.</summary>
/// <param name="threadId">The thread.</param>
/// <param name="hints">The commands that may be named.</param>
sealed class LeftOut(ThreadId threadId, Hints hints)
{
    /// <summary>Gets the command for what a turn leaves out: the log itself has it.</summary>
    public string LogCommand => hints.Command($"export {threadId} --format jsonl");

    /// <summary>Cuts a text that is long, and says how many characters are left out then; null when it is whole.</summary>
    /// <param name="text">The text.</param>
    /// <param name="longest">The most UTF-16 units to give.</param>
    public static (string Shown, string? Missing) Cut(string text, int longest)
    {
        if (text.Length <= longest)
            return (text, null);
        var length = char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest;
        return (
            text[..length],
            string.Create(CultureInfo.InvariantCulture, $"… {text.Length - length:N0} more characters are not shown here")
        );
    }

    /// <summary>Says how many calls of tools a turn leaves out, or gives null when it shows all of them.</summary>
    public static string? Calls(Turn turn) =>
        turn.CallsLeftOut == 0
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{turn.CallsLeftOut:N0} {(turn.CallsLeftOut == 1 ? "tool call is" : "tool calls are")} not shown here"
            );
}
