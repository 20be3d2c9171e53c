using System.Text;

namespace Spool;

/// <summary>One stored item: its exact bytes, and what its envelope says. The payload is parsed only on demand, by whoever asks.</summary>
/// <remarks>The bytes are one line of a rollout without its line end. They never change, and they share memory with neighbouring items.</remarks>
public sealed class RolloutItem
{
    readonly ItemEnvelope _envelope;

    /// <summary>Makes an item of a line.</summary>
    /// <param name="bytes">The line without its line end. The item keeps the memory.</param>
    /// <param name="ordinal">The position to use when the line carries none.</param>
    /// <param name="length">The length of the stored line when <paramref name="bytes"/> is only its beginning; otherwise leave it out.</param>
    public RolloutItem(ReadOnlyMemory<byte> bytes, long ordinal, long? length = null)
    {
        Bytes = bytes;
        Length = length ?? bytes.Length;
        _envelope = ItemEnvelope.Read(bytes.Span, Length > bytes.Length ? LineEnd.Cut : LineEnd.Whole);
        Ordinal = _envelope.Ordinal ?? ordinal;
    }

    /// <summary>Gets the line without its line end.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Gets the length of the stored line in bytes. It is larger than that of <see cref="Bytes"/> when the line is above the size limit of the reader,
    /// which then holds only its beginning.</summary>
    public long Length { get; }

    /// <summary>Gets the item's position in the history: the ordinal it carries, else its line number from 0.</summary>
    public long Ordinal { get; }

    /// <summary>Gets the ordinal that the line carries, or null when it carries none.</summary>
    public long? CarriedOrdinal => _envelope.Ordinal;

    /// <summary>Gets the kind.</summary>
    public RolloutItemKind Kind => _envelope.Kind;

    /// <summary>Gets when the item was recorded, or null when the line does not say.</summary>
    public DateTimeOffset? Timestamp => _envelope.TimestampMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;

    /// <summary>Gets whether the line has no envelope and is its own payload, as in the logs of early Codex.</summary>
    public bool IsBare => _envelope.IsBare;

    /// <summary>Gets the type in the envelope, such as <c>event_msg</c>, or null for an unreadable line. A line without an envelope has the type that today's envelope would have.</summary>
    public string? Type => Kind switch
    {
        RolloutItemKind.Unreadable => null,
        RolloutItemKind.ResponseItem when IsBare => "response_item",
        RolloutItemKind.SessionMeta when IsBare => "session_meta",
        _ => Encoding.UTF8.GetString(Bytes.Span[_envelope.Type]),
    };

    /// <summary>Gets the type in the payload, such as <c>user_message</c>, or null when it has none.</summary>
    public string? PayloadType => _envelope.PayloadType is { } range ? Encoding.UTF8.GetString(Bytes.Span[range]) : null;

    /// <summary>Gets the bytes of <see cref="Type"/>; empty for an unreadable line.</summary>
    internal ReadOnlySpan<byte> TypeBytes => Kind == RolloutItemKind.Unreadable ? default : Bytes.Span[_envelope.Type];

    /// <summary>Gets the bytes of <see cref="PayloadType"/>; empty when there is none.</summary>
    internal ReadOnlySpan<byte> PayloadTypeBytes => _envelope.PayloadType is { } range ? Bytes.Span[range] : default;

    /// <summary>Gets the payload as JSON, or empty when there is none. It has not been validated.</summary>
    public ReadOnlyMemory<byte> Payload => _envelope.Payload is { } range ? Bytes[range] : default;

    /// <summary>Gets the metadata beside the payload as JSON, or empty when there is none.</summary>
    public ReadOnlyMemory<byte> Metadata => _envelope.Payload is { } range && !IsBare && Length == Bytes.Length ? ItemMetadata.After(Bytes, range) : default;

    /// <summary>Says whether the payload is of a type, without making a string of it.</summary>
    /// <param name="type">The type, as UTF-8.</param>
    public bool IsPayload(ReadOnlySpan<byte> type) => _envelope.PayloadType is { } range && Bytes.Span[range].SequenceEqual(type);
}
