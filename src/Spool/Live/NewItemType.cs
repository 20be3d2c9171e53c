using System.Text.Json;

namespace Spool;

/// <summary>Reads the types inside a payload that is about to be stored.</summary>
static class NewItemType
{
    /// <summary>Gives the member <c>type</c> of the payload, or null.</summary>
    public static string? Of(NewItem item) => Read(item, static (ref Utf8JsonReader reader) => StringMember(ref reader, "type"u8));

    /// <summary>Gives the type of the item that an <c>item_completed</c> event carries, or null.</summary>
    public static string? OfCompletedItem(NewItem item) =>
        Read(
            item,
            static (ref Utf8JsonReader reader) =>
                SkipTo(ref reader, "item"u8) && reader.TokenType == JsonTokenType.StartObject ? StringMember(ref reader, "type"u8) : null
        );

    delegate string? Question(ref Utf8JsonReader reader);

    static string? Read(NewItem item, Question question)
    {
        var reader = new Utf8JsonReader(item.Payload.Span, PayloadJson.ReaderOptions);
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? question(ref reader) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // not JSON, or a string that is not UTF-8
        }
    }

    static string? StringMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        SkipTo(ref reader, name) && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;

    // From the start of an object to the value of a member.
    static bool SkipTo(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isIt = reader.ValueTextEquals(name);
            reader.Read();
            if (isIt)
                return true;
            reader.Skip();
        }
        return false;
    }
}
