using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Spool;

/// <summary>Parses payloads on demand.</summary>
static class ItemPayloads
{
    /// <summary>Gives the typed view of an item's payload, or null when the payload does not have that shape.</summary>
    public static T? Read<T>(RolloutItem item, JsonTypeInfo<T> type)
        where T : class => item.Payload.IsEmpty ? null : Read(item.Json, type);

    /// <summary>Gives the typed view of a payload, or null when it does not have that shape.</summary>
    public static T? Read<T>(ReadOnlyMemory<byte> json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return json.IsEmpty ? null : JsonSerializer.Deserialize(json.Span, type);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Reads a time in any of the forms that logs use.</summary>
    public static DateTimeOffset? ParseTime(string text) => ItemEnvelope.ParseTimestamp(Encoding.UTF8.GetBytes(text));
}
