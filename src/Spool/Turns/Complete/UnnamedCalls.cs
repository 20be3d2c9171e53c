using System.Text.Json.Nodes;

namespace Spool;

/// <summary>Finds for calls that the model made, and that were recorded without an id, the items of Codex's view that show what came of
/// them: many releases record web searches and generated images so.</summary>
static class UnnamedCalls
{
    /// <summary>Pairs calls and items in their order, each once: those that say the same.</summary>
    /// <param name="details">The details of the turn.</param>
    /// <param name="draft">The items of Codex's view.</param>
    /// <returns>For each call that has one, the place of the item.</returns>
    public static Dictionary<Detail, int> Pair(List<Detail> details, TurnDraft draft)
    {
        var pairs = new Dictionary<Detail, int>();
        HashSet<int>? explained = null;
        foreach (var call in details)
        {
            if (call is not { Kind: DetailKind.Call, Id: 0 } || (string?)call.Item["type"] is not ("webSearch" or "imageGeneration"))
                continue;
            explained ??=
            [
                .. details
                    .Where(detail => detail is { Kind: DetailKind.Call, Id: not 0 } && !IsOfAnother(detail, draft))
                    .Select(detail => detail.Own >= 0 ? detail.Own : draft.IndexOf(detail.Id)),
            ];
            for (var i = 0; i < draft.Count; i++)
            {
                if (!explained.Contains(i) && SaysTheSame(call.Item, draft[i]))
                {
                    explained.Add(i);
                    pairs.Add(call, i);
                    foreach (var other in details.Where(detail => detail.IsFollowed && detail.Own == i))
                        other.Own = -1;
                    break;
                }
            }
        }
        return pairs;
    }

    // The item was taken for that of a call of another tool, for want of a better one.
    static bool IsOfAnother(Detail call, TurnDraft draft) =>
        call is { IsFollowed: true, Own: >= 0 } && CallMatch.Of(call.Item, draft[call.Own]) == CallMatch.Possible;

    // What a call asks for and gives; what only one of both says is kept when they are joined.
    static bool SaysTheSame(JsonObject call, JsonObject item)
    {
        var type = (string?)call["type"];
        if (type != (string?)item["type"])
            return false;
        return type == "webSearch"
            ? Agree("action") && (call["action"] is not null && item["action"] is not null || Agree("query"))
            : Agree("result") && Agree("revisedPrompt");

        bool Agree(string member) => IsEmpty(call[member]) || IsEmpty(item[member]) || JsonNode.DeepEquals(call[member], item[member]);
    }

    static bool IsEmpty(JsonNode? node) =>
        node is null || node is JsonValue value && value.TryGetValue<string>(out var text) && text.Length == 0;
}
