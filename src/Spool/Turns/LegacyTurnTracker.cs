namespace Spool;

/// <summary>Follows the turns of a legacy log. A range reaches from the record that opens the turn to the last that adds to it while it is
/// the current one; whatever names the turn later is an outlying record.</summary>
/// <param name="lookup">The turns that earlier passes reported.</param>
/// <param name="lines">Reads lines once more, or null.</param>
sealed class LegacyTurnTracker(ITurnLookup lookup, ILogLines? lines) : TurnTracker, ILegacyTurns
{
    readonly TurnLedger _ledger = new(lookup);
    LegacyTimeline _timeline = new(lines);
    TurnRecord _current;
    bool _hasChanged;
    long? _lastStart; // of the turn that was closed last
    (long Ordinal, long Start, long End) _record;

    private protected override byte Mode => 1;

    private protected override void Follow(RolloutItem item, long start, long end, LinePart? part)
    {
        var e = _timeline.Read(item, end, part);
        if (e.Kind == LegacyEventKind.None)
            return;
        _record = (item.Ordinal, start, end);
        var step = _timeline.Take(e, this);
        if (step.Target == StepTarget.Current)
        {
            _current.End = end;
            _current.Items = _timeline.Count;
            _hasChanged = true;
        }
        else if (step.Target == StepTarget.Last)
        {
            if (_lastStart is { } turnStart)
                _ledger.AddOutlyingRecord(new OutlyingRecord(turnStart, start, end - start));
        }
        else if (step.Target == StepTarget.Closed && _ledger.TryFind(e.Turn, Limit, out var turn))
        {
            _ledger.AddOutlyingRecord(new OutlyingRecord(turn.Start, start, end - start));
            if (step.IsNew)
            {
                turn.Items++;
                _ledger.Put(turn);
            }
        }
        if (step.Ends)
            _timeline.Close(this);
    }

    public override TurnChanges TakeChanges()
    {
        if (!_timeline.IsOpen)
            return _ledger.Take();
        var changes = _ledger.Take();
        if (!_hasChanged)
            return changes;
        var current = _current.ToBoundary();
        _ledger.HasEarlier = _current.IsKnown = true;
        _hasChanged = false;
        return changes with { Count = changes.Count + 1, Upserted = changes.Upserted.Append(current) };
    }

    // Of the closed turns that the look-up knows, the current one is none, though it may know that as well.
    long Limit => _timeline.IsOpen ? _current.Start : long.MaxValue;

    void ILegacyTurns.Open(TurnKey id, bool isNamed, long firstNumber) =>
        _current = new TurnRecord
        {
            Key = id,
            Ordinal = _record.Ordinal,
            Start = _record.Start,
            End = _record.End,
            FirstNumber = (int)firstNumber,
        };

    void ILegacyTurns.Close()
    {
        if (_hasChanged)
            _ledger.Put(_current);
        _hasChanged = false;
        _lastStart = _current.Start;
    }

    bool ILegacyTurns.HasClosed(TurnKey id) => _ledger.TryFind(id, Limit, out _);

    long ILegacyTurns.RemoveNewest(long count)
    {
        var items = _ledger.RemoveNewest(count);
        _lastStart = _ledger.NewestStart();
        return items;
    }

    private protected override void Save(BinaryWriter state)
    {
        state.Write(_ledger.HasEarlier);
        state.Write(_lastStart ?? -1);
        _timeline.Save(state);
        if (_timeline.IsOpen)
            _current.Save(state);
    }

    private protected override void Restore(BinaryReader state)
    {
        _ledger.HasEarlier = state.ReadBoolean();
        _lastStart = state.ReadInt64() is var start and >= 0 ? start : null;
        _timeline = LegacyTimeline.Restore(state, lines);
        if (_timeline.IsOpen)
            _current = TurnRecord.Restore(state);
    }
}
