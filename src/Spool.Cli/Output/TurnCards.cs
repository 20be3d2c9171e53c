using System.Text.Json.Nodes;

namespace Spool.Cli;

/// <summary>Reads items that say something about a turn or a thread: context, settings, use of tokens, errors, compactions, history; and
/// items of types that Spool has no words for.</summary>
static class TurnCards
{
    const int LongestType = 60;

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
    public static ItemCard Of(ThreadItem item, ItemMembers members, ThreadLinks links) =>
        item.Type switch
        {
            "context" => Context(members),
            "settings" => SettingsCards.Of(item.Json, members),
            "tokenUsage" => TokenUsageText.Card(members),
            "error" or "warning" => Problem(item.Type, members),
            "contextCompaction" => Compaction(members),
            "inherited" => Inherited(members, links),
            "record" => Record(members, links),
            _ => Other(item, members),
        };

    static ItemCard Context(ItemMembers members)
    {
        var kind = members.Word("kind");
        var role = members.Word("role");
        var text = members.Text("text");
        List<CardBlock> blocks = [.. ItemCards.Words(text)];
        if (text is null && members.Take("payload") is { } payload)
        {
            text = ReadableJson.Of(payload);
            blocks.Add(new CodeBlock("", text, "json"));
        }
        blocks.AddRange(members.Images());
        var images = blocks.Count(block => block is MediaBlock);
        return ItemCards.Card(CardKind.Context, "Context", blocks) with
        {
            Title = ContextNames.TryGetValue(kind, out var name) ? name : InWords(kind),
            IsEvent = kind is "turnAborted" or "userShellCommand" or "subagentNotification",
            Hint = string.Join(
                " · ",
                (
                    (string[])
                        [
                            role.Length > 0 ? $"as {role}" : "",
                            text is null ? "" : TextSize.Of(text),
                            images > 0 ? ThreadLinks.Count(images, "image", "images") : "",
                        ]
                ).Where(part => part.Length > 0)
            ),
        };
    }

    /// <summary>Gives the name of a member as words: <c>collaboration mode</c> for <c>collaborationMode</c>.</summary>
    public static string InWords(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterUpper(c) ? $" {char.ToLowerInvariant(c)}" : c.ToString()));

    static ItemCard Problem(string type, ItemMembers members)
    {
        var message = members.Text("message") ?? "the log does not say why.";
        var blocks = new List<CardBlock> { type == "error" ? new ProblemBlock("", message) : new WordsBlock(message) };
        if (ErrorKind(members.Take("codexErrorInfo")) is { Length: > 0 } kind)
            blocks.Add(new FieldsBlock([("Kind", kind)]));
        if (members.Text("additionalDetails") is { Length: > 0 } details)
            blocks.Add(new CodeBlock("Details", details));
        return type == "error"
            ? ItemCards.Card(CardKind.Problem, "Error", blocks) with
            {
                IsBad = true,
            }
            : ItemCards.Card(CardKind.Warning, "Warning", blocks);
    }

    // A name, or an object of one name with what is known: response stream disconnected (httpStatusCode: 502).
    static string ErrorKind(JsonNode? info)
    {
        var name = ItemView.Text(info)?.Trim('"');
        if (name is null && info is JsonObject { Count: 1 } named)
        {
            var (key, value) = named.First();
            var known = (value as JsonObject ?? []).Where(member => member.Value is not null).ToList();
            if (value is not (null or JsonObject))
                return ReadableJson.Line(info);
            var details = string.Join(", ", known.Select(member => $"{member.Key}: {ReadableJson.Line(member.Value)}"));
            return details.Length > 0 ? $"{InWords(key)} ({details})" : InWords(key);
        }
        return name switch
        {
            null => info is null ? "" : ReadableJson.Line(info),
            "other" => "",
            _ => InWords(name),
        };
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

    static ItemCard Inherited(ItemMembers members, ThreadLinks links)
    {
        var from = members.Word("fromThreadId");
        return Inherited(
            members.Number("turns"),
            members.Number("records"),
            from.Length > 0 ? from : links.Source?.ToString() ?? "",
            links
        );
    }

    /// <summary>Says that history is that of another thread, and how to see it.</summary>
    public static ItemCard Inherited(long? turns, long? records, string from, ThreadLinks links)
    {
        var what =
            turns is > 0 ? ThreadLinks.Count(turns.Value, "turn", "turns")
            : records is > 0 ? ThreadLinks.Count(records.Value, "record", "records")
            : "history";
        var command = links.Command(from);
        var name = links.NameOf(from) ?? (from.Length == 0 || command is not null ? "another thread" : from);
        return ItemCards.Card(CardKind.History, "Inherited", command is null ? [] : [new ThreadBlock("", "", command)]) with
        {
            Title = $"{what} from {name}",
            Hint = turns is > 0 && records is > 0 ? ThreadLinks.Count(records.Value, "record", "records") : "",
        };
    }

    static ItemCard Record(ItemMembers members, ThreadLinks links)
    {
        var (type, payload) = (members.Word("recordType"), members.Word("payloadType"));
        if (payload == "thread_name_updated" && members.Members("payload") is { } named)
            return Name(new ItemMembers(named, members), links);
        var text = members.Take("payload") is { } json ? ReadableJson.Of(json) : "";
        return ItemCards.Card(CardKind.Other, "Record", text.Length > 0 ? [new CodeBlock("", text, "json")] : []) with
        {
            Title = payload.Length > 0 ? $"{type} · {payload}" : type,
        };
    }

    static ItemCard Name(ItemMembers payload, ThreadLinks links)
    {
        var name = payload.Title("Name", payload.Text("thread_name") ?? "");
        if (ItemView.Text(payload.Peek("thread_id")) == links.Thread.Id.ToString())
            payload.Skip("thread_id");
        return ItemCards.Card(
            CardKind.Note,
            "Name",
            payload.Rest() is { } rest ? [new CodeBlock("More", ReadableJson.Of(rest), "json")] : []
        ) with
        {
            Title = name.Length > 0 ? name : "taken away",
        };
    }

    /// <summary>Reads an item as JSON.</summary>
    public static ItemCard Other(ThreadItem item, ItemMembers members)
    {
        List<CardBlock> blocks = [.. ItemCards.Words(members.Text("text"))];
        if (members.Rest() is { } rest)
        {
            blocks.Add(new CodeBlock("", ReadableJson.Of(rest), "json"));
            foreach (var (name, _) in rest)
                members.Skip(name);
        }
        return ItemCards.Card(CardKind.Other, "Other", blocks) with { Title = members.Title("Type", item.Type, LongestType) };
    }
}
