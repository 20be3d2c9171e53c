using System.Text.Json.Nodes;

namespace Spool.Cli;

/// <summary>Reads calls of tools, searches and pictures.</summary>
static class CallCards
{
    const int LongestHint = 160;

    /// <summary>Reads an item of one of the types that are calls.</summary>
    public static ItemCard Of(string type, ItemMembers members) =>
        type switch
        {
            "mcpToolCall" => Mcp(members),
            "dynamicToolCall" => Dynamic(members),
            "webSearch" => Search(members),
            "imageView" => View(members),
            _ => Generation(members),
        };

    /// <summary>Reads what the model asked for, where that is not what was done.</summary>
    public static IEnumerable<CardBlock> Asked(ItemMembers members)
    {
        if (members.Members("modelCall") is not { } call)
            yield break;
        var said = new ItemMembers(call, members);
        var (space, name) = (said.Word("namespace"), said.Word("name"));
        var text = said.Text("arguments") ?? said.Text("input") ?? "";
        yield return ContentParts.Code($"What the model asked of {(space.Length > 0 ? $"{space}.{name}" : name)}", text);
        if (said.Rest() is { } rest)
            yield return new CodeBlock("More", ReadableJson.Of(rest), "json");
    }

    static ItemCard Mcp(ItemMembers members)
    {
        var title = $"{members.Word("server")}.{members.Word("tool")}";
        var (hint, blocks) = Arguments(members);
        if (members.Members("result") is { } result)
        {
            blocks.AddRange(ContentParts.Results(result["content"], "Result"));
            if (result["structuredContent"] is { } structured)
                blocks.Add(new CodeBlock("Structured result", ReadableJson.Of(structured), "json"));
            var more = new ItemMembers(result);
            more.Skip("content", "structuredContent", "structured_content");
            if (more.Rest() is { } rest)
                blocks.Add(new CodeBlock("More of the result", ReadableJson.Of(rest), "json"));
        }
        else
            blocks.AddRange(ContentParts.Results(members.Take("result"), "Result"));
        return Ended(title, hint, blocks, members);
    }

    static ItemCard Dynamic(ItemMembers members)
    {
        var (space, tool) = (members.Word("namespace"), members.Word("tool"));
        var (hint, blocks) = Arguments(members);
        blocks.AddRange(ContentParts.Results(members.Take("contentItems"), "Result"));
        var card = Ended(space.Length > 0 ? $"{space}.{tool}" : tool, hint, blocks, members);
        return members.Take("success") is JsonValue value && value.TryGetValue<bool>(out var success) && !success
            ? card with
            {
                IsBad = true,
                Outcome = card.Outcome ?? "failed",
            }
            : card;
    }

    static ItemCard Ended(string title, string hint, List<CardBlock> blocks, ItemMembers members)
    {
        var error = members.Members("error");
        var text =
            error is null ? ReadableJson.OfContent(members.Take("error"))
            : error.Count == 1 ? ItemView.Text(error["message"]) ?? ReadableJson.Of(error)
            : ReadableJson.Of(error);
        if (text.Length > 0)
            blocks.Add(new ProblemBlock("Error", text));
        var card = ItemCards.Card(CardKind.Call, "Tool", blocks) with
        {
            Title = title,
            Hint = hint,
            Duration = members.Duration("durationMs"),
            IsBad = text.Length > 0,
            Outcome = text.Length > 0 ? "failed" : null,
        };
        return ItemCards.Ended(card, members);
    }

    static (string Hint, List<CardBlock> Blocks) Arguments(ItemMembers members)
    {
        var text = members.Take("arguments") is { } arguments and not JsonObject { Count: 0 } ? ReadableJson.Of(arguments) : "";
        return text.Length == 0 ? ("", []) : (SafeText.OneLine(text, LongestHint), [ContentParts.Code("Arguments", text)]);
    }

    static ItemCard Search(ItemMembers members)
    {
        var (label, query) = ("Query", members.Text("query") ?? "");
        var blocks = new List<CardBlock>();
        if (members.Members("action") is { } action)
        {
            var rest = new ItemMembers(action);
            var (other, url) = (rest.Text("query"), rest.Text("url"));
            if (query.Length == 0)
                (label, query) = url is null ? (label, other ?? "") : ("Address", url);
            if (other is not null && !IsSaid(other, query))
                blocks.Add(new CodeBlock("Query", other));
            if (url is not null && !IsSaid(url, query))
                blocks.Add(new CodeBlock("Address", url));
            var queries = (rest.Elements("queries") ?? []).Select(ItemView.Text).OfType<string>().Where(text => text != query).ToList();
            if (queries.Count > 0)
                blocks.Add(new CodeBlock("Queries", string.Join('\n', queries)));
            if (rest.Rest() is { } more)
                blocks.Add(new CodeBlock("Action", ReadableJson.Of(more), "json"));
        }
        blocks.AddRange(
            members.Take("results") switch
            {
                JsonArray { Count: 0 } or null => [],
                var results => [ContentParts.Code("Results", ReadableJson.Of(results))],
            }
        );
        var card = ItemCards.Card(CardKind.Call, "Search", blocks) with
        {
            Title = members.Title(label, query),
            Duration = members.Duration("durationMs"),
        };
        return ItemCards.Ended(card, members);
    }

    // A title is on one line.
    static bool IsSaid(string text, string title) => SafeText.OneLine(text, int.MaxValue) == SafeText.OneLine(title, int.MaxValue);

    static ItemCard View(ItemMembers members)
    {
        List<CardBlock> blocks = [.. members.Images()];
        if (members.Text("output") is { Length: > 0 } output)
            blocks.Add(new CodeBlock("Output", output));
        var card = ItemCards.Card(CardKind.Call, "Image", blocks) with { Title = members.Word("path") };
        return ItemCards.Ended(card, members);
    }

    static ItemCard Generation(ItemMembers members)
    {
        var blocks = new List<CardBlock>();
        if (members.Text("revisedPrompt") is { Length: > 0 } prompt)
            blocks.Add(new WordsBlock(prompt));
        var path = members.Text("savedPath") ?? "";
        if (members.Text("result") is { Length: > 0 } result)
            blocks.Add(
                Media.DataSize(result) is null
                    ? new MediaBlock(Media.NameOfBase64("image", result), StoredPicture.OfBase64(result))
                    : new MediaBlock(Media.Name("image", result), StoredPicture.OfAddress(result))
            );
        if (members.Take("failure") is { } failure)
            blocks.Add(new ProblemBlock("Error", ReadableJson.Of(failure)));
        var card = ItemCards.Card(CardKind.Call, "Generated image", blocks) with
        {
            Title = path.Length > 0 ? members.Title("Path", Media.Name("image", path)) : "",
            Duration = members.Duration("durationMs"),
        };
        return ItemCards.Ended(card, members);
    }
}
