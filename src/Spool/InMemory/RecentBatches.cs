namespace Spool;

/// <summary>Remembers what became of the last appends that carried an id.</summary>
sealed class RecentBatches
{
    const int Capacity = 128;

    readonly Queue<Guid> _order = new();
    readonly Dictionary<Guid, AppendReceipt> _receipts = [];

    public AppendReceipt? Find(Guid batch) => _receipts.TryGetValue(batch, out var receipt) ? receipt : null;

    public void Add(Guid batch, AppendReceipt receipt)
    {
        _order.Enqueue(batch);
        _receipts[batch] = receipt;
        if (_order.Count > Capacity)
            _receipts.Remove(_order.Dequeue());
    }
}
