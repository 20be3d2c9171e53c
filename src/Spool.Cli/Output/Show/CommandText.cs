using System.Globalization;
using System.Text;

namespace Spool.Cli;

/// <summary>Shows commands: what was run, the end of what it printed, and how it ended.</summary>
/// <param name="page">Where to.</param>
/// <param name="output">Shows outputs.</param>
sealed class CommandText(TextPage page, LongText output)
{
    const int LongestFolder = 1000;
    const int MostLines = 20;

    /// <summary>Shows a command.</summary>
    /// <param name="item">The command.</param>
    /// <param name="time">When it was begun, or null.</param>
    /// <param name="usualFolder">The folder that needs not be said, or null.</param>
    public void Write(ThreadItem item, string? time, string? usualFolder)
    {
        var (command, rest) = output.Cut(SafeText.Block(item.Text).Trim('\n'), MostLines);
        page.Text(command, new Margin(page.Ink.Cyan("$") + " ", "  ", 2), page.Ink.Bold);
        if (rest is not null)
            page.Text(rest, Margin.Indent, page.Ink.Yellow);
        if (usualFolder is not null && ItemView.Text(item, "cwd") is { Length: > 0 } folder && folder != usualFolder)
            page.Text($"in {SafeText.OneLine(folder, LongestFolder)}", Margin.Indent, page.Ink.Dim);
        WriteOutput(item, "aggregatedOutput");
        Ending(page, Outcome(item), Took(item, time));
    }

    /// <summary>Shows what was typed into a command that was running, or that it was only waited for.</summary>
    public void WriteInput(ThreadItem item, string? time)
    {
        var input = Typed(ItemView.Text(item, "input") ?? "");
        var session = Session(item) is { } id ? $"session {id}" : "session";
        page.Text(
            input.Length > 0 ? $"{session}: {input}" : $"{session}: waited for output",
            new Margin(page.Ink.Cyan("$") + " ", "  ", 2)
        );
        WriteOutput(item, "output");
        Ending(page, Outcome(item), Took(item, time));
    }

    /// <summary>Says how something ended: what went wrong, and behind it the rest.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="problem">What went wrong, or null.</param>
    /// <param name="rest">The rest: parts that each begin with their separator, or empty.</param>
    public static void Ending(TextPage page, string? problem, string rest)
    {
        if (problem is null && rest.Length == 0)
            return;
        page.Text(problem is null ? rest[" · ".Length..] : problem + rest, Margin.Indent, problem is null ? page.Ink.Dim : page.Ink.Yellow);
    }

    void WriteOutput(ThreadItem item, string member)
    {
        if (ItemView.Text(item, member) is { Length: > 0 } printed)
            output.End(printed);
        if (ItemView.Text(item, "modelOutput") is not { Length: > 0 } given)
            return;
        page.Text("The model was given:", Margin.Indent);
        output.End(given);
    }

    static string? Outcome(ThreadItem item)
    {
        var isTimedOut =
            item.Json["timedOut"] is System.Text.Json.Nodes.JsonValue value && value.TryGetValue<bool>(out var timedOut) && timedOut;
        var outcome =
            ItemView.Text(item, "status") == "inProgress" && ItemView.ExitCode(item) is null
                ? Session(item) is { } id
                    ? $"goes on in session {id}"
                    : "did not end"
                : ItemView.Outcome(item);
        return !isTimedOut ? outcome
            : outcome is null ? "timed out"
            : $"timed out · {outcome}";
    }

    static string Took(ThreadItem item, string? time)
    {
        var took = ItemView.Number(item.Json["durationMs"]) is { } ms and > 0 and < 1_000_000_000_000
            ? $" · {Times.Duration(TimeSpan.FromMilliseconds(ms))}"
            : "";
        return time is null ? took : $"{took} · {time}";
    }

    static string? Session(ThreadItem item) =>
        ItemView.Number(item.Json["sessionId"]) is { } number ? number.ToString(CultureInfo.InvariantCulture)
        : ItemView.Text(item, "sessionId") is { Length: > 0 } text ? SafeText.OneLine(text, 40)
        : null;

    // As terminals echo keys.
    static string Typed(string input)
    {
        var keys = new StringBuilder(input.Length);
        foreach (var key in input.TrimEnd('\n', '\r'))
        {
            if (key < ' ' && key is not ('\n' or '\t'))
                keys.Append('^').Append((char)(key + '@'));
            else
                keys.Append(key);
        }
        return SafeText.Block(keys.ToString());
    }
}
