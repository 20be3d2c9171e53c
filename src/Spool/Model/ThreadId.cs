using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Spool;

/// <summary>Identifies one thread. New ids are UUIDs of version 7; any UUID is accepted when reading.</summary>
/// <param name="Value">The UUID.</param>
public readonly record struct ThreadId(Guid Value) : IComparable<ThreadId>, ISpanParsable<ThreadId>
{
    internal const string FormatMessage = "A thread id has 36 characters, such as 01a20428-d3ad-73a1-92e6-c2af64741e38.";

    static readonly long LastMillisecond = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>Creates the id of a new thread: a UUID of version 7 that carries the current time in milliseconds.</summary>
    /// <param name="time">The clock. An id cannot carry a time before 1970; of a clock that is set so the id carries 1970.</param>
    public static ThreadId New(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return new ThreadId(TimeIds.New(time.GetUtcNow()));
    }

    /// <summary>Reads the 36-character form (<c>xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx</c>), in either case and in no other form.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The id.</returns>
    /// <exception cref="FormatException">The text is not an id.</exception>
    public static ThreadId Parse(ReadOnlySpan<char> text) => TryParse(text, out var id) ? id : throw new FormatException(FormatMessage);

    /// <inheritdoc cref="Parse(ReadOnlySpan{char})"/>
    /// <exception cref="ArgumentNullException">The text is null.</exception>
    public static ThreadId Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(text.AsSpan());
    }

    /// <summary>Reads the 36-character form, in either case and in no other form.</summary>
    /// <param name="text">The text.</param>
    /// <param name="id">The id, when the text is one; otherwise the id of zeros.</param>
    /// <returns>Whether the text is an id.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out ThreadId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value) && text.Length == 36;
        id = ok ? new ThreadId(value) : default;
        return ok;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out ThreadId)"/>
    public static bool TryParse([NotNullWhen(true)] string? text, out ThreadId id) => TryParse(text.AsSpan(), out id);

    static ThreadId IParsable<ThreadId>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<ThreadId>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ThreadId result) =>
        TryParse(s, out result);

    static ThreadId ISpanParsable<ThreadId>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    static bool ISpanParsable<ThreadId>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out ThreadId result) =>
        TryParse(s, out result);

    /// <summary>Compares two ids as their texts compare: ids of version 7 in the order of their times, to the millisecond.</summary>
    /// <param name="other">The other id.</param>
    /// <returns>Less than zero when this one comes first, zero when they are the same, greater than zero otherwise.</returns>
    public int CompareTo(ThreadId other) => Value.CompareTo(other.Value);

    /// <summary>Says whether an id comes before another.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool operator <(ThreadId left, ThreadId right) => left.CompareTo(right) < 0;

    /// <summary>Says whether an id comes after another.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool operator >(ThreadId left, ThreadId right) => left.CompareTo(right) > 0;

    /// <summary>Says whether an id comes before another or is the same.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool operator <=(ThreadId left, ThreadId right) => left.CompareTo(right) <= 0;

    /// <summary>Says whether an id comes after another or is the same.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool operator >=(ThreadId left, ThreadId right) => left.CompareTo(right) >= 0;

    /// <summary>Gets the time that a version 7 id carries, or null for an id of another version and for one whose time lies past the year
    /// 9999.</summary>
    public DateTimeOffset? CreatedAt =>
        Value.Version == 7 && Milliseconds is var milliseconds && milliseconds <= LastMillisecond
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;

    /// <summary>Gets whether the id carries a time that no calendar here has: one past the year 9999. No new thread gets such an
    /// id.</summary>
    public bool IsPastTime => Value.Version == 7 && Milliseconds > LastMillisecond;

    long Milliseconds
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            Value.TryWriteBytes(bytes, bigEndian: true, out _);
            return (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16);
        }
    }

    /// <summary>Gives the lower-case 36-character form.</summary>
    public override string ToString() => Value.ToString("D");
}
