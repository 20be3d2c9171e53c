using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Remote;

/// <summary>Makes the messages of a writer's stream. They share the memory of their items.</summary>
static class AppendMessage
{
    /// <summary>Makes the wire's message.</summary>
    public static Wire.AppendRequest Of(WriterMessage message)
    {
        var wire = new Wire.AppendRequest { Durability = WireWrites.ToWire(message.Durability) };
        if (message.FirstOrdinal is { } first)
            wire.ExpectedOrdinal = first;
        if (message.Control is { Kind: ControlKind.Persist })
            wire.Persist = true;
        if (message.Control is { Kind: ControlKind.Update, Patch: { } patch })
            wire.Update = WireThreads.ToWire(patch);
        wire.Items.Capacity = message.Items.Count;
        foreach (var item in message.Items)
            wire.Items.Add(ToWire(item));
        return wire;
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
