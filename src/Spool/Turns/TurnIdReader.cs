using System.Text.Json;

namespace Spool;

/// <summary>Reads turn ids.</summary>
static class TurnIdReader
{
    /// <summary>Reads the value of the member that a reader is on; empty when it is no string.</summary>
    public static TurnKey Value(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.String)
            return default;
        if (!reader.ValueIsEscaped)
            return TurnKey.Of(reader.ValueSpan);
        var buffer = new byte[reader.ValueSpan.Length];
        return TurnKey.Of(buffer.AsSpan(0, reader.CopyString(buffer)));
    }
}
