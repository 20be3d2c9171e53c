using System.Text;
using System.Text.Json;

namespace Spool;

/// <summary>An item that is to be appended: its type and its payload. The store adds the time and, where the history mode has them, the
/// ordinal.</summary>
/// <param name="Type">The type in the envelope, such as <c>event_msg</c>: 1 to 64 characters of <c>a</c> to <c>z</c>, digits and
/// <c>_</c>.</param>
/// <param name="Payload">The payload: one JSON object without line breaks. It is stored byte for byte and must not change until the append
/// is done. That it is one object, and that its strings are text, is checked when it is appended, but not what its numbers and literals
/// are; <see cref="FromJson(string, ReadOnlySpan{byte})"/> checks it all.</param>
public sealed record NewItem(string Type, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Gets the metadata that goes beside the payload: one JSON value without line breaks, or empty for none.</summary>
    public ReadOnlyMemory<byte> Metadata { get; init; }

    /// <summary>Gets the time to record, or null for the time of the append, also when the item waits until it is stored. The first item of
    /// a thread has no append of its own: its time is that of the first one, or without any that of the call which stores the
    /// thread.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>Makes an item of any JSON object, pretty-printed or not.</summary>
    /// <param name="type">The type in the envelope.</param>
    /// <param name="json">The payload as UTF-8.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it is not one JSON object in
    /// UTF-8.</exception>
    public static NewItem FromJson(string type, ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, PayloadJson.ReaderOptions);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw NotAnObject();
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                    _ = reader.GetString(); // refuses text that is not UTF-8
            }
            return new NewItem(type, json.ContainsAny((byte)'\n', (byte)'\r') ? WithoutLineBreaks(json) : json.Trim(" \t"u8).ToArray());
        }
        catch (JsonException)
        {
            throw NotAnObject();
        }
        catch (InvalidOperationException)
        {
            throw ThreadStoreException.InvalidRequest("The strings of an item have to be text: UTF-8 without half a surrogate pair.");
        }
    }

    /// <summary>Makes an item of any JSON object, pretty-printed or not.</summary>
    /// <param name="type">The type in the envelope.</param>
    /// <param name="json">The payload.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it is not one JSON object.</exception>
    public static NewItem FromJson(string type, string json) => FromJson(type, Encoding.UTF8.GetBytes(json));

    /// <summary>Makes the item that has the same type, payload, metadata and time as a stored one, mended if need be.</summary>
    /// <param name="item">The stored item.</param>
    /// <returns>The new item, or null when the stored one is unreadable and so has no payload.</returns>
    public static NewItem? From(RolloutItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return item.Type is { } type && !item.Payload.IsEmpty
            ? new NewItem(type, item.Payload) { Metadata = item.Metadata, Timestamp = item.Timestamp }.Mended()
            : null;
    }

    /// <summary>Gives the item with text in place of what is none in its strings: halves of surrogate pairs and bytes that are not UTF-8
    /// become replacement characters, raw control characters become escapes.</summary>
    /// <returns>This item if nothing is to mend. An append refuses what is not mended.</returns>
    public NewItem Mended() => IsSound ? this : this with { Payload = JsonRepair.Mend(Payload), Metadata = JsonRepair.Mend(Metadata) };

    // Whether its strings are text.
    internal bool IsSound => JsonRepair.IsSound(Payload.Span) && JsonRepair.IsSound(Metadata.Span);

    // In JSON a line break is always between tokens, so a space does as well; everything else stays as it was.
    static byte[] WithoutLineBreaks(ReadOnlySpan<byte> json)
    {
        var line = json.Trim(" \t\r\n"u8).ToArray();
        line.AsSpan().Replace((byte)'\n', (byte)' ');
        line.AsSpan().Replace((byte)'\r', (byte)' ');
        return line;
    }

    static ThreadStoreException NotAnObject() =>
        ThreadStoreException.InvalidRequest("The payload of an item has to be one JSON object in UTF-8.");
}
