using System.Globalization;
using System.Text;

namespace Spool.Cli;

/// <summary>Reads commands, and what was typed into them.</summary>
static class CommandCards
{
    /// <summary>Reads a command.</summary>
    public static ItemCard Execution(ItemMembers members)
    {
        // What the actions say is in the command.
        members.Skip("commandActions", "source", "processId");
        var (command, shell) = ShellScript.Of(members.Text("command") ?? "");
        var blocks = new List<CardBlock>();
        var title = ItemCards.FirstLine(command);
        if (title != command)
            blocks.Add(new CodeBlock("", command, "sh"));
        if (shell is not null)
            blocks.Add(new FieldsBlock([("Shell", shell)]));
        if (members.Text("cwd") is { Length: > 0 } cwd)
            blocks.Add(new FieldsBlock([("Folder", cwd)]));
        blocks.AddRange(Outputs(members, "aggregatedOutput"));
        return Ended(ItemCards.Card(CardKind.Command, "Command", blocks) with { Title = title }, members);
    }

    /// <summary>Reads what was typed into a command that goes on.</summary>
    public static ItemCard Input(ItemMembers members)
    {
        var input = Typed(members.Text("input") ?? "");
        var blocks = new List<CardBlock>();
        var title = input.Length == 0 ? "waited for output" : ItemCards.FirstLine(input);
        if (input.Length > 0 && title != input)
            blocks.Add(new CodeBlock("", input));
        blocks.AddRange(Outputs(members, "output"));
        return Ended(ItemCards.Card(CardKind.Input, "Input", blocks) with { Title = title }, members);
    }

    static IEnumerable<CardBlock> Outputs(ItemMembers members, string name)
    {
        if (members.Text(name) is { Length: > 0 } output)
            yield return new CodeBlock("Output", output);
        if (members.Text("modelOutput") is { Length: > 0 } given)
            yield return new CodeBlock("What the model was given", given);
    }

    static ItemCard Ended(ItemCard card, ItemMembers members)
    {
        var hasTimedOut = members.Flag("timedOut");
        var code = members.Number("exitCode");
        var session = members.Text("sessionId") ?? members.Number("sessionId")?.ToString(CultureInfo.InvariantCulture);
        session = session is null ? null : $"session {members.Title("Session", session)}";
        var status = members.Text("status");
        var isOpen = status is "inProgress" or "in_progress" && code is null;
        card = card with
        {
            Duration = members.Duration("durationMs"),
            IsBad = hasTimedOut || code is not (null or 0),
            Hint = isOpen ? "" : session ?? "",
        };
        var outcomes = (string?[])
            [
                hasTimedOut ? "timed out" : null,
                code is not (null or 0) ? string.Create(CultureInfo.InvariantCulture, $"exit code {code}") : null,
                !isOpen ? null
                : session is null ? "did not end"
                : $"goes on in {session}",
            ];
        if (outcomes.Any(outcome => outcome is not null))
            card = card with { Outcome = string.Join(" · ", outcomes.OfType<string>()) };
        return isOpen || code == 0 && status == "failed" ? card : ItemCards.Ended(card, members);
    }

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
        return keys.ToString();
    }
}
