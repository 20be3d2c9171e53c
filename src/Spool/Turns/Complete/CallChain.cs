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
        if (draft?.IndexOf(call.Id) is >= 0 and var index && !IsClaimed(call.Id, index))
            call.Own = index;
    }

    /// <summary>Gives the oldest call with an id that has no output yet, or null.</summary>
    public Detail? Open(ulong id)
    {
        var call = First(id);
        while (call is { IsAnswered: true })
            call = call.Following;
        return call;
    }

    /// <summary>Notes that an item of Codex's view shows what came of a call.</summary>
    /// <param name="id">The id of both.</param>
    /// <param name="index">The place of the item.</param>
    public void Claim(ulong id, int index) => Waiting(id)?.Own = index;

    /// <summary>Says whether an item is another one than that which has its id, and does not replace it.</summary>
    public bool IsAnother(ulong id, JsonObject present, JsonObject item)
    {
        if (Waiting(id) is not null)
            return true;
        // two records of one thing say the same, or the second says more
        return (string?)present["status"] is null or "completed" or "failed"
            && (string?)present["type"] == (string?)item["type"]
            && !JsonNode.DeepEquals(present, item);
    }

    /// <summary>Forgets all calls.</summary>
    public void Clear() => _first.Clear();

    Detail? First(ulong id) => id == 0 ? null : _first.GetValueOrDefault(id);

    // The call that an event is of: the oldest one that has neither an event nor an output, else the last one without an event.
    Detail? Waiting(ulong id)
    {
        Detail? waiting = null;
        for (var call = First(id); call is not null; call = call.Following)
        {
            if (call.Own < 0 && !call.IsAnswered)
                return call;
            waiting = call.Own < 0 ? call : null;
        }
        return waiting;
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
