using System.Globalization;
using System.Text.Json.Nodes;

namespace Spool.Cli;

/// <summary>Reads items as <see cref="ItemCard"/>s. Nothing of an item is left out: a member without a form of its own here is shown as
/// JSON, and so is a whole item of a type that Spool has no words for.</summary>
static class ItemCards
{
    const int LongestTitle = 240;
    const int LongestOrigin = 60;
    const int LongestStatus = 200;
    const int DeepestItems = 4; // items in items; no log has more than one level

    /// <summary>Reads an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="links">The thread that it is in, and the names of others.</param>
    /// <param name="depth">How many items it is in.</param>
    public static ItemCard Of(ThreadItem item, ThreadLinks links, int depth = 0)
    {
        var members = new ItemMembers(item.Json);
        var card =
            depth > DeepestItems ? TurnCards.Other(item, members)
            : item.Type == "rolledBack" ? RolledBack(members, links, depth + 1)
            : Read(item, members, links);
        var at = ItemView.At(item);
        var origin = ItemView.Text(item, "origin") is { Length: > 0 } text ? members.Title("Origin", text, LongestOrigin) : null;
        List<CardBlock> blocks = [.. card.Blocks, .. CallCards.Asked(members), .. members.Images(), .. members.Cut];
        if (members.Rest() is { } rest)
            blocks.Add(new CodeBlock("More", ReadableJson.Of(rest), "json"));
        return card with { At = at, Origin = origin, Blocks = blocks };
    }

    /// <summary>Gives the first line of a text that says something, safe to show.</summary>
    public static string FirstLine(string text)
    {
        var start = text.AsSpan().TrimStart();
        var end = start.IndexOf('\n');
        return SafeText.OneLine((end < 0 ? start : start[..end]).ToString(), LongestTitle);
    }

    static ItemCard Read(ThreadItem item, ItemMembers members, ThreadLinks links) =>
        item.Type switch
        {
            "userMessage" => Card(CardKind.User, "You", [.. ContentParts.Words(members.Take("content"))]),
            "agentMessage" => AgentMessage(members),
            "plan" => Card(CardKind.Plan, "Plan", Prose(members.Text("text"))),
            "reasoning" => Reasoning(members),
            "commandExecution" => CommandCards.Execution(members),
            "commandInput" => CommandCards.Input(members),
            "fileChange" => ChangeCards.Of(members, links.Thread.Cwd),
            "mcpToolCall" or "dynamicToolCall" or "webSearch" or "imageView" or "imageGeneration" => CallCards.Of(item.Type, members),
            "collabAgentToolCall" => new AgentCards(links).Call(members),
            "subAgentActivity" => new AgentCards(links).Activity(members),
            "checklist" => Checklist(members),
            "hookPrompt" => Hook(members),
            "enteredReviewMode" or "exitedReviewMode" => Card(
                CardKind.Note,
                item.Type == "enteredReviewMode" ? "Review begins" : "Review",
                Words(members.Text("review"))
            ),
            "sleep" => Card(CardKind.Note, "Sleep", []) with { Duration = members.Duration("durationMs") },
            _ => TurnCards.Of(item, members, links),
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
        if (members.Text("output") is { Length: > 0 } output && output.Trim() != "Plan updated") // which says nothing
            blocks.Add(output.Length > LongestTitle ? new CodeBlock("Output", output) : new FieldsBlock([("Output", output)]));
        var done = steps.Count(step => step.Item2 == "completed");
        var title = steps.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"{done:N0} of {steps.Count:N0} done") : "";
        return Ended(Card(CardKind.Plan, "Checklist", blocks) with { Title = title }, members);
    }

    static ItemCard Hook(ItemMembers members)
    {
        var texts = (members.Elements("fragments") ?? []).Select(fragment =>
            fragment is JsonObject json ? ItemView.Text(json["text"]) ?? ReadableJson.Of(json)
            : fragment is null ? ""
            : ReadableJson.Of(fragment)
        );
        return Card(CardKind.Context, "Hook", [.. texts.Where(text => text.Length > 0).Select(text => new WordsBlock(text))]) with
        {
            IsEvent = true,
        };
    }

    static ItemCard RolledBack(ItemMembers members, ThreadLinks links, int depth)
    {
        var title = members.Number("turns") is { } turns ? ThreadLinks.Count(turns, "turn", "turns") : "turns";
        var items = members.Elements("items");
        var cards = (items ?? []).OfType<JsonObject>().Select(json => Of(ItemView.Item(json), links, depth)).ToList();
        return Card(CardKind.History, "Taken back", cards.Count > 0 ? [new ItemsBlock(cards)] : []) with
        {
            Title = title,
            Hint = items is null ? "--rolled-back shows them" : "",
        };
    }

    /// <summary>Makes a card of a kind.</summary>
    public static ItemCard Card(CardKind kind, string role, IReadOnlyList<CardBlock> blocks) =>
        new()
        {
            Kind = kind,
            Role = role,
            Blocks = blocks,
        };

    /// <summary>Adds what the status of an item says, unless it is that all went well.</summary>
    public static ItemCard Ended(ItemCard card, ItemMembers members) =>
        members.Text("status") switch
        {
            null or "" or "completed" or "success" => card,
            "inProgress" or "in_progress" => card with { Outcome = card.Outcome ?? "not finished" },
            var status => card with { Outcome = card.Outcome ?? members.Title("Status", status, LongestStatus), IsBad = true },
        };

    /// <summary>Gives Markdown as the only block, or none when it is empty.</summary>
    public static IReadOnlyList<CardBlock> Prose(string? text) => string.IsNullOrWhiteSpace(text) ? [] : [new ProseBlock(text)];

    /// <summary>Gives words as the only block, or none when they are empty.</summary>
    public static IReadOnlyList<CardBlock> Words(string? text) => string.IsNullOrWhiteSpace(text) ? [] : [new WordsBlock(text)];
}
