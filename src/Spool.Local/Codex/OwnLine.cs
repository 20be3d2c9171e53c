using System.Text.Json;

namespace Spool;

/// <summary>Tells the lines of a thread in a list of Codex, of which each is one JSON object with the id of its thread, from lines that
/// hold something else too.</summary>
static class OwnLine
{
    static ReadOnlySpan<byte> Mark => "\ufeff"u8;

    /// <summary>Says whether a line is one object of a thread, whole or cut at its end, and nothing else but a byte order mark, or zeros
    /// that a crash left. Of a line above the limit of its reader it is not known.</summary>
    /// <param name="line">The line.</param>
    /// <param name="threadId">The thread.</param>
    /// <param name="members">The members that may have the id. Each that is there has to name this thread.</param>
    public static bool IsOf(LogLine line, ThreadId threadId, params string[] members)
    {
        if (line.IsBlank || line.Length > line.Bytes.Length)
            return false;
        var reader = ReaderOf(line);
        var isOf = false;
        try
        {
            // What follows the object, or stands in the text of one that was cut, is no JSON here.
            while (reader.Read())
            {
                if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName || !IsAny(ref reader, members))
                    continue;
                if (
                    !reader.Read()
                    || reader.TokenType != JsonTokenType.String
                    || !ThreadId.TryParse(reader.GetString(), out var id)
                    || id != threadId
                )
                    return false;
                isOf = true;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
        return isOf;
    }

    /// <summary>Says whether a line is the beginning of an object that has other members, or one of them in part, and none yet that has the
    /// id.</summary>
    /// <param name="line">The line.</param>
    /// <param name="members">The members that may have the id.</param>
    public static bool IsCutBefore(LogLine line, params string[] members)
    {
        if (line.IsBlank || line.Length > line.Bytes.Length)
            return false;
        var reader = ReaderOf(line);
        var hasOthers = false;
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName)
                    continue;
                if (!IsAny(ref reader, members))
                    hasOthers = true;
                else if (reader.Read())
                    return false;
            }
            return hasOthers && reader.CurrentDepth > 0;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    static Utf8JsonReader ReaderOf(LogLine line)
    {
        var text = line.Bytes.Span.Trim((byte)0);
        return new Utf8JsonReader(
            text.StartsWith(Mark) ? text[Mark.Length..] : text,
            isFinalBlock: false,
            new JsonReaderState(new JsonReaderOptions { MaxDepth = RolloutLine.MaxDepth })
        );
    }

    static bool IsAny(scoped ref Utf8JsonReader reader, scoped ReadOnlySpan<string> members)
    {
        foreach (var member in members)
        {
            if (reader.ValueTextEquals(member))
                return true;
        }
        return false;
    }
}
