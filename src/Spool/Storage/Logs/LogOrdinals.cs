namespace Spool.Storage;

/// <summary>Which ordinals the items of a log have. Where all carry none, or each the one behind that of the item before, as in every log
/// that is whole, it needs no memory; from the first other item on it keeps a few bytes for each.</summary>
sealed class LogOrdinals
{
    long? _first; // of the plain items, the ordinal that the first carries
    long _plain; // how many there are of them
    List<(long? Carried, long Offset, bool IsUnreadable)>? _others;

    public long Count => _plain + (_others?.Count ?? 0);

    /// <summary>Takes in the next item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="offset">Where it begins in the log as a file would have it.</param>
    public void Add(RolloutItem item, long offset)
    {
        var isUnreadable = item.Kind == RolloutItemKind.Unreadable;
        if (_others is null && !isUnreadable && (_plain == 0 || item.CarriedOrdinal == _first + _plain))
        {
            if (_plain == 0)
                _first = item.CarriedOrdinal;
            _plain++;
            return;
        }
        (_others ??= []).Add((item.CarriedOrdinal, offset, isUnreadable));
    }

    /// <summary>Forgets the last item.</summary>
    public void RemoveLast()
    {
        if (_others is { Count: > 0 })
            _others.RemoveAt(_others.Count - 1);
        else
            _plain--;
    }

    /// <summary>Gives the ordinal that an item has if it carries none.</summary>
    /// <param name="item">The number of the item, from 0.</param>
    /// <param name="next">The ordinal behind the items of other logs that come before the first.</param>
    public long NextAt(long item, long next)
    {
        if (item == 0)
            return next;
        var plain = Math.Min(item, _plain);
        if (plain > 0)
            next = _first is { } first ? Math.Max(first + plain, next) : next + plain;
        for (var other = 0; other < item - _plain; other++)
            next = Math.Max(_others![other].Carried ?? next, next) + 1;
        return next;
    }

    /// <summary>Gives the ordinal of an item.</summary>
    public long Of(long item, long next) =>
        item < _plain ? (_first is { } first ? first + item : next + item) : _others![(int)(item - _plain)].Carried ?? NextAt(item, next);

    /// <summary>Counts the items before a point.</summary>
    /// <param name="most">How many items there are at most.</param>
    /// <param name="next">The ordinal behind the items of other logs that come before the first.</param>
    /// <param name="ordinal">The ordinal of the point.</param>
    /// <param name="offset">Its place. What cannot be read has the ordinal of what comes behind it: its place says on which side of the
    /// point it is.</param>
    public long CountBefore(long most, long next, long ordinal, long offset)
    {
        var plain = Math.Min(most, _plain);
        var count = Math.Clamp(ordinal - (_first ?? next), 0, plain);
        if (count < plain || _others is null)
            return count;
        next = NextAt(plain, next);
        for (; count < most; count++)
        {
            var (carried, place, isUnreadable) = _others[(int)(count - _plain)];
            if ((carried ?? next) >= ordinal && !(isUnreadable && place < offset))
                break;
            next = Math.Max(carried ?? next, next) + 1;
        }
        return count;
    }
}
