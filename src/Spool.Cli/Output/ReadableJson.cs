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
        var line = Write(value, indented: false);
        return line.Length <= LongestLine ? line : Write(value, indented: true);
    }

    /// <summary>Gives a value as text on one line. A string is the text itself.</summary>
    public static string Line(JsonNode? value) => ItemView.Text(value) ?? Write(value, indented: false);

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
        catch (Exception e) when (e is JsonException or ArgumentException) // half a character is no text that JSON could be
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

    static string Write(JsonNode? value, bool indented)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, JsonOutput.Options with { Indented = indented, NewLine = "\n" }))
            Write(writer, value);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    static void Write(Utf8JsonWriter writer, JsonNode? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case JsonObject members:
                writer.WriteStartObject();
                var hasMime = members.ContainsKey("mimeType") || members.ContainsKey("mime_type");
                foreach (var (name, member) in members)
                {
                    writer.WritePropertyName(name);
                    if (hasMime && name is "data" or "blob" && ItemView.Text(member) is { } data)
                        writer.WriteStringValue(Media.NameOfBase64("data", data));
                    else
                        Write(writer, member);
                }
                writer.WriteEndObject();
                break;
            case JsonArray elements:
                writer.WriteStartArray();
                foreach (var element in elements)
                    Write(writer, element);
                writer.WriteEndArray();
                break;
            default:
                if (ItemView.Text(value) is { } text && Media.DataSize(text) is not null)
                    writer.WriteStringValue(Media.Name("data", text));
                else
                    value.WriteTo(writer);
                break;
        }
    }
}
