using System.Text.Json;

namespace Spool;

/// <summary>The members of a legacy event's payload that decide which turn and item it belongs to.</summary>
ref struct LegacyMembers
{
    public TurnKey Turn;
    public ulong? CallId,
        Id,
        ItemId,
        TargetId;
    public ulong PlanId;
    public long Count;
    public bool HasMessage,
        HasText,
        LeavesTurnAlone,
        IsPlan,
        IsGuardedCommand;
    bool _isGuarded,
        _isCommand;

    /// <summary>Reads the whole payload, so that a damaged one is noticed here and not later.</summary>
    /// <exception cref="JsonException">The payload is not an object in JSON.</exception>
    public static LegacyMembers Read(ReadOnlySpan<byte> payload)
    {
        var members = default(LegacyMembers);
        var reader = new Utf8JsonReader(payload, PayloadJson.ReaderOptions);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            members.Take(ref reader);
        while (reader.Read()) { }
        members.IsGuardedCommand = members._isGuarded && members._isCommand;
        return members;
    }

    void Take(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("turn_id"u8) || reader.ValueTextEquals("turnId"u8))
            Turn = TurnIdReader.Value(ref reader);
        else if (reader.ValueTextEquals("call_id"u8) || reader.ValueTextEquals("callId"u8) || reader.ValueTextEquals("event_id"u8))
            CallId = Hash(ref reader);
        else if (reader.ValueTextEquals("id"u8))
            Id = Hash(ref reader);
        else if (reader.ValueTextEquals("item_id"u8))
            ItemId = Hash(ref reader);
        else if (reader.ValueTextEquals("target_item_id"u8))
            TargetId = Hash(ref reader);
        else if (reader.ValueTextEquals("message"u8))
            HasMessage = IsText(ref reader);
        else if (reader.ValueTextEquals("text"u8))
            HasText = IsText(ref reader);
        else if (reader.ValueTextEquals("num_turns"u8))
            Count = reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var count) ? Math.Max(0, count) : 0;
        else if (reader.ValueTextEquals("codex_error_info"u8))
            LeavesTurnAlone = IsHarmless(ref reader);
        else if (reader.ValueTextEquals("status"u8))
            _isGuarded =
                reader.Read()
                && reader.TokenType == JsonTokenType.String
                && (
                    reader.ValueTextEquals("in_progress"u8)
                    || reader.ValueTextEquals("denied"u8)
                    || reader.ValueTextEquals("aborted"u8)
                    || reader.ValueTextEquals("timed_out"u8)
                );
        else if (reader.ValueTextEquals("action"u8))
            TakeObject(ref reader, isItem: false);
        else if (reader.ValueTextEquals("item"u8))
            TakeObject(ref reader, isItem: true);
        else
            reader.Read();
        reader.Skip();
    }

    // Leaves the reader on the end of the object.
    void TakeObject(ref Utf8JsonReader reader, bool isItem)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return;
        bool isPlan = false,
            hasText = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                if (reader.Read() && reader.TokenType == JsonTokenType.String)
                {
                    isPlan = reader.ValueTextEquals("Plan"u8) || reader.ValueTextEquals("plan"u8);
                    _isCommand = !isItem && (reader.ValueTextEquals("command"u8) || reader.ValueTextEquals("execve"u8));
                }
            }
            else if (isItem && reader.ValueTextEquals("id"u8))
                PlanId = Hash(ref reader) ?? 0;
            else if (reader.ValueTextEquals("text"u8))
                hasText = IsText(ref reader);
            else
                reader.Read();
            reader.Skip();
        }
        if (isItem)
            IsPlan = isPlan && hasText;
    }

    // Errors about a request that was refused say nothing about the turn that goes on meanwhile.
    static bool IsHarmless(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
            return false;
        if (reader.TokenType == JsonTokenType.String)
            return IsHarmlessCode(reader);
        if (reader.TokenType != JsonTokenType.StartObject)
            return false;
        var harmless = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            harmless |= IsHarmlessCode(reader);
            reader.Read();
            reader.Skip();
        }
        return harmless;
    }

    static bool IsHarmlessCode(in Utf8JsonReader reader) =>
        reader.ValueTextEquals("thread_rollback_failed"u8) || reader.ValueTextEquals("active_turn_not_steerable"u8);

    static ulong? Hash(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.String ? ItemHash.Of(reader) : null;

    static bool IsText(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length > 0;
}
