using System.Text.Json;

namespace Spool;

/// <summary>Finds what the model gave as a call of a tool: a response item whose type ends in <c>_call</c>, such as <c>function_call</c>,
/// <c>custom_tool_call</c>, <c>local_shell_call</c>, <c>web_search_call</c>, <c>tool_search_call</c> and
/// <c>image_generation_call</c>.</summary>
static class ToolCallRecord
{
    /// <summary>Says whether an item is one. It costs a look at the item's type.</summary>
    public static bool IsIn(RolloutItem item) => item.Kind == RolloutItemKind.ResponseItem && item.PayloadTypeBytes.EndsWith("_call"u8);

    /// <summary>Gives the hash of the id that the call shares with the item that shows it, or null when the record names none, as web
    /// searches often do not.</summary>
    public static ulong? IdOf(RolloutItem item)
    {
        ulong? own = null;
        try
        {
            var reader = new Utf8JsonReader(item.Json.Span, PayloadJson.ReaderOptions);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isCall, isOwn) = (reader.ValueTextEquals("call_id"u8), reader.ValueTextEquals("id"u8));
                reader.Read();
                if ((isCall || isOwn) && reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty)
                {
                    if (isCall)
                        return ItemHash.Of(reader);
                    own = ItemHash.Of(reader);
                }
                reader.Skip();
            }
            return own;
        }
        catch (JsonException)
        {
            return own; // what comes behind the damage is not known
        }
    }
}
