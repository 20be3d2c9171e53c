using System.Text.Json;

namespace Spool;

/// <summary>Builds the turns of a legacy log: all of them, or one from its range and outlying records.</summary>
sealed class LegacyTurnBuilder : TurnBuilder, ILegacyTurns
{
    readonly LegacyTimeline _timeline;
    readonly TurnBoundary? _only;
    readonly ITurnLookup? _others;
    readonly List<TurnDraft> _closed = [];
    readonly Dictionary<TurnKey, TurnDraft> _byId = [];
    TurnDraft? _current,
        _last;
    long _ordinal;

    public LegacyTurnBuilder() => _timeline = new LegacyTimeline(lines: null);

    public LegacyTurnBuilder(TurnBoundary only, ITurnLookup others)
    {
        _timeline = new LegacyTimeline(only.FirstItemNumber, TurnKey.Of(only.TurnId));
        _only = only;
        _others = others;
    }

    private protected override TurnDraft? Draft => _closed.Count > 0 ? _closed[0] : _current;

    private protected override bool AddRecord(RolloutItem item, LinePart? part)
    {
        var e = _timeline.Read(item, part: part);
        if (e.Kind == LegacyEventKind.None)
            return false;
        _ordinal = item.Ordinal;
        var step = _timeline.Take(e, this);
        var target = step.Target switch
        {
            StepTarget.Current => _current,
            StepTarget.Closed => _byId.GetValueOrDefault(e.Turn),
            StepTarget.Last => _last,
            _ => null,
        };
        if (target is not null)
        {
            Apply(target, item, e, step);
            if (
                e.Kind
                is not (
                    LegacyEventKind.Call
                    or LegacyEventKind.Compacted
                    or LegacyEventKind.Start
                    or LegacyEventKind.Complete
                    or LegacyEventKind.Abort
                )
            )
                BytesShown += item.Length;
        }
        if (step.Ends)
            _timeline.Close(this);
        return e.Kind switch
        {
            LegacyEventKind.Call or LegacyEventKind.Compacted => false,
            LegacyEventKind.TurnItem or LegacyEventKind.OpeningItem => step.Target != StepTarget.None, // else of a turn that there is not
            _ => true,
        };
    }

    public override IReadOnlyList<Turn> Build()
    {
        _timeline.Close(this);
        if (_only is { } only)
            return [.. _closed.Take(1).Where(turn => turn.Ordinal == only.Ordinal).Select(turn => turn.ToTurn(Details))];
        // As they are listed. It is the order in which they were opened, unless damage gave the line that opens one the ordinal of another.
        return [.. _closed.OrderBy(turn => turn.Ordinal).Select(turn => turn.ToTurn())];
    }

    void ILegacyTurns.Open(TurnKey id, bool isNamed, long firstNumber)
    {
        _current =
            _only is { } only && _closed.Count == 0
                ? new TurnDraft(TurnKey.Of(only.TurnId), only.Ordinal) { Repeats = Details }
                : new TurnDraft(id, _ordinal);
        if (!isNamed)
            _current.Status = TurnStatus.Completed;
    }

    void ILegacyTurns.Close()
    {
        _current!.CountedItems += _timeline.Count;
        _closed.Add(_current);
        _byId[_current.Key] = _current;
        (_last, _current) = (_current, null);
    }

    bool ILegacyTurns.HasClosed(TurnKey id) =>
        _byId.ContainsKey(id) || (_only is { } only && _others!.Find(id.ToString(), only.Start) is not null);

    long ILegacyTurns.RemoveNewest(long count)
    {
        var kept = (int)Math.Max(0, _closed.Count - count);
        var items = _closed.Skip(kept).Sum(turn => (long)turn.CountedItems);
        _closed.RemoveRange(kept, _closed.Count - kept);
        _last = _closed.LastOrDefault();
        _byId.Clear();
        foreach (var turn in _closed)
            _byId[turn.Key] = turn;
        return items;
    }

    static void Apply(TurnDraft turn, RolloutItem item, in LegacyEvent e, in LegacyStep step)
    {
        if (e.Kind == LegacyEventKind.Compacted)
            return;
        if (e.Kind == LegacyEventKind.Call)
        {
            turn.AddCall(item);
            return;
        }
        if (e.Kind == LegacyEventKind.HookPrompt)
        {
            var prompt = HookPrompt.Convert(item, $"hook-prompt-{item.Ordinal}");
            LegacyItems.WithoutTimes(prompt);
            turn.Append(prompt);
            return;
        }
        using var document = JsonDocument.Parse(item.Json, PayloadJson.Options);
        var payload = document.RootElement;
        if (item.IsBare)
        {
            BareItems.Apply(turn, item, payload, e, step);
            return;
        }
        var type = item.PayloadType!;
        switch (e.Kind)
        {
            case LegacyEventKind.Start:
                turn.TakeRoot(payload);
                turn.TakeTimes(payload);
                break;
            case LegacyEventKind.Complete:
                turn.TakeEnd(payload);
                End(turn, payload.Member("error"));
                break;
            case LegacyEventKind.Abort:
                turn.TakeEnd(payload);
                turn.Status = TurnStatus.Interrupted;
                break;
            case LegacyEventKind.Error:
                turn.Fail(payload);
                break;
            case LegacyEventKind.TurnItem or LegacyEventKind.OpeningItem or LegacyEventKind.CurrentItem:
                turn.Upsert(e.Item, LegacyItems.Convert(type, 0, payload));
                if (step.Target == StepTarget.Closed)
                    turn.CountedItems++;
                break;
            case LegacyEventKind.Reasoning when !step.IsNew:
                LegacyItems.Extend(turn.Last, type, payload);
                break;
            default:
                turn.Append(LegacyItems.Convert(type, step.Number, payload));
                break;
        }
    }

    static void End(TurnDraft turn, JsonElement error)
    {
        if (turn.Status is TurnStatus.Failed or TurnStatus.Interrupted)
            return;
        if (error.ValueKind == JsonValueKind.Object)
            turn.Fail(error);
        else
            turn.Status = TurnStatus.Completed;
    }
}
