using System.Text.Json;

namespace Spool;

/// <summary>Builds the turns of a paginated history: all of them, or one.</summary>
/// <remarks>
/// A turn's place is the ordinal of the record that opened it: its start, or its end when items came before and the start never did. A turn
/// that no such record opens has the place of its first item, so that nothing is hidden. An ended turn takes items but no other end.
/// </remarks>
sealed class PaginatedTurnBuilder(TurnKey only = default) : TurnBuilder
{
    readonly Dictionary<TurnKey, TurnDraft> _turns = [];
    readonly PaginatedTimeline _timeline = new();

    private protected override TurnDraft? Draft => _turns.GetValueOrDefault(only);

    private protected override bool AddRecord(RolloutItem item, LinePart? part)
    {
        var e = _timeline.Read(item);
        if (e.Kind == PaginatedEventKind.None || (!only.IsEmpty && e.Turn != only))
            return e.Kind is not (PaginatedEventKind.None or PaginatedEventKind.Call);
        if (!_turns.TryGetValue(e.Turn, out var turn))
            _turns[e.Turn] = turn = new TurnDraft(e.Turn, item.Ordinal) { Repeats = Details };
        if (e.Kind == PaginatedEventKind.Call)
        {
            turn.AddCall(item);
            return false;
        }
        using var document = JsonDocument.Parse(item.Json, PayloadJson.Options);
        if (!e.OpensTurn)
            BytesShown += item.Length;
        if (e.OpensTurn)
            ApplyState(turn, item, e.Kind, document.RootElement);
        else if (e.Kind == PaginatedEventKind.OlderItem)
            ApplyOlderItem(turn, item, document.RootElement);
        else if (e.Kind == PaginatedEventKind.OlderError)
            turn.Fail(document.RootElement);
        else
            ApplyItem(turn, item, document.RootElement);
        return true;
    }

    public override IReadOnlyList<Turn> Build() => [.. _turns.Values.OrderBy(turn => turn.Ordinal).Select(turn => turn.ToTurn(Details))];

    void ApplyState(TurnDraft turn, RolloutItem item, PaginatedEventKind kind, JsonElement payload)
    {
        if (turn.Segment < _timeline.Segment)
        {
            turn.Ordinal = item.Ordinal;
            turn.Segment = _timeline.Segment;
            turn.HasEnded = false;
            turn.Status = TurnStatus.InProgress;
        }
        if (turn.HasEnded)
            return;
        turn.TakeRoot(payload);
        turn.TakeTimes(payload);
        if (kind == PaginatedEventKind.Start)
            return;
        turn.HasEnded = true;
        if (item.IsPayload("turn_aborted"u8))
            turn.Status = TurnStatus.Interrupted;
        else if (payload.Member("error") is { ValueKind: JsonValueKind.Object } error)
            turn.Fail(error);
        else if (turn.Status != TurnStatus.Failed)
            turn.Status = TurnStatus.Completed;
    }

    static void ApplyOlderItem(TurnDraft turn, RolloutItem item, JsonElement payload)
    {
        var e = LegacyEventReader.Read(item);
        if (e.Kind == LegacyEventKind.HookPrompt)
            turn.Append(HookPrompt.Convert(item, $"hook-prompt-{turn.Key}-{turn.Count + 1}"));
        else if (e.Kind is LegacyEventKind.TurnItem or LegacyEventKind.CurrentItem or LegacyEventKind.OpeningItem)
            turn.Upsert(e.Item, LegacyItems.Convert(item.PayloadType!, 0, payload));
        else
        {
            // Who sees only the lines of the turn cannot tell the ordinal of one that carries none, so its id comes from its place in the
            // turn.
            var message = LegacyItems.Convert(item.PayloadType!, 1, payload);
            message["id"] = $"item-{turn.Key}-{turn.Count + 1}";
            turn.Append(message);
        }
    }

    static void ApplyItem(TurnDraft turn, RolloutItem item, JsonElement payload)
    {
        var id = payload.Member("item").Text("id") is { Length: > 0 } own ? own : $"item-{item.Ordinal}";
        turn.Upsert(ItemHash.Of(System.Text.Encoding.UTF8.GetBytes(id)), CompletedItems.Convert(id, payload));
    }
}
