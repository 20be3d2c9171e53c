using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spool;

/// <summary>Converts messages, reasoning and the marks between them, in both forms of history.</summary>
static class MessageItems
{
    public static JsonObject LegacyUser(string id, JsonElement payload)
    {
        var content = new JsonArray();
        var text = payload.Text("message") ?? "";
        if (!string.IsNullOrWhiteSpace(text))
            Add(content, TextPart(text, payload));
        var details = payload.Array("image_details").ToList();
        foreach (var (image, index) in payload.Array("images").Select((image, index) => (image, index)))
            Add(
                content,
                new JsonObject
                {
                    ["type"] = "image",
                    ["url"] = image.AsText(),
                    ["detail"] = index < details.Count ? details[index].AsNode() : null,
                }
            );
        var localDetails = payload.Array("local_image_details").ToList();
        foreach (var (image, index) in payload.Array("local_images").Select((image, index) => (image, index)))
            Add(
                content,
                new JsonObject
                {
                    ["type"] = "localImage",
                    ["path"] = image.AsText() ?? image.Text("path"),
                    ["detail"] = index < localDetails.Count ? localDetails[index].AsNode() : image.Node("detail"),
                }
            );
        foreach (var audio in payload.Array("audio"))
            Add(content, new JsonObject { ["type"] = "audio", ["url"] = audio.AsText() ?? audio.Text("audio_url") });
        foreach (var audio in payload.Array("local_audio"))
            Add(content, new JsonObject { ["type"] = "localAudio", ["path"] = audio.AsText() ?? audio.Text("path") });
        return new JsonObject
        {
            ["type"] = "userMessage",
            ["id"] = id,
            ["clientId"] = payload.Text("client_id"),
            ["content"] = content,
        };
    }

    public static JsonObject User(string id, JsonElement item)
    {
        var content = new JsonArray();
        foreach (var part in item.Array("content"))
            Add(content, UserPart(part));
        return new JsonObject
        {
            ["type"] = "userMessage",
            ["id"] = id,
            ["clientId"] = item.Text("client_id"),
            ["content"] = content,
        };
    }

    public static JsonObject Agent(string id, string text, JsonElement source) =>
        new()
        {
            ["type"] = "agentMessage",
            ["moderation"] = WireNames.CamelDeep(source.Member("moderation")),
            ["id"] = id,
            ["text"] = text,
            ["phase"] = source.Text("phase"),
            ["memoryCitation"] = MemoryCitation(source.Member("memory_citation")),
            ["delivery"] = WireNames.CamelDeep(source.Member("delivery")),
            ["questions"] = WireNames.CamelDeep(source.Member("questions")),
        };

    public static JsonObject Plan(string id, JsonElement item) =>
        new()
        {
            ["type"] = "plan",
            ["id"] = id,
            ["text"] = item.Text("text") ?? "",
        };

    public static JsonObject Reasoning(string id, JsonNode? summary, JsonNode? content) =>
        new()
        {
            ["type"] = "reasoning",
            ["id"] = id,
            ["summary"] = summary ?? new JsonArray(),
            ["content"] = content ?? new JsonArray(),
        };

    public static JsonObject Review(string type, string id, string text) =>
        new()
        {
            ["type"] = type,
            ["id"] = id,
            ["review"] = text,
        };

    public static JsonObject Mark(string type, string id) => new() { ["type"] = type, ["id"] = id };

    static JsonObject UserPart(JsonElement part)
    {
        switch (part.Text("type"))
        {
            case "text":
                return TextPart(part.Text("text") ?? "", part);
            case "image" when part.Text("image_url") is { } url:
                return new JsonObject
                {
                    ["type"] = "image",
                    ["url"] = url,
                    ["detail"] = part.Node("detail"),
                };
            case "local_image":
                return new JsonObject
                {
                    ["type"] = "localImage",
                    ["path"] = part.Text("path"),
                    ["detail"] = part.Node("detail"),
                };
            case "audio" when part.Text("audio_url") is { } url:
                return new JsonObject { ["type"] = "audio", ["url"] = url };
            default:
                return GenericItem.Part(part);
        }
    }

    static JsonObject TextPart(string text, JsonElement source) =>
        new()
        {
            ["type"] = "text",
            ["text"] = text,
            ["text_elements"] = new JsonArray([.. source.Array("text_elements").Select(TextElement)]),
        };

    static JsonNode TextElement(JsonElement element) =>
        new JsonObject { ["byteRange"] = element.Node("byte_range"), ["placeholder"] = element.Text("placeholder") };

    // The rollouts that a citation names are named by their threads.
    static JsonObject? MemoryCitation(JsonElement citation)
    {
        if (citation.ValueKind != JsonValueKind.Object)
            return null;
        var copy = (JsonObject)WireNames.CamelDeep(citation)!;
        if (copy.Remove("rolloutIds", out var threads))
            copy["threadIds"] = threads;
        return copy;
    }

    static void Add(JsonArray array, JsonObject part) => array.Add((JsonNode)part);
}
