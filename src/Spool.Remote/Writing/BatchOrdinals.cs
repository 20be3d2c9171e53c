namespace Spool.Remote;

/// <summary>Remembers the first ordinals of the last appends that carried an id of their caller's.</summary>
sealed class BatchOrdinals
{
    const int Capacity = 128;

    readonly Queue<Guid> _order = new();
    readonly Dictionary<Guid, long> _ordinals = [];

    public long? Find(Guid batch) => _ordinals.TryGetValue(batch, out var ordinal) ? ordinal : null;

    public void Add(Guid batch, long firstOrdinal)
    {
        _ordinals[batch] = firstOrdinal;
        _order.Enqueue(batch);
        if (_order.Count > Capacity)
            _ordinals.Remove(_order.Dequeue());
    }

    public void Remove(Guid batch) => _ordinals.Remove(batch);
}
