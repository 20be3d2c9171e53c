using System.Globalization;
using System.Text.Json.Nodes;

namespace Spool.Cli;

/// <summary>What a person sees of an item that is no message, command or change of files.</summary>
/// <param name="Title">What it is about, on one line: the tool, the query, the path. It may be empty.</param>
/// <param name="Blocks">What belongs to it: arguments, results, texts.</param>
sealed record ItemDetail(string Title, IReadOnlyList<DetailBlock> Blocks)
{
    const int LongestTitle = 1000;

    // They say nothing to a person, or are said elsewhere.
    static readonly HashSet<string> Silent = new(["type", "id", "startedAtMs", "completedAtMs"], StringComparer.Ordinal);

    /// <summary>Reads an item. What has no form of its own here is shown as its JSON, so nothing is left out.</summary>
    public static ItemDetail Of(ThreadItem item) =>
        item.Type switch
        {
            "enteredReviewMode" or "exitedReviewMode" => new("", [new("", item.Text, BlockForm.Prose)]),
            "mcpToolCall" => Call(
                item,
                $"{Word(item, "server")}.{Word(item, "tool")}",
                item.Json["result"] is JsonObject result ? Result(result) : ReadableJson.OfContent(item.Json["result"])
            ),
            "dynamicToolCall" => Call(
                item,
                Word(item, "namespace") is { Length: > 0 } space ? $"{space}.{Word(item, "tool")}" : Word(item, "tool"),
                ReadableJson.OfContent(item.Json["contentItems"])
            ),
            "collabAgentToolCall" => Agent(item),
            "webSearch" => Search(item),
            "imageView" => new(Word(item, "path"), []),
            "imageGeneration" => Image(item),
            "hookPrompt" => new("", Texts(item.Json["fragments"])),
            "record" => new("", Present(("", item.Json["payload"] is { } payload ? ReadableJson.Of(payload) : "", BlockForm.Code))),
            _ => Unknown(item),
        };

    static ItemDetail Call(ThreadItem item, string title, string result) =>
        new(
            title + Outcome(item),
            Present(
                ("Arguments", item.Json["arguments"] is { } arguments ? ReadableJson.Of(arguments) : "", BlockForm.Code),
                ("Result", result, BlockForm.Code),
                ("Error", Error(item), BlockForm.Bad)
            )
        );

    static ItemDetail Agent(ThreadItem item)
    {
        var states = (item.Json["agentsStates"] as JsonObject ?? []).Select(state =>
            $"{state.Key}: {ItemView.Text(state.Value is JsonObject known ? known["status"] : null)} {ItemView.Text(state.Value is JsonObject said ? said["message"] : null)}".TrimEnd()
        );
        return new(
            Word(item, "tool") + Outcome(item),
            Present(("", ItemView.Text(item, "prompt") ?? "", BlockForm.Prose), ("Agents", string.Join('\n', states), BlockForm.Code))
        );
    }

    static ItemDetail Search(ThreadItem item)
    {
        var action = item.Json["action"] as JsonObject ?? [];
        var title = Word(item, "query") is { Length: > 0 } query
            ? query
            : SafeText.OneLine(ItemView.Text(action["url"]) ?? ItemView.Text(action["query"]) ?? "", LongestTitle);
        var others = (action["queries"] as JsonArray ?? []).Select(ItemView.Text).OfType<string>().Where(text => text != title);
        return new(
            title,
            Present(
                ("Queries", string.Join('\n', others), BlockForm.Code),
                ("Results", item.Json["results"] is JsonArray { Count: > 0 } results ? ReadableJson.Of(results) : "", BlockForm.Code)
            )
        );
    }

    static ItemDetail Image(ThreadItem item)
    {
        var result = ItemView.Text(item, "result");
        var title =
            ItemView.Text(item, "savedPath") is { Length: > 0 } path ? Media.Name("image", path)
            : string.IsNullOrEmpty(result) ? ""
            : Media.DataSize(result) is null ? Media.NameOfBase64("image", result)
            : Media.Name("image", result);
        return new(
            (title + Outcome(item)).TrimStart(),
            Present(
                ("", ItemView.Text(item, "revisedPrompt") ?? "", BlockForm.Prose),
                ("Error", item.Json["failure"] is { } failure ? ReadableJson.Of(failure) : "", BlockForm.Bad)
            )
        );
    }

    static ItemDetail Unknown(ThreadItem item)
    {
        var rest = new JsonObject();
        foreach (var (name, value) in item.Json)
        {
            if (value is not null && !Silent.Contains(name) && !(name == "text" && ItemView.Text(value) is not null))
                rest[name] = value.DeepClone();
        }
        return new("", Present(("", item.Text, BlockForm.Prose), ("", rest.Count > 0 ? ReadableJson.Of(rest) : "", BlockForm.Code)));
    }

    static string Result(JsonObject result)
    {
        var content = ReadableJson.OfContent(result["content"]);
        var structured = result["structuredContent"] is { } value ? ReadableJson.Of(value) : "";
        return content.Length == 0 ? structured
            : structured.Length == 0 ? content
            : $"{content}\n{structured}";
    }

    static string Error(ThreadItem item) =>
        item.Json["error"] switch
        {
            JsonObject error => ItemView.Text(error["message"]) ?? ReadableJson.Of(error),
            null => "",
            var other => ReadableJson.Of(other),
        };

    static string Outcome(ThreadItem item)
    {
        var status = ItemView.Text(item, "status") is { Length: > 0 } text && text != "completed" ? $" ({SafeText.OneLine(text, 40)})" : "";
        return ItemView.Number(item.Json["durationMs"]) is { } ms and > 0 and < 1_000_000_000_000
            ? string.Create(CultureInfo.InvariantCulture, $" · {Times.Duration(TimeSpan.FromMilliseconds(ms))}{status}")
            : status;
    }

    static List<DetailBlock> Texts(JsonNode? fragments) =>
        [
            .. (fragments as JsonArray ?? [])
                .OfType<JsonObject>()
                .Select(fragment => new DetailBlock("", ItemView.Text(fragment["text"]) ?? "", BlockForm.Prose))
                .Where(block => block.Text.Length > 0),
        ];

    static List<DetailBlock> Present(params (string Label, string Text, BlockForm Form)[] blocks) =>
        [
            .. blocks
                .Where(block => !string.IsNullOrWhiteSpace(block.Text))
                .Select(block => new DetailBlock(block.Label, block.Text, block.Form)),
        ];

    static string Word(ThreadItem item, string member) => SafeText.OneLine(ItemView.Text(item, member) ?? "", LongestTitle);
}

/// <summary>A text that belongs to an item. It is stored data, not yet made safe to show.</summary>
/// <param name="Label">What it is, or empty.</param>
/// <param name="Text">The text.</param>
/// <param name="Form">How it is shown.</param>
readonly record struct DetailBlock(string Label, string Text, BlockForm Form);

/// <summary>How a text is shown.</summary>
enum BlockForm
{
    /// <summary>As the words of a person.</summary>
    Prose,

    /// <summary>As what a program was given or gave.</summary>
    Code,

    /// <summary>As what went wrong.</summary>
    Bad,
}
