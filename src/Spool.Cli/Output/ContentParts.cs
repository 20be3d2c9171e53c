using System.Text.Json.Nodes;

namespace Spool.Cli;

/// <summary>Reads the parts of a message or of what a tool gave back: texts, pictures, sounds, and anything else as JSON.</summary>
static class ContentParts
{
    const int LongestDocument = 64 * 1024; // UTF-16 units; a longer text is not read to see what it is

    /// <summary>Gives the parts of a user's message: texts are words, and texts that follow each other are one.</summary>
    public static IEnumerable<CardBlock> Words(JsonNode? content) =>
        from part in Join(content)
        select part.Block ?? new WordsBlock(part.Text);

    /// <summary>Gives the parts of what a tool gave back: texts are a program's, and texts that follow each other are one.</summary>
    /// <param name="content">An array of parts, or any other value.</param>
    /// <param name="label">What the texts are.</param>
    public static IEnumerable<CardBlock> Results(JsonNode? content, string label) =>
        Join(content).Select(part => part.Block ?? Code(label, part.Text));

    /// <summary>Gives a text, marked as JSON where it is an object or an array.</summary>
    public static CodeBlock Code(string label, string text) =>
        new(label, text, text.Length <= LongestDocument && ReadableJson.IsDocument(text) ? "json" : "text");

    static List<(string Text, CardBlock? Block)> Join(JsonNode? content)
    {
        var parts = new List<(string Text, CardBlock? Block)>();
        foreach (var part in Parts(content))
        {
            if (part.Block is null && string.IsNullOrWhiteSpace(part.Text))
                continue;
            if (part.Block is null && parts is [.., { Block: null } before])
                parts[^1] = ($"{before.Text}\n{part.Text}", null);
            else
                parts.Add(part);
        }
        return parts;
    }

    static IEnumerable<(string Text, CardBlock? Block)> Parts(JsonNode? content) =>
        content switch
        {
            JsonArray parts => parts.SelectMany(Part),
            null => [],
            _ => [(ReadableJson.Of(content), null)],
        };

    static IEnumerable<(string Text, CardBlock? Block)> Part(JsonNode? part)
    {
        if (part is not JsonObject json || ItemView.Text(json["type"]) is not { } type)
            return part is null ? [] : [(ReadableJson.Of(part), null)];
        var members = new ItemMembers(json);
        members.Skip("text_elements", "textElements", "annotations", "logprobs");
        List<(string Text, CardBlock? Block)> blocks = [];
        if (members.Text("text") is { } text)
            blocks.Add((text, null));
        if (!IsText(type))
            blocks.Add(("", Media(type, members, ItemView.Text(json["url"]))));
        if (members.Rest() is { } rest)
            blocks.Add((ReadableJson.Of(rest), null));
        return blocks;
    }

    static bool IsText(string type) => type is "text" or "inputText" or "input_text" or "outputText" or "output_text" or "summary_text";

    static MediaBlock Media(string type, ItemMembers members, string? url)
    {
        var kind =
            type.Contains("image", StringComparison.OrdinalIgnoreCase) ? "image"
            : type.Contains("audio", StringComparison.OrdinalIgnoreCase) ? "audio"
            : SafeText.OneLine(type, int.MaxValue);
        members.Skip("detail", "mimeType", "mime_type");
        if (members.Text("name") is { Length: > 0 } name)
            kind += " " + SafeText.OneLine(name, int.MaxValue);
        if (kind.StartsWith("image", StringComparison.Ordinal) | kind.StartsWith("audio", StringComparison.Ordinal))
        {
            if (members.Text("data") is { Length: > 0 } data)
                return new MediaBlock(Spool.Cli.Media.NameOfBase64(kind, data), StoredPicture.OfBase64(data));
        }
        var place = Place(members);
        // Of a file that a client sent the log has the path in one record and the picture in another.
        var picture = StoredPicture.OfAddress(url);
        if (picture is not null)
            members.Skip("url");
        return new MediaBlock(Spool.Cli.Media.Name(kind, place), picture ?? StoredPicture.OfAddress(place));
    }

    static string? Place(ItemMembers members)
    {
        foreach (
            var name in (ReadOnlySpan<string>)["path", "url", "imageUrl", "image_url", "audioUrl", "audio_url", "fileId", "file_id", "uri"]
        )
        {
            if (members.Text(name) is { Length: > 0 } place)
                return place;
            if (members.Members(name) is { } nested && ItemView.Text(nested["url"]) is { } inner)
                return inner;
        }
        return null;
    }
}
