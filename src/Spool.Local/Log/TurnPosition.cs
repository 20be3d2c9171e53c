using System.Buffers.Binary;

namespace Spool;

/// <summary>Where a turn is in a history.</summary>
/// <param name="Segment">The part of the lineage.</param>
/// <param name="Ordinal">The turn's ordinal.</param>
/// <param name="Start">Where it begins in that part, in bytes: behind damage two turns may have one ordinal.</param>
readonly record struct TurnPosition(int Segment, long Ordinal, long Start)
{
    /// <summary>Gives it as cursors carry it.</summary>
    public PagePosition ToPage()
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteInt32BigEndian(bytes, Segment);
        BinaryPrimitives.WriteInt64BigEndian(bytes[4..], Start);
        return new PagePosition(Ordinal, new Guid(bytes, bigEndian: true));
    }

    /// <summary>Takes it from a cursor: where the turn is behind which a page begins.</summary>
    /// <param name="cursor">What the cursor carries.</param>
    /// <param name="direction">The direction of the page.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidCursor"/>: no cursor of turns has such a
    /// position.</exception>
    public static TurnPosition From(PagePosition cursor, SortDirection direction)
    {
        Span<byte> bytes = stackalloc byte[16];
        cursor.Id.TryWriteBytes(bytes, bigEndian: true, out _);
        var position = new TurnPosition(
            BinaryPrimitives.ReadInt32BigEndian(bytes),
            cursor.Value,
            BinaryPrimitives.ReadInt64BigEndian(bytes[4..])
        );
        if (cursor.IsIncluded)
            position = position with { Start = position.Start + (direction == SortDirection.Ascending ? -1 : 1) }; // no turn lies between
        return position is { Segment: >= 0, Start: >= -1 }
            ? position
            : throw ThreadStoreException.InvalidCursor("The cursor leads to no turn");
    }
}
