using System.Text.Json.Nodes;

namespace Spool;

/// <summary>Puts the details of a turn between the items of Codex's view, each thing once.</summary>
static class DetailMerge
{
    /// <summary>Gives all items in the order of the log.</summary>
    /// <param name="details">The details, in their order.</param>
    /// <param name="draft">The items of Codex's view.</param>
    /// <param name="times">When each of the latter was recorded.</param>
    public static List<JsonObject> Merge(List<Detail> details, TurnDraft draft, IReadOnlyList<DateTimeOffset?> times)
    {
        for (var i = 0; i < Math.Min(draft.Count, times.Count); i++)
            draft[i]["at"] = DetailTime.Text(times[i]);
        var kept = WithoutRepeats(details, draft);
        AddBeside(kept, draft);
        var unnamed = UnnamedCalls.Pair(kept, draft);
        var answered = new HashSet<int>();
        var claimed = kept.Where(detail => detail.IsFollowed).Select(detail => detail.Own).ToHashSet();
        var moved = new Dictionary<int, Detail>(); // items of Codex's view that stand where their call was made
        var items = new List<JsonObject>(kept.Count + draft.Count);
        var order = new List<(int Anchor, Detail? Detail, int Index)>();
        foreach (var detail in kept)
        {
            if (detail is { IsBeside: true, Own: >= 0 })
                continue;
            var index = detail.Own;
            if (index < 0 && !detail.IsFollowed && !(detail.Kind == DetailKind.Output && claimed.Contains(draft.IndexOf(detail.Id))))
                index = detail.Id == 0 ? unnamed.GetValueOrDefault(detail, -1) : draft.IndexOf(detail.Id);
            var isTaken = detail.Kind == DetailKind.Output && answered.Contains(index); // an output too many
            if (index < 0 || isTaken)
            {
                order.Add((detail.Anchor, detail, -1));
                continue;
            }
            if (detail.Kind == DetailKind.Output || detail.IsAnswered)
                answered.Add(index);
            if (!moved.TryAdd(index, detail))
            {
                DetailJoin.AddTo(draft[index], detail);
                continue;
            }
            if (detail.IsPreferred)
                draft[index] = detail.Item;
            else
                DetailJoin.AddTo(draft[index], detail);
            if (detail.Anchor <= index)
                order.Add((detail.Anchor, null, index));
        }
        var at = 0;
        foreach (var (anchor, detail, index) in order)
        {
            for (; at < Math.Min(anchor, draft.Count); at++)
                AddOwn(at);
            if (detail is not null)
                items.Add(DetailJoin.Whole(detail));
            else
                items.Add(draft[index]);
        }
        for (; at < draft.Count; at++)
            AddOwn(at);
        return items;

        void AddOwn(int own)
        {
            if (!moved.TryGetValue(own, out var by) || by.Anchor > own)
                items.Add(draft[own]);
        }
    }

    // What an event says goes before what the model was given of it.
    static void AddBeside(List<Detail> details, TurnDraft draft)
    {
        foreach (var detail in details)
        {
            if (detail.IsBeside && detail.Own >= 0)
                DetailJoin.AddTo(draft[detail.Own], detail.Item);
        }
    }

    // What the log has as an event and as an item for the model is one thing.
    static List<Detail> WithoutRepeats(List<Detail> details, TurnDraft draft)
    {
        DetailTexts? texts = null;
        var kept = new List<Detail>(details.Count);
        var severalSettings = details.Count(detail => detail.Kind == DetailKind.Settings) > 1;
        string? settings = null;
        var compactions = new Queue<JsonObject>(draft.Items.Where(item => (string?)item["type"] == "contextCompaction"));
        foreach (var detail in details)
        {
            switch (detail.Kind)
            {
                case DetailKind.UserMessage or DetailKind.AgentMessage or DetailKind.Reasoning:
                    texts ??= new DetailTexts(draft.Items);
                    var own = detail.Id == 0 ? -1 : draft.IndexOf(detail.Id);
                    if (own >= 0 ? texts.Keep(detail, draft[own]) : texts.Keep(detail))
                    {
                        if (own >= 0)
                            detail.Item["id"] = ""; // the one that it has is that of another item
                        kept.Add(new Detail(detail.Kind, detail.Item) { Anchor = detail.Anchor });
                    }
                    break;
                case DetailKind.Settings when severalSettings:
                    if (Comparable(detail.Item) is var said && said != settings)
                        kept.Add(detail);
                    settings = said;
                    break;
                case DetailKind.Compaction when compactions.TryDequeue(out var mark):
                    mark["summary"] = detail.Item["summary"]?.DeepClone();
                    mark["isEncrypted"] = detail.Item["isEncrypted"]?.DeepClone();
                    break;
                case DetailKind.Compaction
                    when (string?)detail.Item["summary"] is null
                        && (
                            kept.Exists(other => other.Kind == DetailKind.Compaction)
                            || draft.Items.Any(item => (string?)item["type"] == "contextCompaction")
                        ):
                    break;
                default:
                    kept.Add(detail);
                    break;
            }
        }
        return kept;
    }

    static string Comparable(JsonObject settings)
    {
        var copy = (JsonObject)settings.DeepClone();
        copy.Remove("at");
        return copy.ToJsonString();
    }
}
