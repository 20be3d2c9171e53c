using System.Text;

namespace Spool;

/// <summary>One stored item: its exact bytes, and what its envelope says. The payload is parsed only on demand.</summary>
/// <remarks>
/// <para>The bytes are one line of a rollout without its line end. They never change, and they share memory with neighbouring items.</para>
/// <para>A line is an item that can be read only when the whole of it is one JSON object. A program that asks what an item is has that
/// checked, once: it costs one pass over the bytes. Ordinal, length and bytes cost nothing.</para>
/// </remarks>
public sealed class RolloutItem
{
    static readonly Reading AsItBegins = new(default);

    readonly ItemEnvelope _beginning;
    Reading? _reading; // null: not checked yet; AsItBegins: the line is what it begins as
    IReadOnlyList<RecoveredRecord>? _recovered;
    sbyte _soundness; // 0: not looked at yet

    /// <summary>Makes an item of a line.</summary>
    /// <param name="bytes">The line without its line end. The item keeps the memory.</param>
    /// <param name="ordinal">The position to use when the line carries none.</param>
    /// <param name="length">The length of the stored line when <paramref name="bytes"/> is only its beginning; otherwise leave it
    /// out.</param>
    public RolloutItem(ReadOnlyMemory<byte> bytes, long ordinal, long? length = null)
    {
        Bytes = bytes;
        Length = length ?? bytes.Length;
        var end = IsCut ? LineEnd.Cut : LineEnd.Whole;
        if (!ItemEnvelope.TryReadBeginning(bytes.Span, end, out _beginning))
        {
            _beginning = ItemEnvelope.ReadAnyForm(bytes.Span, end);
            _reading = AsItBegins;
        }
        else if (IsCut)
            _reading = AsItBegins;
        Ordinal = CarriedOrdinal ?? ordinal;
    }

    RolloutItem(ReadOnlyMemory<byte> bytes, long ordinal, ItemEnvelope envelope)
    {
        Bytes = bytes;
        Length = bytes.Length;
        _beginning = envelope;
        _reading = AsItBegins;
        Ordinal = CarriedOrdinal ?? ordinal;
    }

    /// <summary>Gets the line without its line end.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Gets the length of the stored line in bytes. It is larger than that of <see cref="Bytes"/> when the line is above the size
    /// limit of the reader, which then holds only its beginning.</summary>
    public long Length { get; }

    /// <summary>Gets the item's position in the history: the ordinal it carries, else its line number from 0.</summary>
    public long Ordinal { get; }

    /// <summary>Gets the ordinal that the line carries, or null when it carries none. A line that begins as Codex writes them carries the
    /// one that it begins with, also when the rest of it cannot be read.</summary>
    public long? CarriedOrdinal => _beginning.Ordinal;

    /// <summary>Gets the kind.</summary>
    public RolloutItemKind Kind => Envelope.Kind;

    /// <summary>Gets when the item was recorded, or null when the line does not say.</summary>
    public DateTimeOffset? Timestamp => Envelope.Timestamp;

    /// <summary>Gets whether the line has no envelope and is its own payload, as in the logs of early Codex.</summary>
    public bool IsBare => Envelope.IsBare;

    /// <summary>Gets the type in the envelope, such as <c>event_msg</c>, or null for an unreadable line. A line without an envelope has the
    /// type that today's envelope would have.</summary>
    public string? Type =>
        Kind switch
        {
            RolloutItemKind.Unreadable => null,
            RolloutItemKind.ResponseItem when IsBare => "response_item",
            RolloutItemKind.SessionMeta when IsBare => "session_meta",
            _ => Encoding.UTF8.GetString(Bytes.Span[Envelope.Type]),
        };

    /// <summary>Gets the type in the payload, such as <c>user_message</c>, or null when it has none.</summary>
    public string? PayloadType => Envelope.PayloadType is null && !Envelope.IsCutMessage ? null : Encoding.UTF8.GetString(PayloadTypeBytes);

    /// <summary>Gets the bytes of <see cref="Type"/>; empty for an unreadable line.</summary>
    internal ReadOnlySpan<byte> TypeBytes => Kind == RolloutItemKind.Unreadable ? default : Bytes.Span[Envelope.Type];

    /// <summary>Gets the bytes of <see cref="PayloadType"/>; empty when there is none.</summary>
    internal ReadOnlySpan<byte> PayloadTypeBytes =>
        Envelope.PayloadType is { } range ? Bytes.Span[range]
        : Envelope.IsCutMessage ? "message"u8
        : default;

    /// <summary>Gets the payload as it is stored, or empty when the line is unreadable. What its strings hold has not been
    /// checked.</summary>
    public ReadOnlyMemory<byte> Payload => Envelope.Payload is { } range ? Bytes[range] : default;

    /// <summary>Gets the metadata beside the payload as JSON, or empty when there is none.</summary>
    public ReadOnlyMemory<byte> Metadata => Envelope.Metadata is { } range && !IsBare && !IsCut ? Bytes[range] : default;

    /// <summary>Gets the whole records in a line that is not exactly one of them, such as two on a line, in order; none for an item that
    /// can be read. They are what facts and turns are made of; the item itself stays one line. In a line of which only the beginning is
    /// there they are those of the beginning.</summary>
    public IReadOnlyList<RecoveredRecord> Recovered => _recovered ??= Kind == RolloutItemKind.Unreadable ? Recover() : [];

    /// <summary>Gets whether there is a record in the line: the item itself, or one that was recovered.</summary>
    public bool HoldsRecord => Kind != RolloutItemKind.Unreadable || Recovered.Count > 0;

    /// <summary>Gets the payload as JSON that every reader takes: what its strings may not hold is mended, and what was cut is
    /// closed.</summary>
    internal ReadOnlyMemory<byte> Json =>
        IsCut ? JsonRepair.Mend(CutJson.Close(Payload))
        : IsSound ? Payload
        : JsonRepair.Mend(Payload);

    /// <summary>Gets whether only the beginning of the line is there, because it is above the size limit of the reader.</summary>
    internal bool IsCut => Length > Bytes.Length;

    /// <summary>Gets whether the strings of the line hold nothing that JSON does not allow. Looked at once.</summary>
    internal bool IsSound
    {
        get
        {
            if (_soundness == 0)
                _soundness = JsonRepair.IsSound(Bytes.Span) ? (sbyte)1 : (sbyte)-1;
            return _soundness > 0;
        }
    }

    ref readonly ItemEnvelope Envelope
    {
        get
        {
            var reading = _reading ??= Check();
            return ref reading == AsItBegins ? ref _beginning : ref reading.Envelope;
        }
    }

    /// <summary>Says whether the payload is of a type, without making a string of it.</summary>
    /// <param name="type">The type, as UTF-8.</param>
    public bool IsPayload(ReadOnlySpan<byte> type) => PayloadTypeBytes.SequenceEqual(type);

    Reading Check() => _beginning.IsWhole(Bytes.Span) ? AsItBegins : new Reading(ItemEnvelope.ReadAnyForm(Bytes.Span, LineEnd.Whole));

    List<RecoveredRecord> Recover()
    {
        var records = new List<RecoveredRecord>();
        foreach (var (place, envelope) in LineRecords.Find(Bytes.Span))
            records.Add(new RecoveredRecord(new RolloutItem(Bytes[place], Ordinal, envelope), place.Start.Value));
        return records;
    }

    sealed class Reading(ItemEnvelope envelope)
    {
        public readonly ItemEnvelope Envelope = envelope;
    }
}
