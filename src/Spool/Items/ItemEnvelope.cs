using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Spool.Storage;

/// <summary>What the outside of a line says: time, ordinal, type, and where its payload is. The payload itself is not parsed.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Timestamp">The time, to a millisecond, or null.</param>
/// <param name="Ordinal">The ordinal that the line carries, or null. A number above <see cref="MaxOrdinal"/> is none: behind it there would
/// be none for later items.</param>
/// <param name="Type">Where the type is in the line.</param>
/// <param name="Payload">Where the payload is in the line, or null.</param>
/// <param name="PayloadType">Where the type in the payload is, or null.</param>
public readonly record struct ItemEnvelope(
    RolloutItemKind Kind,
    DateTimeOffset? Timestamp,
    long? Ordinal,
    Range Type,
    Range? Payload,
    Range? PayloadType
)
{
    /// <summary>The largest ordinal that a line can carry, 2^62.</summary>
    public const long MaxOrdinal = 1L << 62;

    const int TimestampLength = 24;

    static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    /// <summary>Gets whether the line has no envelope and is a payload itself, as the logs of 2025 up to September are; see
    /// <see cref="BareRecord"/>.</summary>
    public bool IsBare { get; init; }

    /// <summary>Gets whether the line is cut before the type of its payload, which is known to be <c>message</c>.</summary>
    internal bool IsCutMessage { get; init; }

    /// <summary>Gets where the metadata is in the line, or null.</summary>
    public Range? Metadata { get; init; }

    /// <summary>Reads the envelope of a line, which has to be exactly one JSON object. Lines as Codex writes them are recognised by their
    /// prefix and their structure; any other key order or spacing is parsed. A byte order mark before the object is passed over.</summary>
    /// <param name="line">The line without its line end.</param>
    /// <param name="end">Whether the line is there to its end.</param>
    /// <returns>The envelope; its kind is <see cref="RolloutItemKind.Unreadable"/> when the line is not an item.</returns>
    /// <remarks>Costs a few tens of nanoseconds for a line in the usual form, and one pass over its bytes at some gigabytes a second. What
    /// strings hold is not checked.</remarks>
    public static ItemEnvelope Read(ReadOnlySpan<byte> line, LineEnd end = LineEnd.Whole)
    {
        DefinedValues.Check(end);
        return TryReadBeginning(line, end, out var envelope) && (end == LineEnd.Cut || envelope.IsWhole(line))
            ? envelope
            : ReadAnyForm(line, end);
    }

    /// <summary>Says whether nothing but the usual form follows a beginning: the payload is one object, and its brace and that of the line
    /// are the last bytes.</summary>
    internal bool IsWhole(ReadOnlySpan<byte> line)
    {
        var payload = line[Payload!.Value];
        return line[Payload.Value.End..].TrimEnd(" \r\t"u8).SequenceEqual("}"u8) && JsonStructure.IsCompactObject(payload);
    }

    /// <summary>Names the kind of an envelope's type.</summary>
    /// <param name="type">The type, as UTF-8.</param>
    public static RolloutItemKind KindOf(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("event_msg"u8) ? RolloutItemKind.Event
        : type.SequenceEqual("response_item"u8) ? RolloutItemKind.ResponseItem
        : type.SequenceEqual("turn_context"u8) ? RolloutItemKind.TurnContext
        : type.SequenceEqual("session_meta"u8) ? RolloutItemKind.SessionMeta
        : type.SequenceEqual("compacted"u8) ? RolloutItemKind.Compacted
        : RolloutItemKind.Other;

    /// <summary>Reads the beginning of a line in the form in which Codex writes them. Nothing behind the type in the payload is looked
    /// at.</summary>
    /// <returns>Whether the line begins so; its payload is then taken to end before the last byte, unless the line is cut.</returns>
    internal static bool TryReadBeginning(ReadOnlySpan<byte> line, LineEnd end, out ItemEnvelope envelope)
    {
        envelope = default;
        var rest = line;
        _ = Skip(ref rest, ByteOrderMark);
        if (
            !Skip(ref rest, "{\"timestamp\":\""u8)
            || rest.Length < TimestampLength
            || !TryReadTimestamp(rest[..TimestampLength], out var timestamp)
        )
            return false;
        rest = rest[TimestampLength..];
        if (!Skip(ref rest, "\","u8))
            return false;
        long? ordinal = null;
        if (Skip(ref rest, "\"ordinal\":"u8))
        {
            if (!Utf8Parser.TryParse(rest, out long value, out var consumed) || value < 0)
                return false;
            ordinal = value <= MaxOrdinal ? value : null;
            rest = rest[consumed..];
            if (!Skip(ref rest, ","u8))
                return false;
        }
        if (!Skip(ref rest, "\"type\":\""u8))
            return false;
        var typeStart = line.Length - rest.Length;
        var typeLength = rest.IndexOfAny((byte)'"', (byte)'\\');
        if (typeLength < 0 || rest[typeLength] != '"')
            return false;
        var kind = KindOf(rest[..typeLength]);
        rest = rest[typeLength..];
        if (!Skip(ref rest, "\",\"payload\":{"u8))
            return false;
        var payloadStart = line.Length - rest.Length - 1;
        var payloadEnd = end == LineEnd.Cut ? line.Length : Math.Max(payloadStart + 1, line.TrimEnd(" \r\t"u8).Length - 1);
        Range? payloadType = null;
        if (Skip(ref rest, "\"type\":\""u8))
        {
            var start = line.Length - rest.Length;
            var length = rest.IndexOfAny((byte)'"', (byte)'\\');
            if (length < 0 || rest[length] != '"')
                return false;
            payloadType = start..(start + length);
        }
        else if (kind is RolloutItemKind.Event or RolloutItemKind.ResponseItem)
            return false;
        envelope = new ItemEnvelope(kind, timestamp, ordinal, typeStart..(typeStart + typeLength), payloadStart..payloadEnd, payloadType);
        return true;
    }

    /// <summary>Reads a line of any form, whatever the order and the spacing of its members.</summary>
    internal static ItemEnvelope ReadAnyForm(ReadOnlySpan<byte> line, LineEnd end)
    {
        DateTimeOffset? timestamp = null;
        long? ordinal = null;
        Range? type = null,
            payload = null,
            payloadType = null,
            metadata = null;
        if (end == LineEnd.Whole)
            line = line.TrimEnd(" \r\t"u8);
        var at = JsonText.SkipSpace(line, line.StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0);
        if (end == LineEnd.Whole && !JsonText.IsOneValue(line, at))
            return default;
        var bare = default(BareRecord);
        var members = new JsonMembersReader(line, at);
        while (members.TryRead())
        {
            if (members.Is("timestamp"u8))
            {
                bare.HasTimestamp = true;
                timestamp = members.TryGetPlainText(out var text) ? ParseTimestamp(line[text]) : timestamp;
            }
            else if (members.Is("ordinal"u8))
                ordinal =
                    members.IsWhole
                    && Utf8Parser.TryParse(line[members.Value], out long value, out var used)
                    && used == line[members.Value].Length
                    && value is >= 0 and <= MaxOrdinal
                        ? value
                        : ordinal;
            else if (members.Is("type"u8))
                type = members.TryGetText(out var text) ? text : type;
            else if (members.Is("payload"u8))
                (payload, payloadType) = (members.Value, PayloadTypeOf(line, members.Value));
            else if (members.Is("metadata"u8))
                metadata = members.IsWhole ? members.Value : null;
            else
                bare.Take(members, line);
        }
        if (payload is null && bare.Read(line, type, timestamp, end) is { } record)
            return record;
        return type is { } found
            ? new ItemEnvelope(KindOf(line[found]), timestamp, ordinal, found, payload, payloadType) { Metadata = metadata }
            : default;
    }

    static Range? PayloadTypeOf(ReadOnlySpan<byte> line, Range payload)
    {
        Range? type = null;
        var members = new JsonMembersReader(line[..payload.End.Value], payload.Start.Value);
        while (members.TryRead())
        {
            if (members.Is("type"u8) && members.TryGetText(out var text))
                type = text;
        }
        return type;
    }

    static bool Skip(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> prefix)
    {
        if (!text.StartsWith(prefix))
            return false;
        text = text[prefix.Length..];
        return true;
    }

    /// <summary>Reads a time in any form of RFC 3339, or in the form of a rollout's file name (<c>2026-01-27T12-34-56</c>, taken as
    /// UTC).</summary>
    /// <param name="text">The text, as UTF-8.</param>
    /// <returns>The time, to a millisecond, or null when the text is not a time.</returns>
    public static DateTimeOffset? ParseTimestamp(ReadOnlySpan<byte> text)
    {
        if (text.Length == TimestampLength && TryReadTimestamp(text, out var exact))
            return exact;
        if (text.Length is < 19 or > 64 || text[4] != '-')
            return null; // what has no year would be taken as a time of today
        var chars = Encoding.UTF8.GetString(text);
        if (
            DateTimeOffset.TryParseExact(
                chars,
                "yyyy-MM-dd'T'HH-mm-ss",
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var time
            ) || DateTimeOffset.TryParse(chars, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time)
        )
            return DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
        return null;
    }

    // 2026-04-30T09:15:00.120Z
    static bool TryReadTimestamp(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        time = default;
        if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != '.' || text[23] != 'Z')
            return false;
        if (
            !Digits(text[..4], out var year)
            || !Digits(text[5..7], out var month)
            || !Digits(text[8..10], out var day)
            || !Digits(text[11..13], out var hour)
            || !Digits(text[14..16], out var minute)
            || !Digits(text[17..19], out var second)
            || !Digits(text[20..23], out var millisecond)
        )
            return false;
        if (
            year is 0
            || month is 0 or > 12
            || day is 0
            || day > DateTime.DaysInMonth(year, month)
            || hour > 23
            || minute > 59
            || second > 59
        )
            return false;
        time = new DateTimeOffset(year, month, day, hour, minute, second, millisecond, TimeSpan.Zero);
        return true;
    }

    static bool Digits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var c in text)
        {
            if (c is < (byte)'0' or > (byte)'9')
                return false;
            value = value * 10 + (c - '0');
        }
        return true;
    }
}
