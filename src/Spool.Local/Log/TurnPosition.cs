using System.Buffers.Binary;

namespace Spool;

/// <summary>Where a turn is in a history.</summary>
/// <param name="Segment">The part of the lineage.</param>
/// <param name="Ordinal">The turn's ordinal.</param>
/// <param name="Start">Where it begins in that part, in bytes: behind damage two turns may have one ordinal.</param>
readonly record struct TurnPosition(int Segment, long Ordinal, long Start)
{
    /// <summary>Puts the position into a cursor.</summary>
    public PageCursor ToCursor()
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteInt32BigEndian(bytes, Segment);
        BinaryPrimitives.WriteInt64BigEndian(bytes[4..], Start);
        return new PageCursor(Ordinal, new Guid(bytes, bigEndian: true));
    }

    /// <summary>Takes the position out of a cursor.</summary>
    public static TurnPosition From(PageCursor cursor)
    {
        Span<byte> bytes = stackalloc byte[16];
        cursor.Id.TryWriteBytes(bytes, bigEndian: true, out _);
        return new TurnPosition(BinaryPrimitives.ReadInt32BigEndian(bytes), cursor.SortValue, BinaryPrimitives.ReadInt64BigEndian(bytes[4..]));
    }
}
