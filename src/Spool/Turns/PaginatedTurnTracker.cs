namespace Spool;

/// <summary>Follows the turns of a paginated log. A range grows to the turn's next record when nothing of another turn lies between or the
/// gap is small; otherwise the record begins an outlying record, which grows in the same way.</summary>
sealed class PaginatedTurnTracker(ITurnLookup lookup) : TurnTracker
{
    /// <summary>The largest gap in bytes over which a range grows when records of other turns may lie in it.</summary>
    public const long MaxGap = 64 * 1024;

    readonly TurnLedger _ledger = new(lookup);
    TurnRecord _last;
    OutlyingRecord _lastOutlying;
    PaginatedTimeline _timeline = new();
    bool _hasLast,
        _isLastOutlying;

    private protected override byte Mode => 2;

    private protected override void Follow(RolloutItem item, long start, long end, LinePart? part)
    {
        var e = _timeline.Read(item);
        if (e.Kind == PaginatedEventKind.None)
            return;
        var isSame = _hasLast && _last.Key == e.Turn;
        TurnRecord turn;
        if (isSame)
            turn = _last;
        else if (!_ledger.TryFind(e.Turn, long.MaxValue, out turn))
            turn = new TurnRecord
            {
                Key = e.Turn,
                Ordinal = item.Ordinal,
                Start = start,
                End = end,
                FirstNumber = 1,
                Opening = TurnOpening.Item,
            };
        if (e.OpensTurn && turn.Opening == TurnOpening.Item)
        {
            turn.Ordinal = item.Ordinal;
            turn.Opening = TurnOpening.Record;
        }
        Place(ref turn, isSame, start, end);
        _ledger.Put(turn);
        (_last, _hasLast) = (turn, true);
    }

    public override TurnChanges TakeChanges()
    {
        _last.IsKnown = true;
        return _ledger.Take();
    }

    void Place(ref TurnRecord turn, bool isSame, long start, long end)
    {
        if (start - turn.End <= MaxGap || (isSame && !_isLastOutlying))
        {
            turn.End = Math.Max(turn.End, end);
            _isLastOutlying = false;
            return;
        }
        _lastOutlying = isSame
            ? _lastOutlying with
            {
                Length = end - _lastOutlying.Offset,
            }
            : new OutlyingRecord(turn.Start, start, end - start);
        _isLastOutlying = true;
        _ledger.AddOutlyingRecord(_lastOutlying);
    }

    private protected override void Save(BinaryWriter state)
    {
        state.Write(_ledger.HasEarlier);
        _timeline.Save(state);
        state.Write(_hasLast);
        if (!_hasLast)
            return;
        _last.Save(state);
        state.Write(_isLastOutlying);
        state.Write(_lastOutlying.TurnStart);
        state.Write(_lastOutlying.Offset);
        state.Write(_lastOutlying.Length);
    }

    private protected override void Restore(BinaryReader state)
    {
        _ledger.HasEarlier = state.ReadBoolean();
        _timeline = PaginatedTimeline.Restore(state);
        _hasLast = state.ReadBoolean();
        if (!_hasLast)
            return;
        _last = TurnRecord.Restore(state);
        _isLastOutlying = state.ReadBoolean();
        _lastOutlying = new OutlyingRecord(state.ReadInt64(), state.ReadInt64(), state.ReadInt64());
    }
}
