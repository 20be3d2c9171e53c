using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Spool.Remote;

/// <summary>Remembers the last batches of a writer, by which an append that is called again is recognised.</summary>
sealed class SentBatches
{
    const int Most = 128;

    readonly Dictionary<Guid, (string Content, AppendReceipt Receipt)> _batches = [];
    readonly Queue<Guid> _order = new();

    /// <summary>Says whether a batch is remembered.</summary>
    public bool Knows(Guid id) => _batches.ContainsKey(id);

    /// <summary>Finds the receipt of a batch.</summary>
    /// <param name="id">The id.</param>
    /// <param name="content">What <see cref="ContentOf"/> says of its items.</param>
    /// <param name="receipt">The receipt.</param>
    /// <returns>Whether it is remembered.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the id was used for other items.</exception>
    public bool TryFind(Guid id, string content, out AppendReceipt receipt)
    {
        receipt = default;
        if (!_batches.TryGetValue(id, out var batch))
            return false;
        receipt = batch.Content == content ? batch.Receipt : throw ThreadStoreException.InvalidRequest("The batch id was used for other items; use a new id for new items.");
        return true;
    }

    /// <summary>Remembers a batch that was stored, and forgets the oldest when there are too many.</summary>
    public void Add(Guid id, string content, AppendReceipt receipt)
    {
        if (!_batches.TryAdd(id, (content, receipt)))
            return;
        _order.Enqueue(id);
        if (_order.Count > Most)
            _batches.Remove(_order.Dequeue());
    }

    /// <summary>Gives what tells the items of a batch from any others.</summary>
    public static string ContentOf(IReadOnlyList<NewItem> items)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> lengths = stackalloc byte[12];
        foreach (var item in items)
        {
            var type = Encoding.UTF8.GetBytes(item.Type);
            BinaryPrimitives.WriteInt32LittleEndian(lengths, type.Length);
            BinaryPrimitives.WriteInt32LittleEndian(lengths[4..], item.Payload.Length);
            BinaryPrimitives.WriteInt32LittleEndian(lengths[8..], item.Metadata.Length);
            hash.AppendData(lengths);
            hash.AppendData(type);
            hash.AppendData(item.Payload.Span);
            hash.AppendData(item.Metadata.Span);
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
