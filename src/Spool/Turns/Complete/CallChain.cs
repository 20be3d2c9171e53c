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
        // some records say first what came of a call
        if (
            draft?.IndexOf(call.Id) is >= 0 and var index
            && !IsClaimed(call.Id, index)
            && CallMatch.Of(call.Item, draft[index]) != CallMatch.None
        )
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
            if (call.Own >= 0)
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

    // The call that an event is of: the one that says the same; else the oldest one that has neither an event nor an output, else the last
    // one without an event.
    Detail? Waiting(ulong id, JsonObject item)
    {
        Detail? best = null;
        var (bestMatch, isOpen) = (CallMatch.None, false);
        for (var call = First(id); call is not null; call = call.Following)
        {
            if (call.Own >= 0)
                continue;
            var match = CallMatch.Of(call.Item, item);
            if (match == CallMatch.None || match < bestMatch || match == bestMatch && isOpen)
                continue;
            (best, bestMatch, isOpen) = (call, match, !call.IsAnswered);
        }
        // behind the calls of which an event came, one that was answered without an event has none
        return bestMatch == CallMatch.Content || isOpen || best?.Following is null ? best : null;
    }

    bool IsClaimed(ulong id, int index)
    {
        for (var call = First(id); call is not null; call = call.Following)
        {
            if (call.Own == index)
                return true;
        }
        return false;
    }
}
