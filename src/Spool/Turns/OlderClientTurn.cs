namespace Spool;

/// <summary>Follows what clients append to a paginated log that do not know of ordinals: their messages and tool calls name no turn, and
/// belong to the one that such a client has open.</summary>
struct OlderClientTurn
{
    TurnKey _open;
    bool _isNamed;

    /// <summary>Says what the next record means for the turns.</summary>
    public PaginatedEvent Read(RolloutItem item)
    {
        var e = PaginatedEvent.Read(item);
        if (item.CarriedOrdinal is not null || e.Kind == PaginatedEventKind.Item)
            return e;
        if (e.Kind == PaginatedEventKind.Start)
            (_open, _isNamed) = (e.Turn, true);
        else if (e.Kind == PaginatedEventKind.End && e.Turn == _open)
            _open = default;
        if (e.Kind != PaginatedEventKind.None)
            return e;
        return ReadOlder(LegacyEventReader.Read(item), item.Ordinal);
    }

    public readonly void Save(BinaryWriter state)
    {
        state.Write(_open.ToString());
        state.Write(_isNamed);
    }

    public static OlderClientTurn Restore(BinaryReader state) =>
        new() { _open = TurnKey.Of(state.ReadString()), _isNamed = state.ReadBoolean() };

    PaginatedEvent ReadOlder(in LegacyEvent e, long ordinal)
    {
        switch (e.Kind)
        {
            case LegacyEventKind.Start:
                (_open, _isNamed) = (TurnKey.Unnamed(ordinal), true);
                return new PaginatedEvent(PaginatedEventKind.Start, _open);
            case LegacyEventKind.Complete or LegacyEventKind.Abort when !_open.IsEmpty:
                var ended = _open;
                _open = default;
                return new PaginatedEvent(PaginatedEventKind.End, ended);
            case LegacyEventKind.Error when !_open.IsEmpty:
                return new PaginatedEvent(PaginatedEventKind.OlderError, _open);
            case LegacyEventKind.UserMessage
            or LegacyEventKind.Message
            or LegacyEventKind.Reasoning
            or LegacyEventKind.HookPrompt
            or LegacyEventKind.TurnItem
            or LegacyEventKind.CurrentItem
            or LegacyEventKind.OpeningItem:
                // Nothing is left out because a client did not say that it starts a turn.
                if (_open.IsEmpty || !_isNamed && e.Kind == LegacyEventKind.UserMessage)
                    (_open, _isNamed) = (TurnKey.Unnamed(ordinal), false);
                return new PaginatedEvent(PaginatedEventKind.OlderItem, e.Turn.IsEmpty ? _open : e.Turn);
            default:
                return default;
        }
    }
}
