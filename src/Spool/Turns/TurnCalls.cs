namespace Spool;

/// <summary>The calls of tools that the model made in a turn, and how many of them no item of the turn shows.</summary>
/// <remarks>Most logs have a call twice: as what the model gave, and as the event of what came of it, which is the item. Both have the same
/// id. Web searches and generated images are recorded without one by many releases; of these as many are shown as there are such items that
/// no other call explains.</remarks>
sealed class TurnCalls
{
    readonly Dictionary<ulong, Kind> _named = [];
    readonly int[] _unnamed = new int[3];

    enum Kind
    {
        Other,
        WebSearch,
        ImageGeneration,
    }

    /// <summary>Adds a call. The same id twice is one call.</summary>
    public void Add(RolloutItem call)
    {
        var kind =
            call.IsPayload("web_search_call"u8) ? Kind.WebSearch
            : call.IsPayload("image_generation_call"u8) ? Kind.ImageGeneration
            : Kind.Other;
        if (ToolCallRecord.IdOf(call) is { } id)
            _named.TryAdd(id, kind);
        else
            _unnamed[(int)kind]++;
    }

    /// <summary>Counts the calls that no item shows.</summary>
    /// <param name="items">The hash of the id and the type of each item that has an id of its own.</param>
    public int CountLeftOut(IEnumerable<(ulong Id, string? Type)> items)
    {
        var left = (int[])_unnamed.Clone();
        var shown = new HashSet<ulong>();
        var others = new int[left.Length];
        foreach (var (id, type) in items)
        {
            if (_named.ContainsKey(id))
                shown.Add(id);
            else if (type is "webSearch" or "imageGeneration")
                others[(int)(type == "webSearch" ? Kind.WebSearch : Kind.ImageGeneration)]++;
        }
        foreach (var (id, kind) in _named)
            left[(int)kind] += shown.Contains(id) ? 0 : 1;
        return left.Zip(others, (calls, explained) => Math.Max(0, calls - explained)).Sum();
    }
}
