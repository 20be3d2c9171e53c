using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Spool.Storage;

/// <summary>Writes items as lines, in the form and with the order of members that every Codex reads.</summary>
public static class RolloutLine
{
    /// <summary>The length of a time as a line records it, in bytes.</summary>
    public const int TimestampLength = 24;

    /// <summary>How deep the JSON of a line may be nested, the line itself included; Codex reads no more.</summary>
    public const int MaxDepth = JsonText.MaxDepth;

    const int MaxTypeLength = 64;
    const int MaxOrdinalLength = 20;

    static readonly SearchValues<char> TypeCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    /// <summary>Gives an upper bound of the bytes that <see cref="Write(NewItem, DateTimeOffset, long?, Span{byte})"/> needs.</summary>
    /// <param name="item">The item.</param>
    /// <remarks>May be more than an array can hold; check the item first.</remarks>
    public static long MaxLength(NewItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(item.Type, nameof(item));
        return (long)item.Payload.Length + item.Metadata.Length + item.Type.Length + TimestampLength + MaxOrdinalLength + 80;
    }

    /// <summary>Refuses an item that would not make one line.</summary>
    /// <param name="item">The item.</param>
    /// <param name="maxBytes">The largest line, in bytes without its line end.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the type is malformed, or the payload is
    /// not one JSON object without line breaks, or has a string that is no text, which its readers would take for damage;
    /// <see cref="ThreadStoreErrorCode.TooLarge"/>: the line would be larger than the limit.</exception>
    /// <remarks>Checks the structure of the payload, some gigabytes a second; it does not parse it.</remarks>
    public static void Check(NewItem item, long maxBytes)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(item.Type, nameof(item));
        if (item.Type.Length is 0 or > MaxTypeLength || item.Type.AsSpan().ContainsAnyExcept(TypeCharacters))
            throw ThreadStoreException.InvalidRequest("The type of an item has 1 to 64 characters of a to z, 0 to 9 and _.");
        var payload = item.Payload.Span;
        // One look at each byte says of most payloads all there is to say.
        var isPlain = false;
        var isCompact = IsUsual(item) && JsonStructure.IsCompactObject(payload, out isPlain);
        if (!isCompact && !IsObject(payload) || !(isCompact && isPlain) && payload.IndexOfAny((byte)'\n', (byte)'\r') >= 0)
            throw ThreadStoreException.InvalidRequest("The payload of an item has to be one JSON object without line breaks.");
        if (
            !item.Metadata.IsEmpty
            && (item.Metadata.Span.IndexOfAny((byte)'\n', (byte)'\r') >= 0 || !JsonText.IsOneValue(item.Metadata.Span, 0, MaxDepth - 1))
        )
            throw ThreadStoreException.InvalidRequest("The metadata of an item has to be one JSON value without line breaks.");
        if (!(isCompact && isPlain && item.Metadata.IsEmpty) && !item.IsSound)
            throw ThreadStoreException.InvalidRequest(
                "The strings of an item have to be text: UTF-8 without raw control characters and without half a surrogate pair."
            );
        if (MaxLength(item) > maxBytes)
            throw new ThreadStoreException(
                ThreadStoreErrorCode.TooLarge,
                $"An item of {MaxLength(item)} bytes is above the limit of {maxBytes}."
            );
    }

    /// <summary>Writes an item as a line, without its line end.</summary>
    /// <param name="item">The item, checked.</param>
    /// <param name="time">The time to record, to a millisecond.</param>
    /// <param name="ordinal">The ordinal to record, or null in a history mode that has none.</param>
    /// <param name="line">Takes the line; at least <see cref="MaxLength"/> bytes.</param>
    /// <returns>The length of the line.</returns>
    public static int Write(NewItem item, DateTimeOffset time, long? ordinal, Span<byte> line)
    {
        Span<byte> timestamp = stackalloc byte[TimestampLength];
        WriteTimestamp(time, timestamp);
        return Write(item, timestamp, ordinal, line);
    }

    /// <summary>Writes an item as a line, without its line end, for callers that write many lines with one time.</summary>
    /// <param name="item">The item, checked.</param>
    /// <param name="timestamp">The time to record, as <see cref="WriteTimestamp"/> writes it.</param>
    /// <param name="ordinal">The ordinal to record, or null in a history mode that has none.</param>
    /// <param name="line">Takes the line; at least <see cref="MaxLength"/> bytes.</param>
    /// <returns>The length of the line.</returns>
    public static int Write(NewItem item, ReadOnlySpan<byte> timestamp, long? ordinal, Span<byte> line)
    {
        ArgumentNullException.ThrowIfNull(item);
        var rest = line;
        Put(ref rest, "{\"timestamp\":\""u8);
        Put(ref rest, timestamp);
        if (ordinal is { } number)
        {
            Put(ref rest, "\",\"ordinal\":"u8);
            Utf8Formatter.TryFormat(number, rest, out var digits);
            rest = rest[digits..];
            Put(ref rest, ",\"type\":\""u8);
        }
        else
            Put(ref rest, "\",\"type\":\""u8);
        rest = rest[Encoding.ASCII.GetBytes(item.Type, rest)..];
        Put(ref rest, "\",\"payload\":"u8);
        Put(ref rest, item.Payload.Span);
        if (!item.Metadata.IsEmpty)
        {
            Put(ref rest, ",\"metadata\":"u8);
            Put(ref rest, item.Metadata.Span);
        }
        Put(ref rest, "}"u8);
        return line.Length - rest.Length;
    }

    /// <summary>Writes an item as a line of its own memory.</summary>
    /// <param name="item">The item, checked.</param>
    /// <param name="time">The time to record when the item names none, to a millisecond.</param>
    /// <param name="ordinal">The ordinal to record, or null in a history mode that has none.</param>
    public static byte[] ToArray(NewItem item, DateTimeOffset time, long? ordinal)
    {
        ArgumentNullException.ThrowIfNull(item);
        var line = new byte[MaxLength(item)];
        Array.Resize(ref line, Write(item, item.Timestamp ?? time, ordinal, line));
        return line;
    }

    /// <summary>Writes a time as a line records it: <c>2026-04-30T09:15:00.120Z</c>.</summary>
    /// <param name="timestamp">The time; what is below a millisecond is left out.</param>
    /// <param name="text">Takes the text; at least <see cref="TimestampLength"/> bytes.</param>
    public static void WriteTimestamp(DateTimeOffset timestamp, Span<byte> text)
    {
        var time = timestamp.UtcDateTime;
        Digits(text, 0, 4, time.Year);
        text[4] = (byte)'-';
        Digits(text, 5, 2, time.Month);
        text[7] = (byte)'-';
        Digits(text, 8, 2, time.Day);
        text[10] = (byte)'T';
        Digits(text, 11, 2, time.Hour);
        text[13] = (byte)':';
        Digits(text, 14, 2, time.Minute);
        text[16] = (byte)':';
        Digits(text, 17, 2, time.Second);
        text[19] = (byte)'.';
        Digits(text, 20, 3, time.Millisecond);
        text[23] = (byte)'Z';
    }

    static bool IsObject(ReadOnlySpan<byte> payload) =>
        payload.Length >= 2 && payload[0] == '{' && payload[^1] == '}' && JsonText.IsOneValue(payload, 0, MaxDepth - 1);

    // In the usual form a line is read whatever is in the payload; in any other one, as deep as the parser goes.
    static bool IsUsual(NewItem item)
    {
        if (!item.Metadata.IsEmpty)
            return false;
        var payload = item.Payload.Span;
        if (!payload.StartsWith("{\"type\":\""u8))
            return item.Type is not ("event_msg" or "response_item");
        var type = payload["{\"type\":\"".Length..];
        return type.IndexOfAny((byte)'"', (byte)'\\') is >= 0 and var end && type[end] == '"';
    }

    static void Digits(Span<byte> text, int start, int count, int value)
    {
        for (var i = start + count - 1; i >= start; i--, value /= 10)
            text[i] = (byte)('0' + value % 10);
    }

    static void Put(ref Span<byte> rest, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(rest);
        rest = rest[bytes.Length..];
    }
}
