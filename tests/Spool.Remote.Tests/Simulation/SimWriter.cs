namespace Spool.Remote.Tests;

/// <summary>A writer of the simulated store, as the contract of <see cref="IThreadWriter"/> says: what waits until the thread is stored, and one append after the other.</summary>
sealed class SimWriter(SimStore store)
{
    readonly List<int> _waiting = [];

    /// <summary>Gets the next ordinal; that of the first item is 1.</summary>
    public long Next => 1 + store.Log.Count + _waiting.Count;

    public bool IsStored => store.IsStored;

    /// <summary>Gets whether something waits that only this writer has.</summary>
    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>Takes an append, or says why not.</summary>
    public WriterFailure? Append(long? first, IReadOnlyList<int> items, Durability durability)
    {
        var there = first is { } at ? (int)Math.Clamp(Next - at, 0, items.Count) : 0;
        if (first is { } expected && (expected > Next || expected < 0 || !AreAt(expected, items.Take(there))))
            return Refused(ThreadStoreErrorCode.Conflict);
        if (store.IsFull && there < items.Count)
            return Refused(ThreadStoreErrorCode.ResourceExhausted);
        if (items.Any(item => item < 0))
            return Refused(ThreadStoreErrorCode.InvalidRequest);
        (store.IsStored ? null : _waiting)?.AddRange(items.Skip(there));
        if (store.IsStored)
            store.Append(items.Skip(there));
        else if (durability != Durability.Buffered && _waiting.Count > 0)
            Persist();
        return null;
    }

    public void Persist()
    {
        store.Store();
        store.Append(_waiting);
        _waiting.Clear();
    }

    public static WriterFailure Refused(ThreadStoreErrorCode code) => new(WriterFailureKind.Refused, new ThreadStoreException(code, "refused"));

    bool AreAt(long first, IEnumerable<int> items)
    {
        var all = store.Log.Concat(_waiting).ToList();
        return items.Select((item, i) => first - 1 + i is >= 0 and var at && at < all.Count && all[(int)at] == item).All(same => same);
    }
}
