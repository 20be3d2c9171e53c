using System.Text;
using System.Text.Json;

namespace Spool.Server;

/// <summary>Maps items to Codex's wire and back: a line of a rollout without its time.</summary>
static class CodexItems
{
    /// <summary>How payloads are read: as deep as fits into a line that clients can read.</summary>
    public static readonly JsonReaderOptions PayloadOptions = new() { MaxDepth = RolloutLine.MaxDepth - 1 };

    // A Codex may send what it will not read again, as it would have written it into a rollout: that is stored as well, and left out of
    // what it is given back.
    static readonly JsonReaderOptions LineOptions = new() { MaxDepth = MaxDepth };

    const int MaxDepth = 1000;

    /// <summary>Reads items.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: one is malformed.</exception>
    public static IReadOnlyList<NewItem> Parse(IReadOnlyList<string> items)
    {
        var result = new NewItem[items.Count];
        for (var i = 0; i < result.Length; i++)
            result[i] = Parse(Encoding.UTF8.GetBytes(items[i]));
        return result;
    }

    /// <summary>Writes an item, if the client can read it.</summary>
    /// <param name="item">The stored item.</param>
    /// <param name="mode">Which items to write.</param>
    /// <returns>The text, or null. Clients refuse a whole history for one item that they do not know.</returns>
    public static string? Write(RolloutItem item, PersistenceMode mode)
    {
        if (
            item.Kind is RolloutItemKind.Unreadable or RolloutItemKind.Other
            || item.Length != item.Bytes.Length
            || !IsObject(item.Payload.Span)
        )
            return null;
        var type = item.Type!;
        if (PersistencePolicy.Apply(new NewItem(type, item.Payload), mode) is not { } kept)
            return null;
        return string.Concat("{\"type\":\"", type, "\",\"payload\":", Encoding.UTF8.GetString(kept.Payload.Span), "}");
    }

    static NewItem Parse(byte[] json)
    {
        string? type = null;
        Range? payload = null,
            metadata = null;
        var reader = new Utf8JsonReader(json, LineOptions);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw Malformed();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString();
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                var kind = reader.TokenType;
                if (name == "type" && kind == JsonTokenType.String)
                    type = reader.GetString();
                reader.Skip();
                if (name == "payload" && kind == JsonTokenType.StartObject)
                    payload = start..(int)reader.BytesConsumed;
                else if (name == "metadata" && kind != JsonTokenType.Null)
                    metadata = start..(int)reader.BytesConsumed;
            }
            reader.Read(); // refuses what stands behind the object
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Malformed();
        }
        if (type is null || payload is not { } body)
            throw Malformed();
        // In JSON a line break is always between tokens, so a space does as well.
        json.AsSpan().Replace((byte)'\n', (byte)' ');
        json.AsSpan().Replace((byte)'\r', (byte)' ');
        var item = new NewItem(type, json.AsMemory(body)) { Metadata = metadata is { } beside ? json.AsMemory(beside) : default }.Mended();
        RolloutLine.Check(item, long.MaxValue); // one malformed type must not fail the items beside it later, in the store
        return item;
    }

    static bool IsObject(ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload, PayloadOptions);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read()) { }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    static ThreadStoreException Malformed() =>
        ThreadStoreException.InvalidRequest(
            "An item has to be a JSON object with a type and a payload that is a JSON object, nested 1,000 levels at most."
        );
}
