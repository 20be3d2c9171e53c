namespace Spool.Storage;

/// <summary>The last 128 batches of a writer, by which an append that is sent again is recognised by its
/// <see cref="AppendRequest.BatchId"/>. Not for concurrent use.</summary>
/// <remarks>A batch is added when its place is certain to be its own, whatever was there before: also one that has no items, and one of
/// which all or some items were there already.</remarks>
public sealed class SeenBatches
{
    /// <summary>How many batches are remembered.</summary>
    public const int Most = 128;

    readonly Dictionary<Guid, Batch> _batches = [];
    readonly Queue<Guid> _order = [];

    /// <summary>Says whether a batch is remembered.</summary>
    /// <param name="id">Its id.</param>
    public bool Knows(Guid id) => _batches.ContainsKey(id);

    /// <summary>Finds the receipt of a batch.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="content">What <see cref="BatchContent"/> says of its items.</param>
    /// <returns>The receipt, or null when the batch is not remembered.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the id was used for other
    /// items.</exception>
    public AppendReceipt? Find(Guid id, UInt128 content)
    {
        if (!_batches.TryGetValue(id, out var batch))
            return null;
        return batch.Content == content
            ? batch.Receipt
            : throw ThreadStoreException.InvalidRequest("The batch id was used for other items; use a new id for new items.");
    }

    /// <summary>Remembers a batch, and forgets the oldest when there are too many.</summary>
    /// <param name="id">Its id. One that is remembered keeps the receipt that it has.</param>
    /// <param name="content">What <see cref="BatchContent"/> says of its items.</param>
    /// <param name="receipt">The ordinals of all its items, those that were there already included.</param>
    public void Add(Guid id, UInt128 content, AppendReceipt receipt)
    {
        if (!_batches.TryAdd(id, new Batch(content, receipt)))
            return;
        _order.Enqueue(id);
        if (_order.Count > Most)
            _batches.Remove(_order.Dequeue());
    }

    /// <summary>Forgets every batch of which an item has an ordinal from the given one on: that item was not stored.</summary>
    /// <param name="ordinal">The ordinal behind everything that is kept.</param>
    public void ForgetFrom(long ordinal)
    {
        for (var left = _order.Count; left > 0; left--)
        {
            var id = _order.Dequeue();
            if (_batches[id].Receipt.NextOrdinal > ordinal)
                _batches.Remove(id);
            else
                _order.Enqueue(id);
        }
    }

    readonly record struct Batch(UInt128 Content, AppendReceipt Receipt);
}
