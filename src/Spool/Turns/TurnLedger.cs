namespace Spool;

/// <summary>The turns that changed in this pass, with those of earlier passes behind them.</summary>
sealed class TurnLedger(ITurnLookup lookup)
{
    const int RemoveBatch = 256;

    readonly Dictionary<long, TurnRecord> _touched = [];
    RecordTable _opened = new();
    List<OutlyingRecord> _outlyingRecords = [];
    long? _removedFrom;

    /// <summary>Whether earlier passes reported turns; while none did, no question leaves the ledger.</summary>
    public bool HasEarlier { get; set; }

    /// <summary>Adds a turn that this pass opened, or replaces one of an earlier pass.</summary>
    public void Put(in TurnRecord turn)
    {
        if (turn.IsKnown)
            _touched[turn.Start] = turn;
        else if (_opened.Find(turn.Key) is var index and >= 0 && _opened[index].Start == turn.Start)
        {
            ref var slot = ref _opened[index];
            var next = slot.Next;
            slot = turn;
            slot.Next = next;
        }
        else
            _opened.Add(turn);
    }

    /// <summary>Finds the newest turn with an id that begins before an offset. Turns that this pass opened all begin before it.</summary>
    public bool TryFind(TurnKey id, long before, out TurnRecord turn)
    {
        turn = default;
        if (_opened.Find(id) is var index and >= 0)
        {
            turn = _opened[index];
            return true;
        }
        if (!HasEarlier || lookup.Find(id.ToString(), Math.Min(before, _removedFrom ?? long.MaxValue)) is not { } earlier)
            return false;
        turn = _touched.TryGetValue(earlier.Start, out var touched) ? touched : TurnRecord.Of(earlier);
        return true;
    }

    /// <summary>Adds an outlying record, or makes the last one longer when it is the same.</summary>
    public void AddOutlyingRecord(in OutlyingRecord record)
    {
        if (
            _outlyingRecords.Count > 0
            && _outlyingRecords[^1].TurnStart == record.TurnStart
            && _outlyingRecords[^1].Offset == record.Offset
        )
            _outlyingRecords[^1] = record;
        else
            _outlyingRecords.Add(record);
    }

    /// <summary>Removes the newest turns and says how many items they counted.</summary>
    public long RemoveNewest(long count)
    {
        long items = 0;
        var cut = long.MaxValue;
        for (; count > 0 && _opened.Count > 0; count--)
        {
            var last = _opened.RemoveLast();
            items += last.Items;
            cut = last.Start;
        }
        while (count > 0 && HasEarlier)
        {
            var batch = lookup.FindNewest((int)Math.Min(count, RemoveBatch), _removedFrom ?? long.MaxValue);
            if (batch.Count == 0)
                break;
            foreach (var turn in batch)
            {
                items += _touched.Remove(turn.Start, out var touched) ? touched.Items : turn.ItemCount;
                cut = turn.Start;
            }
            _removedFrom = cut;
            count -= batch.Count;
        }
        if (cut < long.MaxValue)
            _outlyingRecords.RemoveAll(record => record.TurnStart >= cut);
        return items;
    }

    /// <summary>Gets where the newest turn that was not removed begins, or null when none is left. To be asked when no turn is
    /// open.</summary>
    public long? NewestStart() =>
        _opened.Count > 0 ? _opened[_opened.Count - 1].Start
        : HasEarlier && lookup.FindNewest(1, _removedFrom ?? long.MaxValue) is [var newest, ..] ? newest.Start
        : null;

    public TurnChanges Take()
    {
        var (opened, touched, outlyingRecords, removedFrom) = (_opened, _touched.Values.ToList(), _outlyingRecords, _removedFrom);
        HasEarlier |= opened.Count > 0;
        (_opened, _outlyingRecords, _removedFrom) = (new RecordTable(), [], null);
        _touched.Clear();
        return new TurnChanges(
            removedFrom,
            opened.Count + touched.Count,
            touched.Concat(opened.All()).Select(turn => turn.ToBoundary()),
            outlyingRecords
        );
    }
}
