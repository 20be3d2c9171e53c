namespace Spool;

/// <summary>Decides, item by item, to which turn of a legacy log an item belongs and what number it gets. Building turns and following
/// their boundaries both use it, so that they cannot disagree.</summary>
sealed class LegacyTimeline
{
    readonly ILogLines? _lines;
    HashSet<ulong> _items = [];
    TurnKey _current,
        _first;
    (RolloutItem Item, long End, int Place) _last;
    long _decoded; // how many lines that end at _counted or before Codex decodes
    long _counted;
    bool _hasBegun;
    bool _isOpen,
        _isNamed,
        _sawCompaction,
        _endsInReasoning;
    int _count;

    /// <summary>The number of the next message.</summary>
    public long NextNumber { get; private set; } = 1;

    /// <summary>How many items all turns have.</summary>
    public long Total { get; private set; }

    /// <summary>How many items the current turn has.</summary>
    public int Count => _count;

    public bool IsOpen => _isOpen;

    /// <summary>Begins at the first line of a log.</summary>
    /// <param name="lines">Reads lines once more, or null to look into every line as it comes.</param>
    public LegacyTimeline(ILogLines? lines) => _lines = lines;

    /// <summary>Begins at the first line of a turn.</summary>
    /// <param name="nextNumber">The number of its first message.</param>
    /// <param name="first">Its id, which cannot be counted from its lines alone.</param>
    public LegacyTimeline(long nextNumber, TurnKey first) => (_lines, NextNumber, _first) = (NoLines.Instance, nextNumber, first);

    /// <summary>Reads what the next line means. Lines that mean nothing have to be shown as well.</summary>
    /// <param name="item">The line.</param>
    /// <param name="end">Where it ends in the log, which matters only where lines can be read once more.</param>
    /// <param name="part">Which part of a damaged line it is, or null when it is a whole line. A part of a line may read as something else
    /// by itself, so its records are counted as they come.</param>
    /// <remarks>
    /// A turn that the log does not name is called after the lines before it that Codex decodes, and to find out which those are takes a
    /// whole read of each. Most logs name all their turns, so the lines are counted only when a turn without a name is opened: those behind
    /// the turn that was counted for before.
    /// </remarks>
    public LegacyEvent Read(RolloutItem item, long end = 0, LinePart? part = null)
    {
        if (part is { } line)
            CountTo(line.LineStart);
        if (_lines is null || !_hasBegun || part is not null)
        {
            // Codex shows nothing of a log without a first line that it decodes; there that one counts.
            _decoded += IsDecoded(item) || (!_hasBegun && item.Kind == RolloutItemKind.SessionMeta) ? 1 : 0;
            _counted = part?.LineEnd ?? end;
        }
        _hasBegun = true;
        _last = (item, end, part?.Place ?? 0);
        return LegacyEventReader.Read(item);
    }

    /// <summary>Takes the event that was read last. The caller applies the step to the turn it is for and then, if the step ends it, calls
    /// <see cref="Close"/>.</summary>
    public LegacyStep Take(in LegacyEvent e, ILegacyTurns turns)
    {
        switch (e.Kind)
        {
            case LegacyEventKind.Start:
                Close(turns);
                Open(e.Turn, isNamed: true, turns);
                return new LegacyStep(StepTarget.Current);
            case LegacyEventKind.UserMessage:
                if (_isOpen && !_isNamed && !(_sawCompaction && _count == 0))
                    Close(turns);
                return Append(turns, isNumbered: true);
            case LegacyEventKind.Message:
                return Append(turns, isNumbered: true);
            case LegacyEventKind.HookPrompt:
                return Append(turns, isNumbered: false);
            case LegacyEventKind.Reasoning:
                if (_isOpen && _endsInReasoning)
                    return new LegacyStep(StepTarget.Current);
                var step = Append(turns, isNumbered: true);
                _endsInReasoning = true;
                return step;
            case LegacyEventKind.Compacted:
                EnsureOpen(turns);
                _sawCompaction = true;
                return new LegacyStep(StepTarget.Current);
            case LegacyEventKind.OpeningItem when !(_isOpen && e.Turn == _current) && !turns.HasClosed(e.Turn):
                Close(turns);
                Open(e.Turn, isNamed: false, turns);
                return AddOrReplace(e.Item);
            case LegacyEventKind.TurnItem or LegacyEventKind.OpeningItem when !e.Turn.IsEmpty && !(_isOpen && e.Turn == _current):
                if (!turns.HasClosed(e.Turn))
                    return default;
                // Whether a late item is new or replaces an older one would take all ids of all turns to know; it counts as new.
                Total++;
                return new LegacyStep(StepTarget.Closed, IsNew: true);
            case LegacyEventKind.TurnItem or LegacyEventKind.OpeningItem or LegacyEventKind.CurrentItem:
                EnsureOpen(turns);
                return AddOrReplace(e.Item);
            case LegacyEventKind.Call:
                return new LegacyStep(_isOpen ? StepTarget.Current : StepTarget.Last);
            case LegacyEventKind.Error:
                return _isOpen ? new LegacyStep(StepTarget.Current) : default;
            case LegacyEventKind.Abort or LegacyEventKind.Complete:
                if (_isOpen && e.Turn == _current)
                    return new LegacyStep(StepTarget.Current, Ends: true);
                if (!e.Turn.IsEmpty && turns.HasClosed(e.Turn))
                    return new LegacyStep(StepTarget.Closed);
                // The end of an unknown turn ends the current one; its interruption says nothing.
                return _isOpen && (e.Turn.IsEmpty || e.Kind == LegacyEventKind.Complete)
                    ? new LegacyStep(StepTarget.Current, Ends: true)
                    : default;
            case LegacyEventKind.Rollback:
                Close(turns);
                Total -= turns.RemoveNewest(e.Count);
                NextNumber = Total + 1;
                return default;
            default:
                return default;
        }
    }

