using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spool.Cli;

/// <summary>Writes JSON so that a person can read it: short values on one line, larger ones indented, and of pictures and sounds only what
/// they are.</summary>
static class ReadableJson
{
    const int LongestLine = 100;

    /// <summary>Gives a value as text. A string is the text itself.</summary>
    public static string Of(JsonNode? value)
    {
        if (ItemView.Text(value) is { } text)
            return Media.DataSize(text) is null ? text : Media.Name("data", text);
        var plain = WithoutMedia(value);
        var line = Write(plain, indented: false);
        return line.Length <= LongestLine ? line : Write(plain, indented: true);
    }

    /// <summary>Says whether a text is an object or an array of JSON, whole.</summary>
    public static bool IsDocument(string text)
    {
        if (text.AsSpan().TrimStart() is not ['{' or '[', ..])
            return false;
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Gives what a tool gave back: of the parts that name their type the texts, and of pictures and the like what they are;
    /// anything else as JSON.</summary>
    public static string OfContent(JsonNode? content) =>
        content is JsonArray parts ? string.Join('\n', parts.Select(OfPart))
        : content is null ? ""
        : Of(content);

    static string OfPart(JsonNode? part)
    {
        if (part is not JsonObject members || ItemView.Text(members["type"]) is not { } type)
            return Of(part);
        if (ItemView.Text(members["text"]) is { } text)
            return text;
        if (type is not ("image" or "inputImage" or "audio" or "inputAudio"))
            return Of(part);
        var kind = type.EndsWith("udio", StringComparison.Ordinal) ? "audio" : "image";
        return ItemView.Text(members["data"]) is { } data ? $"[{Media.NameOfBase64(kind, data)}]"
            : ItemView.Text(members["imageUrl"] ?? members["image_url"] ?? members["url"] ?? members["audioUrl"]) is { } place
                ? $"[{Media.Name(kind, place)}]"
            : Of(part);
    }

    static JsonNode? WithoutMedia(JsonNode? value)
    {
        switch (value)
        {
            case JsonObject members:
                var copy = new JsonObject();
                var hasMime = members.ContainsKey("mimeType") || members.ContainsKey("mime_type");
                foreach (var (name, member) in members)
                    copy[name] =
                        hasMime && name is "data" or "blob" && ItemView.Text(member) is { } data
                            ? JsonValue.Create(Media.NameOfBase64("data", data))
                            : WithoutMedia(member);
                return copy;
            case JsonArray elements:
                return new JsonArray([.. elements.Select(WithoutMedia)]);
            default:
                return ItemView.Text(value) is { } text && Media.DataSize(text) is not null
                    ? JsonValue.Create(Media.Name("data", text))
                    : value?.DeepClone();
        }
    }

    static string Write(JsonNode? value, bool indented)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, JsonOutput.Options with { Indented = indented, NewLine = "\n" }))
        {
            if (value is null)
                writer.WriteNullValue();
            else
                value.WriteTo(writer);
        }
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
