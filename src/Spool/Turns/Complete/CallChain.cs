using System.Text.Json.Nodes;

namespace Spool;

/// <summary>The calls of a turn by their ids. Most ids name one call; some providers count them anew in each answer, and then what comes
/// with an id is that of the call that waits for it.</summary>
sealed class CallChain
{
    readonly Dictionary<ulong, Detail> _first = [];

    /// <summary>Adds a call behind those with the same id.</summary>
    /// <param name="call">The call.</param>
    /// <param name="draft">The items of Codex's view.</param>
    public void Add(Detail call, TurnDraft? draft)
    {
        if (call.Id == 0)
            return;
        call.IsFollowed = true;
        if (!_first.TryAdd(call.Id, call))
        {
            var last = _first[call.Id];
            while (last.Following is { } next)
                last = next;
            last.Following = call;
        }
        // The item is of the same record, or of an event that came first, and was taken for that of another call perhaps.
        if (draft?.IndexOf(call.Id) is not (>= 0 and var index))
            return;
        if (!call.IsPreferred && CallMatch.Of(call.Item, draft[index]) != CallMatch.Content)
            return;
        if (ClaimantOf(call.Id, index) is { } claimant)
        {
            if (call.IsPreferred || CallMatch.Of(claimant.Item, draft[index]) == CallMatch.Content)
                return;
            claimant.Own = -1;
        }
        call.Own = index;
    }

    /// <summary>Gives the call that an output is of, or null: the oldest one with the id that has no output yet, and of those one whose
    /// event has come.</summary>
    public Detail? Open(ulong id)
    {
        Detail? open = null;
        for (var call = First(id); call is not null; call = call.Following)
        {
            if (call.IsAnswered)
                continue;
            if (call.Own >= 0 || call.Ended is not null)
                return call;
            open ??= call;
        }
        return open;
    }

    /// <summary>Notes that an item of Codex's view shows what came of a call.</summary>
    /// <param name="id">The id of both.</param>
    /// <param name="item">The item.</param>
    /// <param name="index">The place of the item.</param>
    public void Claim(ulong id, JsonObject item, int index) => Waiting(id, item)?.Own = index;

    /// <summary>Notes what came of a call where Codex's view does not show it.</summary>
    /// <param name="ended">The item of an event, which is that of the call where there is one.</param>
    /// <returns>Whether there is a call.</returns>
    public bool End(Detail ended)
    {
        if (Waiting(ended.Id, ended.Item) is not { } call)
            return false;
        call.Ended = ended.Item;
        return true;
    }

    /// <summary>Says whether an item is another one than that which has its id, and does not replace it.</summary>
    public bool IsAnother(ulong id, JsonObject present, JsonObject item)
    {
        // two records of one thing say the same, or the second says more
        var isFinal = (string?)present["status"] is null or "completed" or "failed";
        if (!isFinal && CallMatch.Of(present, item) == CallMatch.Content)
            return false;
        return Waiting(id, item) is not null || isFinal && !JsonNode.DeepEquals(present, item);
    }

    /// <summary>Forgets all calls.</summary>
    public void Clear() => _first.Clear();

    Detail? First(ulong id) => id == 0 ? null : _first.GetValueOrDefault(id);

    // The call that an event is of: the one that says the same, else the oldest one that has neither an event nor an output.
    Detail? Waiting(ulong id, JsonObject item)
    {
        Detail? best = null;
        var (bestMatch, isOpen) = (CallMatch.None, false);
        for (var call = First(id); call is not null; call = call.Following)
        {
            if (call.Own >= 0 || call.Ended is not null)
                continue;
            var match = CallMatch.Of(call.Item, item);
            // an event comes before the output, or says the same; where the id is that of one call it need not
            var isLate = call.IsAnswered && match < CallMatch.Content && First(id)!.Following is not null;
            if (match == CallMatch.None || match < bestMatch || match == bestMatch && isOpen || isLate)
                continue;
            (best, bestMatch, isOpen) = (call, match, !call.IsAnswered);
        }
        return best;
    }

    Detail? ClaimantOf(ulong id, int index)
    {
        var call = First(id);
        while (call is not null && call.Own != index)
            call = call.Following;
        return call;
    }
}