    /// <summary>Closes the current turn, if there is one. A turn is opened only by what it keeps, so none is ever empty.</summary>
    public void Close(ILegacyTurns turns)
    {
        if (!_isOpen)
            return;
        _isOpen = false;
        turns.Close();
    }

    public void Save(BinaryWriter state)
    {
        state.Write(_decoded);
        state.Write(_counted);
        state.Write(_hasBegun);
        state.Write(NextNumber);
        state.Write(Total);
        state.Write(_isOpen);
        if (!_isOpen)
            return;
        state.Write(_current.ToString());
        state.Write(_isNamed);
        state.Write(_sawCompaction);
        state.Write(_endsInReasoning);
        state.Write(_count);
        state.Write(_items.Count);
        foreach (var item in _items)
            state.Write(item);
    }

    public static LegacyTimeline Restore(BinaryReader state, ILogLines? lines)
    {
        var timeline = new LegacyTimeline(lines)
        {
            _decoded = state.ReadInt64(),
            _counted = state.ReadInt64(),
            _hasBegun = state.ReadBoolean(),
            NextNumber = state.ReadInt64(),
            Total = state.ReadInt64(),
            _isOpen = state.ReadBoolean(),
        };
        if (!timeline._isOpen)
            return timeline;
        timeline._current = TurnKey.Of(state.ReadString());
        timeline._isNamed = state.ReadBoolean();
        timeline._sawCompaction = state.ReadBoolean();
        timeline._endsInReasoning = state.ReadBoolean();
        timeline._count = state.ReadInt32();
        for (var left = state.ReadInt32(); left > 0; left--)
            timeline._items.Add(state.ReadUInt64());
        return timeline;
    }

    LegacyStep Append(ILegacyTurns turns, bool isNumbered)
    {
        EnsureOpen(turns);
        CountItem();
        return new LegacyStep(StepTarget.Current, IsNew: true, Number: isNumbered ? NextNumber++ : 0);
    }

    LegacyStep AddOrReplace(ulong item)
    {
        var isNew = _items.Add(item);
        if (isNew)
            CountItem();
        return new LegacyStep(StepTarget.Current, IsNew: isNew);
    }

    void CountItem()
    {
        _count++;
        Total++;
        _endsInReasoning = false;
    }

    void EnsureOpen(ILegacyTurns turns)
    {
        if (_isOpen)
            return;
        Open(_first.IsEmpty ? UnnamedTurn() : _first, isNamed: false, turns);
    }

    // What Codex passes over opens no turn there; here it may, and then the turn needs another name than the one that the next line gives.
    TurnKey UnnamedTurn()
    {
        CountTo(_last.End);
        return IsDecoded(_last.Item)
            ? TurnKey.Unnamed(_decoded - 1)
            : TurnKey.Of(_last.Place == 0 ? $"line-{_last.Item.Ordinal}" : $"line-{_last.Item.Ordinal}-{_last.Place + 1}");
    }

    void CountTo(long end)
    {
        if (_lines is null || _counted >= end)
            return;
        foreach (var item in _lines.Read(_counted, end))
            _decoded +=
                item.Kind == RolloutItemKind.Unreadable ? item.Recovered.Count(record => IsDecoded(record.Item))
                : IsDecoded(item) ? 1
                : 0;
        _counted = end;
    }

    // Of a log without envelopes Codex decodes nothing; there all lines count.
    static bool IsDecoded(RolloutItem item) => item.IsBare || CodexRecords.Decodes(item);

    void Open(TurnKey id, bool isNamed, ILegacyTurns turns)
    {
        _first = default;
        (_current, _isOpen, _isNamed, _sawCompaction, _endsInReasoning, _count) = (id, true, isNamed, false, false, 0);
        if (_items.Count > 0)
            _items = [];
        turns.Open(id, isNamed, NextNumber);
    }
}

/// <summary>Which turn a step is for.</summary>
enum StepTarget
{
    /// <summary>None.</summary>
    None,

    /// <summary>The current one.</summary>
    Current,

    /// <summary>The closed one that the event names.</summary>
    Closed,

    /// <summary>The newest closed one that was not taken back.</summary>
    Last,
}

/// <summary>What to do with an event.</summary>
/// <param name="Target">The turn it is for.</param>
/// <param name="IsNew">Whether it adds an item.</param>
/// <param name="Number">The number of the item, or 0 when it gets none.</param>
/// <param name="Ends">Whether it ends the current turn.</param>
readonly record struct LegacyStep(StepTarget Target, bool IsNew = false, long Number = 0, bool Ends = false);

/// <summary>The turns that a timeline moves on.</summary>
interface ILegacyTurns
{
    /// <summary>Opens a turn as the current one.</summary>
    void Open(TurnKey id, bool isNamed, long firstNumber);

    /// <summary>Makes the current turn a closed one.</summary>
    void Close();

    /// <summary>Says whether there is a closed turn with this id.</summary>
    bool HasClosed(TurnKey id);

    /// <summary>Removes the newest closed turns and says how many items they counted.</summary>
    long RemoveNewest(long count);
}
