using System.Globalization;
using System.Text.Json.Nodes;

namespace Spool.Cli;

/// <summary>Reads items that say something about a turn or a thread: context, settings, use of tokens, errors, compactions, history; and
/// items of types that Spool has no words for.</summary>
static class TurnCards
{
    // What clients put in, where its name is no words.
    static readonly Dictionary<string, string> ContextNames = new(StringComparer.Ordinal)
    {
        ["agentsMd"] = "AGENTS.md",
        ["turnAborted"] = "a turn that was aborted",
        ["userShellCommand"] = "a command that the user ran",
        ["subagentNotification"] = "news of a sub-agent",
        ["other"] = "",
    };

    /// <summary>Reads an item.</summary>
    public static ItemCard Of(ThreadItem item, ItemMembers members) =>
        item.Type switch
        {
            "context" => Context(members),
            "settings" => Settings(members),
            "tokenUsage" => TokenUsageText.Card(members),
            "error" or "warning" => Problem(item.Type, members),
            "contextCompaction" => Compaction(members),
            "rolledBack" => RolledBack(members),
            "inherited" => Inherited(members),
            "record" => Record(members),
            _ => Other(item, members),
        };

    static ItemCard Context(ItemMembers members)
    {
        var kind = members.Word("kind");
        var role = members.Word("role");
        var text = members.Text("text");
        List<CardBlock> blocks = [.. ItemCards.Words(text)];
        foreach (var image in members.Elements("images") ?? [])
        {
            if (ItemView.Text(image) is { } address)
                blocks.Add(new MediaBlock(Media.Name("image", address), StoredPicture.OfAddress(address)));
            else
                blocks.AddRange(ContentParts.Words(new JsonArray(image?.DeepClone())));
        }
        return ItemCards.Card(CardKind.Context, "Context", blocks) with
        {
            Title = ContextNames.TryGetValue(kind, out var name) ? name : InWords(kind),
            Hint = string.Join(
                " · ",
                ((string[])[role.Length > 0 ? $"as {role}" : "", text is null ? "" : TextSize.Of(text)]).Where(part => part.Length > 0)
            ),
        };
    }

    // collaborationMode: collaboration mode
    static string InWords(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterUpper(c) ? $" {char.ToLowerInvariant(c)}" : c.ToString()));

    static ItemCard Settings(ItemMembers members)
    {
        var fields = new List<(string, string)>();
        foreach (
            var (name, label) in (ReadOnlySpan<(string, string)>)
                [
                    ("model", "Model"),
                    ("reasoningEffort", "Effort"),
                    ("cwd", "Folder"),
                    ("approvalPolicy", "Approvals"),
                    ("sandboxPolicy", "Sandbox"),
                ]
        )
            Add(label, members.Take(name));
        foreach (var (name, value) in members.Members("other") ?? [])
            Add(name, value);
        return ItemCards.Card(CardKind.Settings, "Settings", fields.Count > 0 ? [new FieldsBlock(fields)] : []);

        void Add(string label, JsonNode? value)
        {
            if (value is not null && ReadableJson.Line(value) is { Length: > 0 } text)
                fields.Add((label, text));
        }
    }

    static ItemCard Problem(string type, ItemMembers members)
    {
        var message = members.Text("message") ?? "the log does not say why.";
        var blocks = new List<CardBlock> { type == "error" ? new ProblemBlock("", message) : new WordsBlock(message) };
        if (members.Take("codexErrorInfo") is { } info)
            blocks.Add(new CodeBlock("Kind", ReadableJson.Of(info)));
        if (members.Text("additionalDetails") is { Length: > 0 } details)
            blocks.Add(new CodeBlock("Details", details));
        return type == "error"
            ? ItemCards.Card(CardKind.Problem, "Error", blocks) with
            {
                IsBad = true,
            }
            : ItemCards.Card(CardKind.Note, "Warning", blocks);
    }

    static ItemCard Compaction(ItemMembers members)
    {
        var isEncrypted = members.Flag("isEncrypted");
        return ItemCards.Card(CardKind.Note, "Compaction", ItemCards.Prose(members.Text("summary"))) with
        {
            Title = isEncrypted
                ? "what came before was summarised; the summary is encrypted"
                : "what came before was summarised for the model",
        };
    }

    static ItemCard RolledBack(ItemMembers members)
    {
        var title = members.Number("turns") is { } turns ? $"{Count(turns, "turn")} taken back" : "turns were taken back";
        var items = (members.Elements("items") ?? []).OfType<JsonObject>().Select(ItemOf).ToList();
        return ItemCards.Card(CardKind.History, "Taken back", items.Count > 0 ? [new ItemsBlock(items)] : []) with { Title = title };
    }

    static ItemCard Inherited(ItemMembers members)
    {
        var (turns, records, from) = (members.Number("turns"), members.Number("records"), members.Word("fromThreadId"));
        var what =
            turns is > 0 ? Count(turns.Value, "turn")
            : records is > 0 ? Count(records.Value, "record")
            : "history";
        return ItemCards.Card(CardKind.History, "Inherited", []) with
        {
            Title = from.Length > 0 ? $"{what} from {from}" : what,
            Hint = turns is > 0 && records is > 0 ? Count(records.Value, "record") : "",
        };
    }

    static ItemCard Record(ItemMembers members)
    {
        var (type, payload) = (members.Word("recordType"), members.Word("payloadType"));
        var text = members.Take("payload") is { } json ? ReadableJson.Of(json) : "";
        return ItemCards.Card(CardKind.Other, "Record", text.Length > 0 ? [new CodeBlock("", text, "json")] : []) with
        {
            Title = payload.Length > 0 ? $"{type} · {payload}" : type,
        };
    }

    static ItemCard Other(ThreadItem item, ItemMembers members)
    {
        List<CardBlock> blocks = [.. ItemCards.Words(members.Text("text"))];
        if (members.Rest() is { } rest)
        {
            blocks.Add(new CodeBlock("", ReadableJson.Of(rest), "json"));
            foreach (var (name, _) in rest)
                members.Skip(name);
        }
        return ItemCards.Card(CardKind.Other, "Other", blocks) with { Title = SafeText.OneLine(item.Type, 60) };
    }

    static ThreadItem ItemOf(JsonObject json) => new(ItemView.Text(json["id"]) ?? "", ItemView.Text(json["type"]) ?? "unknown", json);

    static string Count(long number, string thing) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {thing}{(number == 1 ? "" : "s")}");
}
