using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Spool;

/// <summary>The last batches of a writer, by which an append that is sent again is recognised.</summary>
sealed class RecentBatches
{
    const int Most = 128;

    readonly Dictionary<Guid, Batch> _batches = [];
    readonly Queue<Guid> _order = [];

    /// <summary>Finds a batch.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the id was used for other items.</exception>
    public AppendReceipt? Find(Guid id, UInt128 content)
    {
        if (!_batches.TryGetValue(id, out var batch))
            return null;
        return batch.Content == content ? batch.Receipt : throw ThreadStoreException.InvalidRequest("The batch id was used for other items; use a new id for new items.");
    }

    /// <summary>Notes a batch, and forgets the oldest when there are too many.</summary>
    public void Add(Guid id, UInt128 content, AppendReceipt receipt)
    {
        if (_order.Count == Most)
            _batches.Remove(_order.Dequeue());
        _batches[id] = new Batch(content, receipt);
        _order.Enqueue(id);
    }

    /// <summary>Forgets the batches from an ordinal on: they were not stored.</summary>
    public void RemoveFrom(long ordinal)
    {
        if (!_batches.Values.Any(batch => batch.Receipt.FirstOrdinal >= ordinal))
            return;
        var left = _order.Where(id => _batches[id].Receipt.FirstOrdinal < ordinal).ToList();
        foreach (var id in _order.Except(left).ToList())
            _batches.Remove(id);
        _order.Clear();
        left.ForEach(_order.Enqueue);
    }

    /// <summary>Gives what tells the content of a batch from any other.</summary>
    public static UInt128 ContentOf(IReadOnlyList<NewItem> items)
    {
        var hash = new XxHash128();
        Span<int> lengths = stackalloc int[3];
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            (lengths[0], lengths[1], lengths[2]) = (item.Type.Length, item.Payload.Length, item.Metadata.Length);
            hash.Append(MemoryMarshal.AsBytes(lengths));
            hash.Append(MemoryMarshal.AsBytes(item.Type.AsSpan()));
            hash.Append(item.Payload.Span);
            hash.Append(item.Metadata.Span);
        }
        return hash.GetCurrentHashAsUInt128();
    }

    readonly record struct Batch(UInt128 Content, AppendReceipt Receipt);
}
