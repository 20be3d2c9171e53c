using System.Globalization;

namespace Spool.Cli;

/// <summary>Reads commands, and what was typed into them.</summary>
static class CommandCards
{
    /// <summary>Reads a command.</summary>
    public static ItemCard Execution(ItemMembers members)
    {
        // What the actions say is in the command.
        members.Skip("commandActions", "source", "processId");
        var command = members.Text("command") ?? "";
        var blocks = new List<CardBlock>();
        var title = ItemCards.FirstLine(command);
        if (title != command)
            blocks.Add(new CodeBlock("", command, "sh"));
        if (members.Text("cwd") is { Length: > 0 } cwd)
            blocks.Add(new FieldsBlock([("Folder", cwd)]));
        if (members.Text("aggregatedOutput") is { Length: > 0 } output)
            blocks.Add(new CodeBlock("Output", output));
        if (members.Text("modelOutput") is { Length: > 0 } given)
            blocks.Add(new CodeBlock("What the model was given", given));
        return Ended(ItemCards.Card(CardKind.Command, "Command", blocks) with { Title = title }, members);
    }

    /// <summary>Reads what was typed into a command that goes on.</summary>
    public static ItemCard Input(ItemMembers members)
    {
        var input = members.Text("input") ?? "";
        var blocks = new List<CardBlock>();
        var title = input.Length == 0 ? "waited for output" : ItemCards.FirstLine(input);
        if (input.Length > 0 && title != input)
            blocks.Add(new CodeBlock("", input));
        if (members.Text("output") is { Length: > 0 } output)
            blocks.Add(new CodeBlock("Output", output));
        if (members.Text("modelOutput") is { Length: > 0 } given)
            blocks.Add(new CodeBlock("What the model was given", given));
        return Ended(ItemCards.Card(CardKind.Command, "Input", blocks) with { Title = title }, members);
    }

    static ItemCard Ended(ItemCard card, ItemMembers members)
    {
        var hasTimedOut = members.Flag("timedOut");
        var code = members.Number("exitCode");
        var session = members.Text("sessionId") ?? members.Number("sessionId")?.ToString(CultureInfo.InvariantCulture);
        card = card with
        {
            Duration = members.Duration("durationMs"),
            IsBad = hasTimedOut || code is not (null or 0),
            Outcome =
                hasTimedOut ? "timed out"
                : code is not (null or 0) ? string.Create(CultureInfo.InvariantCulture, $"exit code {code}")
                : null,
            Hint = session is null ? "" : $"session {SafeText.OneLine(session, 1000)}",
        };
        var status = members.Text("status");
        return code == 0 && status == "failed" ? card : ItemCards.Ended(card, status);
    }
}
