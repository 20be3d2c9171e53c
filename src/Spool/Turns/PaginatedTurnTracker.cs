namespace Spool;

/// <summary>Follows the turns of a paginated log. A range grows to the turn's next record when nothing of another turn lies between or the gap is small; otherwise
/// the record begins a stray, which grows in the same way.</summary>
sealed class PaginatedTurnTracker(ITurnLookup lookup) : TurnTracker
{
    /// <summary>The largest gap in bytes over which a range grows when records of other turns may lie in it.</summary>
    public const long MaxGap = 64 * 1024;

    readonly TurnLedger _ledger = new(lookup);
    TurnRecord _last;
    TurnStray _lastStray;
    PaginatedTimeline _timeline = new();
    bool _hasLast, _lastIsStray;

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
            turn = new TurnRecord { Key = e.Turn, Ordinal = item.Ordinal, Start = start, End = end, FirstNumber = 1, Opening = TurnOpening.Item };
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
        if (start - turn.End <= MaxGap || (isSame && !_lastIsStray))
        {
            turn.End = Math.Max(turn.End, end);
            _lastIsStray = false;
            return;
        }
        _lastStray = isSame ? _lastStray with { Length = end - _lastStray.Offset } : new TurnStray(turn.Start, start, end - start);
        _lastIsStray = true;
        _ledger.AddStray(_lastStray);
    }

    private protected override void Save(BinaryWriter state)
    {
        state.Write(_ledger.HasEarlier);
        _timeline.Save(state);
        state.Write(_hasLast);
        if (!_hasLast)
            return;
        _last.Save(state);
        state.Write(_lastIsStray);
        state.Write(_lastStray.TurnStart);
        state.Write(_lastStray.Offset);
        state.Write(_lastStray.Length);
    }

    private protected override void Restore(BinaryReader state)
    {
        _ledger.HasEarlier = state.ReadBoolean();
        _timeline = PaginatedTimeline.Restore(state);
        _hasLast = state.ReadBoolean();
        if (!_hasLast)
            return;
        _last = TurnRecord.Restore(state);
        _lastIsStray = state.ReadBoolean();
        _lastStray = new TurnStray(state.ReadInt64(), state.ReadInt64(), state.ReadInt64());
    }
}
