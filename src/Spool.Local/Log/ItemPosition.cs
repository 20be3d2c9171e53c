using System.Buffers.Binary;

namespace Spool;

/// <summary>A place between two items, where a page of items begins; one that leads back begins with the item before it.</summary>
/// <param name="Segment">The part of the lineage.</param>
/// <param name="Offset">The offset of the next line in it.</param>
/// <param name="Ordinal">The ordinal of the next line if it carries none.</param>
readonly record struct ItemPosition(int Segment, long Offset, long Ordinal)
{
    /// <summary>Gives it as cursors carry it.</summary>
    public PagePosition ToPage()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Ordinal);
        BinaryPrimitives.WriteInt32BigEndian(bytes[8..], Segment);
        return new PagePosition(Offset, new Guid(bytes, bigEndian: true));
    }

    /// <summary>Takes it from a cursor.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidCursor"/>: no cursor of items has such a
    /// position.</exception>
    public static ItemPosition From(PagePosition cursor)
    {
        Span<byte> bytes = stackalloc byte[16];
        cursor.Id.TryWriteBytes(bytes, bigEndian: true, out _);
        var position = new ItemPosition(
            BinaryPrimitives.ReadInt32BigEndian(bytes[8..]),
            cursor.Value,
            BinaryPrimitives.ReadInt64BigEndian(bytes)
        );
        return position is { Segment: >= 0, Offset: >= 0, Ordinal: >= 0 and <= long.MaxValue / 4 * 3 }
            ? position
            : throw ThreadStoreException.InvalidCursor("The cursor leads to no item");
    }
}
