using System.Text.Json;

namespace Spool;

/// <summary>What an item of a paginated log means for the turns.</summary>
enum PaginatedEventKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It starts a turn.</summary>
    Start,

    /// <summary>It ends a turn.</summary>
    End,

    /// <summary>It adds or replaces an item of a turn.</summary>
    Item,

    /// <summary>It adds or replaces an item, in the form of a legacy log.</summary>
    OlderItem,

    /// <summary>It fails a turn, in the form of a legacy log.</summary>
    OlderError,

    /// <summary>It is a call of a tool as the model gave it. It adds no item; a turn counts those that it does not show.</summary>
    Call,
}

/// <summary>What an item of a paginated log means for the turns.</summary>
/// <param name="Kind">The meaning.</param>
/// <param name="Turn">The turn.</param>
readonly record struct PaginatedEvent(PaginatedEventKind Kind, TurnKey Turn)
{
    /// <summary>Says whether the record is one of those that open a turn; an item waits until one of them comes.</summary>
    public bool OpensTurn => Kind is PaginatedEventKind.Start or PaginatedEventKind.End;

    public static PaginatedEvent Read(RolloutItem item)
    {
        if (item.Kind != RolloutItemKind.Event)
            return default;
        var kind =
            item.IsPayload("item_completed"u8) ? PaginatedEventKind.Item
            : item.IsPayload("task_started"u8) || item.IsPayload("turn_started"u8) ? PaginatedEventKind.Start
            : item.IsPayload("task_complete"u8) || item.IsPayload("turn_complete"u8) || item.IsPayload("turn_aborted"u8)
                ? PaginatedEventKind.End
            : PaginatedEventKind.None;
        if (kind == PaginatedEventKind.None)
            return default;
        try
        {
            var turn = TurnOf(item.Json.Span);
            return turn.IsEmpty ? default : new PaginatedEvent(kind, turn);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    // Reads to the end, so that a damaged payload is noticed here and not later.
    static TurnKey TurnOf(ReadOnlySpan<byte> payload)
    {
        TurnKey turn = default;
        var reader = new Utf8JsonReader(payload, PayloadJson.ReaderOptions);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("turn_id"u8))
                turn = TurnIdReader.Value(ref reader);
            else
                reader.Read();
            reader.Skip();
        }
        while (reader.Read()) { }
        return turn;
    }
}
