using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spool;

/// <summary>Turns that were rolled back: what Codex's view no longer has, between two turns that it has.</summary>
sealed class RolledBackTurns
{
    static readonly TurnSpan Everything = new(0, 0, HasRecords: true, DetailZone.Own);

    readonly bool _withItems;
    readonly int _anchor;
    readonly List<Detail> _leads;
    readonly TurnDraft _draft = new(TurnKey.Of("rolled-back"), 0);
    readonly TurnDetails _details = new(isLegacy: true, turns: null, withRolledBack: false);
    int _number,
        _starts,
        _questions;
    bool _isOpen;

    /// <param name="withItems">Whether their items are kept.</param>
    /// <param name="leads">What led to the first of them; it is taken away from there.</param>
    /// <param name="anchor">How many items of Codex's view come before.</param>
    public RolledBackTurns(bool withItems, List<Detail> leads, int anchor)
    {
        (_withItems, _anchor) = (withItems, anchor);
        _leads = withItems ? [.. leads] : [];
        leads.Clear();
        _draft.Repeats = _details;
    }

    /// <summary>Takes in a record that opened or made up one of the turns.</summary>
    public void Add(RolloutItem record, JsonElement payload, DateTimeOffset? at, LegacyEvent e = default)
    {
        _starts += e.Kind == LegacyEventKind.Start ? 1 : 0;
        _questions += e.Kind == LegacyEventKind.UserMessage ? 1 : 0;
        if (!_withItems)
            return;
        if (e.Kind == LegacyEventKind.Start || e.Kind == LegacyEventKind.UserMessage && !_isOpen)
        {
            _draft.ForgetIds();
            _details.ForgetCalls();
        }
        _isOpen = e.Kind switch
        {
            LegacyEventKind.Start => true,
            LegacyEventKind.Complete or LegacyEventKind.Abort => false,
            _ => _isOpen,
        };
        var before = _draft.Count;
        switch (e.Kind)
        {
            case LegacyEventKind.UserMessage
            or LegacyEventKind.Message
            or LegacyEventKind.HookPrompt
            or LegacyEventKind.Reasoning when record.Kind == RolloutItemKind.Event:
                _draft.Append(Item(LegacyItems.Convert(record.PayloadType!, 1, payload), at));
                _details.Add(record, Everything, isUsed: true, before, _draft);
                break;
            case LegacyEventKind.TurnItem
            or LegacyEventKind.CurrentItem
            or LegacyEventKind.OpeningItem when record.Kind == RolloutItemKind.Event:
                _draft.Upsert(e.Item, LegacyItems.Convert(record.PayloadType!, 0, payload));
                _details.Add(record, Everything, isUsed: true, before, _draft);
                break;
            case LegacyEventKind.Start or LegacyEventKind.Complete or LegacyEventKind.Abort:
                break;
            default:
                _details.Add(record, Everything, isUsed: false, before, _draft);
                break;
        }
    }

    /// <summary>Adds the item that stands for the turns.</summary>
    /// <param name="target">To what.</param>
    public void EndInto(List<Detail> target)
    {
        JsonArray? items = null;
        if (_withItems)
            items = new JsonArray([.. _leads.Select(lead => (JsonNode)lead.Item), .. _details.Merge(_draft, "rolled-back")]);
        var item = new JsonObject
        {
            ["type"] = "rolledBack",
            ["id"] = "",
            ["turns"] = (long)Math.Max(_starts, _questions),
            ["items"] = items,
            ["origin"] = "thread_rolled_back",
        };
        target.Add(new Detail(DetailKind.Plain, item) { Anchor = _anchor });
    }

    JsonObject Item(JsonObject item, DateTimeOffset? at)
    {
        item["id"] = string.Create(CultureInfo.InvariantCulture, $"rolled-back-{++_number}");
        item["at"] = DetailTime.Text(at);
        return item;
    }
}
