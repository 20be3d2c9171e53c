using System.Text.Json;

namespace Spool;

/// <summary>Checks a line to its last byte.</summary>
static class WholeItem
{
    /// <summary>Says whether a line that no line end follows is an item nevertheless.</summary>
    public static bool Is(RolloutItem item)
    {
        if (item.Kind == RolloutItemKind.Unreadable || item.Length > item.Bytes.Length)
            return false;
        try
        {
            var reader = new Utf8JsonReader(item.Bytes.Span);
            while (reader.Read())
            {
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
