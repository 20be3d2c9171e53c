using System.Text.Json;

namespace Spool;

/// <summary>Tells the lines of a thread in a list of Codex, of which each is one JSON object with the id of its thread, from lines that hold something else too.</summary>
static class OwnLine
{
    /// <summary>Says whether a line is one object of a thread, whole or cut at its end, and nothing else. Of a line above the limit of its reader nobody knows.</summary>
    /// <param name="line">The line.</param>
    /// <param name="member">The member that has the id.</param>
    /// <param name="thread">The thread.</param>
    public static bool IsOf(LogLine line, ReadOnlySpan<byte> member, ThreadId thread)
    {
        if (line.IsBlank || line.Length > line.Bytes.Length)
            return false;
        var reader = new Utf8JsonReader(line.Bytes.Span, isFinalBlock: false, default);
        string? id = null;
        try
        {
            // What follows the object, or stands in the text of one that was cut, is no JSON here.
            while (reader.Read())
            {
                if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(member))
                {
                    if (id is not null || !reader.Read() || reader.TokenType != JsonTokenType.String)
                        return false;
                    id = reader.GetString();
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
        return ThreadId.TryParse(id, out var found) && found == thread;
    }
}
