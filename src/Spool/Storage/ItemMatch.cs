namespace Spool.Storage;

/// <summary>Says whether an item that is sent again is the one that is there: type, payload and metadata, byte for byte. When it was
/// recorded does not count.</summary>
public static class ItemMatch
{
    /// <summary>Compares a stored item with one that is sent.</summary>
    /// <param name="stored">The stored item. One that cannot be read, or is only the beginning of a line, is no other item.</param>
    /// <param name="sent">The item that is sent.</param>
    public static bool IsSame(RolloutItem stored, NewItem sent)
    {
        ArgumentNullException.ThrowIfNull(stored);
        ArgumentNullException.ThrowIfNull(sent);
        return !stored.IsCut && stored.Type == sent.Type && AreSame(stored.Payload, stored.Metadata, sent);
    }

    /// <summary>Compares an item that waits to be stored with one that is sent.</summary>
    /// <param name="waiting">The item that waits.</param>
    /// <param name="sent">The item that is sent.</param>
    public static bool IsSame(NewItem waiting, NewItem sent)
    {
        ArgumentNullException.ThrowIfNull(waiting);
        ArgumentNullException.ThrowIfNull(sent);
        return waiting.Type == sent.Type && AreSame(waiting.Payload, waiting.Metadata, sent);
    }

    static bool AreSame(ReadOnlyMemory<byte> payload, ReadOnlyMemory<byte> metadata, NewItem sent) =>
        payload.Span.SequenceEqual(sent.Payload.Span) && metadata.Span.SequenceEqual(sent.Metadata.Span);
}
