using System.Text.Json.Nodes;

namespace Spool;

/// <summary>Writes when a record was written: some for every item of a turn.</summary>
static class DetailTime
{
    /// <summary>Gives a time as <c>2026-04-30T09:15:00.120Z</c>, or null.</summary>
    public static string? Text(DateTimeOffset? time) =>
        time is { } at
            ? string.Create(
                24,
                at.UtcDateTime,
                static (text, at) =>
                {
                    "0000-00-00T00:00:00.000Z".CopyTo(text);
                    Write(text[..4], at.Year);
                    Write(text[5..7], at.Month);
                    Write(text[8..10], at.Day);
                    Write(text[11..13], at.Hour);
                    Write(text[14..16], at.Minute);
                    Write(text[17..19], at.Second);
                    Write(text[20..23], at.Millisecond);
                }
            )
            : null;

    /// <summary>Gives a time in milliseconds since 1970, or null.</summary>
    public static JsonValue? Milliseconds(DateTimeOffset? time) => time is { } at ? JsonValue.Create(at.ToUnixTimeMilliseconds()) : null;

    static void Write(Span<char> digits, int number)
    {
        for (var at = digits.Length - 1; at >= 0; at--, number /= 10)
            digits[at] = (char)('0' + number % 10);
    }
}
