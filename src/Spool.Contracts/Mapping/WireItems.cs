using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Contracts;

/// <summary>Maps items and turns to Spool's wire and back. Bytes are not copied where they need not be.</summary>
static class WireItems
{
    // Items of turns are as deep as payloads, and a little deeper for what is around them.
    static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    /// <summary>Maps a stored item to the wire. The message shares the item's memory.</summary>
    /// <param name="item">The item.</param>
    public static Wire.StoredItem ToWire(RolloutItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var wire = new Wire.StoredItem { Line = UnsafeByteOperations.UnsafeWrap(item.Bytes), Ordinal = item.Ordinal };
        if (item.Length != item.Bytes.Length)
            wire.Length = item.Length;
        return wire;
    }

    /// <summary>Maps a stored item from the wire. The item shares the message's memory.</summary>
    /// <param name="wire">The item.</param>
    public static RolloutItem ToStore(Wire.StoredItem wire)
    {
        ArgumentNullException.ThrowIfNull(wire);
        return new RolloutItem(wire.Line.Memory, wire.Ordinal, wire.HasLength ? wire.Length : null);
    }

    /// <summary>Maps a new item to the wire. The message shares the item's memory.</summary>
    /// <param name="item">The item.</param>
    public static Wire.NewItem ToWire(NewItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return new Wire.NewItem
        {
            Type = item.Type,
            Payload = UnsafeByteOperations.UnsafeWrap(item.Payload),
            Metadata = UnsafeByteOperations.UnsafeWrap(item.Metadata),
            Timestamp = item.Timestamp?.ToTimestamp(),
        };
    }

    /// <summary>Maps a new item from the wire. The item shares the message's memory.</summary>
    /// <param name="wire">The item.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it is absent, or its time is out of
    /// range.</exception>
    public static NewItem ToStore(Wire.NewItem? wire)
    {
        if (wire is null)
            throw WireTimes.Incomplete();
        return new NewItem(wire.Type, wire.Payload.Memory)
        {
            Metadata = wire.Metadata.Memory,
            Timestamp = WireTimes.ToStoreOrNull(wire.Timestamp),
        };
    }

    /// <summary>Maps a turn to the wire.</summary>
    /// <param name="turn">The turn.</param>
    public static Wire.Turn ToWire(Turn turn)
    {
        ArgumentNullException.ThrowIfNull(turn);
        var wire = new Wire.Turn
        {
            Id = turn.Id,
            Status = WireEnums.TurnStatus.ToWire(turn.Status),
            StartedAt = turn.StartedAt?.ToTimestamp(),
            CompletedAt = turn.CompletedAt?.ToTimestamp(),
            Duration = turn.Duration?.ToDuration(),
            CallsLeftOut = turn.CallsLeftOut,
            HasEnd = turn.HasEnd,
            View = WireEnums.TurnView.ToWire(turn.View),
            Ordinal = turn.Ordinal,
        };
        if (turn.RootTurnId is { } root)
            wire.RootTurnId = root;
        var scratch = new ArrayBufferWriter<byte>(); // of the whole turn: a text is written into three times its size
        foreach (var item in turn.Items)
            wire.Items.Add(
                new Wire.ThreadItem
                {
                    Id = item.Id,
                    Type = item.Type,
                    Json = ToBytes(item.Json, scratch),
                }
            );
        if (turn.Error is { } error)
            wire.ErrorJson = ToBytes(error, scratch);
        return wire;
    }

    /// <summary>Maps a turn from the wire.</summary>
    /// <param name="wire">The turn.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it is malformed.</exception>
    public static Turn ToStore(Wire.Turn wire)
    {
        ArgumentNullException.ThrowIfNull(wire);
        return new Turn
        {
            Id = wire.Id,
            RootTurnId = wire.HasRootTurnId ? wire.RootTurnId : null,
            Items = [.. wire.Items.Select(item => new ThreadItem(item.Id, item.Type, ToObject(item.Json)))],
            Status = WireEnums.TurnStatus.ToStore(wire.Status),
            Error = wire.HasErrorJson ? ToObject(wire.ErrorJson) : null,
            StartedAt = WireTimes.ToStoreOrNull(wire.StartedAt),
            CompletedAt = WireTimes.ToStoreOrNull(wire.CompletedAt),
            Duration = wire.Duration?.ToTimeSpan(),
            CallsLeftOut = wire.CallsLeftOut,
            HasEnd = wire.HasEnd,
            View = WireEnums.TurnView.ToStore(wire.View),
            Ordinal = wire.Ordinal,
        };
    }

    static ByteString ToBytes(JsonObject json, ArrayBufferWriter<byte> scratch)
    {
        scratch.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(scratch))
            json.WriteTo(writer);
        return ByteString.CopyFrom(scratch.WrittenSpan);
    }

    static JsonObject ToObject(ByteString bytes)
    {
        try
        {
            return JsonNode.Parse(bytes.Span, documentOptions: Deep) as JsonObject ?? throw NotAnObject();
        }
        catch (JsonException)
        {
            throw NotAnObject();
        }
    }

    static ThreadStoreException NotAnObject() => ThreadStoreException.InvalidRequest("A part of the message is not a JSON object.");
}
