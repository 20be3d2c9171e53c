using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Spool.Cli;

/// <summary>The JSON of a stored item: what its envelope says, and the line itself.</summary>
static class ItemJson
{
    public static void Write(Utf8JsonWriter writer, RolloutItem item)
    {
        writer.WriteStartObject();
        writer.WriteNumber("ordinal"u8, item.Ordinal);
        writer.WriteString("timestamp"u8, item.Timestamp is { } time ? Times.Rfc3339(time) : null);
        writer.WriteString("type"u8, item.Type);
        writer.WriteString("payloadType"u8, item.PayloadType);
        writer.WriteNumber("length"u8, item.Length);
        writer.WritePropertyName("line"u8);
        var line = item.Bytes.Span;
        if (item.Length == line.Length && IsJson(line))
            writer.WriteRawValue(line, skipInputValidation: true);
        else
            writer.WriteStringValue(Encoding.UTF8.GetString(line));
        writer.WriteEndObject();
    }

    static bool IsJson(ReadOnlySpan<byte> line)
    {
        if (!Utf8.IsValid(line))
            return false;
        var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 1000 });
        try
        {
            var any = false;
            while (reader.Read())
                any = true;
            return any;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
