namespace Spool;

/// <summary>Says, item by item, what the records of a paginated history mean for the turns. Building turns and following their boundaries
/// both use it, so that they cannot disagree.</summary>
sealed class PaginatedTimeline
{
    OlderClientTurn _older;
    TurnKey _begun;
    long _firstOrdinal;

    /// <summary>How many logs that continue another one have begun.</summary>
    public int Segment { get; private set; }

    /// <summary>Says what the next record means for the turns.</summary>
    public PaginatedEvent Read(RolloutItem item)
    {
        if (item.Kind == RolloutItemKind.SessionMeta)
        {
            var start = SegmentStart.Read(item);
            _firstOrdinal = start.FirstOrdinal ?? _firstOrdinal;
            if (start.IsContinuation)
                (Segment, _begun) = (Segment + 1, default); // who follows this log alone knows no turn of the one before
            return default;
        }
        var e = _older.Read(item);
        if (item.Ordinal < _firstOrdinal)
            return default;
        // A call names no turn. It belongs to the one that began last; what came late of an older one says nothing about that.
        if (e.Kind is PaginatedEventKind.Start or PaginatedEventKind.OlderItem or PaginatedEventKind.OlderError)
            _begun = e.Turn;
        else if (e.Kind == PaginatedEventKind.None && !_begun.IsEmpty && ToolCallRecord.IsIn(item))
            return new PaginatedEvent(PaginatedEventKind.Call, _begun);
        return e;
    }

    public void Save(BinaryWriter state)
    {
        state.Write(_firstOrdinal);
        state.Write(_begun.ToString());
        _older.Save(state);
    }

    public static PaginatedTimeline Restore(BinaryReader state) =>
        new()
        {
            _firstOrdinal = state.ReadInt64(),
            _begun = TurnKey.Of(state.ReadString()),
            _older = OlderClientTurn.Restore(state),
        };
}
