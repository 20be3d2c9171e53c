namespace Spool.Remote;

/// <summary>Copies of items that the server acknowledged and keeps in memory only, because their thread is not stored yet. Should the
/// server end before it stores them, they are sent again.</summary>
sealed class UnstoredItems
{
    readonly List<NewItem> _items = [];

    public bool IsEmpty => _items.Count == 0;

    /// <summary>Gets the ordinal of the first item.</summary>
    public long FirstOrdinal { get; private set; }

    /// <summary>Gets the items as they are now.</summary>
    public NewItem[] ToArray() => [.. _items];

    /// <summary>Keeps items, except those it has already.</summary>
    public void Keep(long firstOrdinal, IReadOnlyList<NewItem> items)
    {
        if (IsEmpty)
            FirstOrdinal = firstOrdinal;
        for (var i = (int)Math.Clamp(FirstOrdinal + _items.Count - firstOrdinal, 0, items.Count); i < items.Count; i++)
            _items.Add(items[i] with { Payload = items[i].Payload.ToArray(), Metadata = items[i].Metadata.ToArray() });
    }

    public void Clear() => _items.Clear();
}
