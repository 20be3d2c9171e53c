using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Wire = Spool.Remote.SpoolV1;

namespace Spool.Remote;

/// <summary>Makes the message of appends that travel together. It shares the memory of their items.</summary>
static class AppendMessage
{
    public static Wire.AppendRequest Of(IReadOnlyList<AppendOperation> appends)
    {
        var first = appends[0];
        var message = new Wire.AppendRequest { Durability = WireWrites.ToWire(first.Request.Durability) };
        if (first.Request.BatchId is { } batch)
            message.BatchId = batch.ToString();
        var count = 0;
        foreach (var append in appends)
            count += append.Count;
        // Without items there is nothing that could be stored twice.
        if (count > 0 || first.Request.ExpectedOrdinal is not null)
            message.ExpectedOrdinal = first.FirstOrdinal;
        message.Items.Capacity = count;
        foreach (var append in appends)
        {
            foreach (var item in append.Request.Items)
                message.Items.Add(ToWire(item));
        }
        return message;
    }

    /// <summary>Makes the message of items that were acknowledged before and were not stored.</summary>
    public static Wire.AppendRequest Of(long firstOrdinal, ReadOnlySpan<NewItem> items)
    {
        var message = new Wire.AppendRequest { Durability = Wire.Durability.Buffered, ExpectedOrdinal = firstOrdinal };
        foreach (var item in items)
            message.Items.Add(ToWire(item));
        return message;
    }

    static Wire.NewItem ToWire(NewItem item)
    {
        var wire = new Wire.NewItem { Type = item.Type, Payload = UnsafeByteOperations.UnsafeWrap(item.Payload) };
        if (!item.Metadata.IsEmpty)
            wire.Metadata = UnsafeByteOperations.UnsafeWrap(item.Metadata);
        if (item.Timestamp is { } time)
            wire.Timestamp = time.ToTimestamp();
        return wire;
    }
}
