using System.Globalization;
using System.Text.Json.Nodes;

namespace Spool.Cli;

/// <summary>Reads items as <see cref="ItemCard"/>s. Nothing of an item is left out: a member without a form of its own here is shown as
/// JSON, and so is a whole item of a type that Spool has no words for.</summary>
static class ItemCards
{
    const int LongestTitle = 240;
    const int NamedFiles = 3;

    /// <summary>Reads an item.</summary>
    public static ItemCard Of(ThreadItem item)
    {
        var members = new ItemMembers(item.Json);
        var card = Read(item, members);
        var at = DateTimeOffset.TryParse(
            ItemView.Text(item, "at"),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? time
            : (DateTimeOffset?)null;
        var origin = ItemView.Text(item, "origin") is { Length: > 0 } text ? SafeText.OneLine(text, 60) : null;
        var blocks = members.Rest() is { } rest ? [.. card.Blocks, new CodeBlock("More", ReadableJson.Of(rest), "json")] : card.Blocks;
        return card with { At = at, Origin = origin, Blocks = blocks };
    }

    /// <summary>Gives the first line of a text that says something, safe to show.</summary>
    public static string FirstLine(string text)
    {
        var start = text.AsSpan().TrimStart();
        var end = start.IndexOf('\n');
        return SafeText.OneLine((end < 0 ? start : start[..end]).ToString(), LongestTitle);
    }

    static ItemCard Read(ThreadItem item, ItemMembers members) =>
        item.Type switch
        {
            "userMessage" => Card(CardKind.User, "You", [.. ContentParts.Words(members.Take("content"))]),
            "agentMessage" => AgentMessage(members),
            "plan" => Card(CardKind.Plan, "Plan", Prose(members.Text("text"))),
            "reasoning" => Reasoning(members),
            "commandExecution" => CommandCards.Execution(members),
            "commandInput" => CommandCards.Input(members),
            "fileChange" => FileChange(members),
            "mcpToolCall" or "dynamicToolCall" or "collabAgentToolCall" or "webSearch" or "imageView" or "imageGeneration" => CallCards.Of(
                item.Type,
                members
            ),
            "checklist" => Checklist(members),
            "hookPrompt" => Hook(members),
            "enteredReviewMode" or "exitedReviewMode" => Card(
                CardKind.Note,
                item.Type == "enteredReviewMode" ? "Review begins" : "Review",
                Words(members.Text("review"))
            ),
            "sleep" => Card(CardKind.Note, "Sleep", []) with { Duration = members.Duration("durationMs") },
            _ => TurnCards.Of(item, members),
        };

    static ItemCard AgentMessage(ItemMembers members)
    {
        members.Skip("phase");
        return Card(CardKind.Agent, "Agent", Prose(members.Text("text")));
    }

    static ItemCard Reasoning(ItemMembers members)
    {
        members.Skip("encryptedContent", "encrypted_content", "isEncrypted");
        var texts = (members.Elements("summary") ?? []).Concat(members.Elements("content") ?? []).ToList();
        var text = string.Join(
            "\n\n",
            texts.Select(part => ItemView.Text(part) ?? (part is JsonObject json ? ItemView.Text(json["text"]) : null)).OfType<string>()
        );
        // Summaries begin with a line that says what they are about, in bold.
        return Card(CardKind.Reasoning, "Reasoning", Prose(text)) with { Title = FirstLine(text).Trim('*', '#', ' ') };
    }

    static ItemCard FileChange(ItemMembers members)
    {
        var blocks = new List<CardBlock>();
        var paths = new List<string>();
        foreach (var change in (members.Elements("changes") ?? []).OfType<JsonObject>())
        {
            var kind = change["kind"] is JsonObject kinds ? ItemView.Text(kinds["type"]) : ItemView.Text(change["kind"]);
            var moved = change["kind"] is JsonObject move ? ItemView.Text(move["move_path"] ?? move["movePath"]) : null;
            var path = ItemView.Text(change["path"]) ?? "";
            var view = new FileChangeView(path, SafeText.OneLine(kind ?? "change", 20), ItemView.Text(change["diff"]) ?? "");
            blocks.Add(new DiffBlock(view, moved));
            paths.Add(SafeText.OneLine(path, LongestTitle));
        }
        if (members.Text("output") is { Length: > 0 } output)
            blocks.Add(new CodeBlock("Output", output));
        var card = Card(CardKind.Change, "Changes", blocks) with
        {
            Title =
                paths.Count > NamedFiles
                    ? string.Create(CultureInfo.InvariantCulture, $"{paths.Count:N0} files")
                    : string.Join(", ", paths),
            Hint = DiffLines.Count(blocks.OfType<DiffBlock>().Select(block => block.Change)),
            Duration = members.Duration("durationMs"),
        };
        return Ended(card, members.Text("status"));
    }

    static ItemCard Checklist(ItemMembers members)
    {
        var blocks = new List<CardBlock>();
        if (members.Text("explanation") is { Length: > 0 } explanation)
            blocks.Add(new WordsBlock(explanation));
        var steps = new List<(string, string)>();
        foreach (var step in members.Elements("steps") ?? [])
        {
            if (step is JsonObject json && ItemView.Text(json["step"]) is { } text)
                steps.Add((text, ItemView.Text(json["status"]) ?? ""));
            else if (step is not null)
                steps.Add((ReadableJson.Of(step), ""));
        }
        if (steps.Count > 0)
            blocks.Add(new StepsBlock(steps));
        if (members.Text("output") is { Length: > 0 } output)
            blocks.Add(output.Length > LongestTitle ? new CodeBlock("Output", output) : new FieldsBlock([("Output", output)]));
        var done = steps.Count(step => step.Item2 == "completed");
        var title = steps.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"{done:N0} of {steps.Count:N0} done") : "";
        return Ended(Card(CardKind.Plan, "Checklist", blocks) with { Title = title }, members.Text("status"));
    }

    static ItemCard Hook(ItemMembers members)
    {
        var texts = (members.Elements("fragments") ?? []).Select(fragment =>
            fragment is JsonObject json ? ItemView.Text(json["text"]) ?? ReadableJson.Of(json)
            : fragment is null ? ""
            : ReadableJson.Of(fragment)
        );
        return Card(CardKind.Context, "Hook", [.. texts.Where(text => text.Length > 0).Select(text => new WordsBlock(text))]);
    }

    /// <summary>Makes a card of a kind.</summary>
    public static ItemCard Card(CardKind kind, string role, IReadOnlyList<CardBlock> blocks) =>
        new()
        {
            Kind = kind,
            Role = role,
            Blocks = blocks,
        };

    /// <summary>Adds what a status says, unless it is that all went well.</summary>
    public static ItemCard Ended(ItemCard card, string? status) =>
        status switch
        {
            null or "" or "completed" or "success" => card,
            "inProgress" or "in_progress" => card with { Outcome = card.Outcome ?? "not finished" },
            _ => card with { Outcome = card.Outcome ?? SafeText.OneLine(status, 200), IsBad = true },
        };

    /// <summary>Gives Markdown as the only block, or none when it is empty.</summary>
    public static IReadOnlyList<CardBlock> Prose(string? text) => string.IsNullOrWhiteSpace(text) ? [] : [new ProseBlock(text)];

    /// <summary>Gives words as the only block, or none when they are empty.</summary>
    public static IReadOnlyList<CardBlock> Words(string? text) => string.IsNullOrWhiteSpace(text) ? [] : [new WordsBlock(text)];
}
