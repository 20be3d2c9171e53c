using System.Text.Json;

namespace Spool;

/// <summary>Finds the member <c>metadata</c> of a line, which few lines have.</summary>
static class ItemMetadata
{
    /// <summary>Gives the value of the member, or empty.</summary>
    /// <param name="line">A whole line that is an item.</param>
    /// <param name="payload">Where its payload is.</param>
    public static ReadOnlyMemory<byte> After(ReadOnlyMemory<byte> line, Range payload)
    {
        // Nothing but the closing brace behind the payload, and only the usual members before it: the form of nearly every line.
        if (line.Span[payload.End..].Trim(" \r\t"u8).SequenceEqual("}"u8) && line.Span[..payload.Start.Value].IndexOf("\"metadata\""u8) < 0)
            return default;
        var reader = new Utf8JsonReader(line.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMetadata = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isMetadata)
                return line[start..(int)reader.BytesConsumed];
        }
        return default;
    }
}
