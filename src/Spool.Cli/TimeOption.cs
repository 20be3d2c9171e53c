using System.CommandLine;
using System.Globalization;

namespace Spool.Cli;

/// <summary>Options that take a time as people say it: a date, a date and a time, or how long ago.</summary>
static class TimeOption
{
    /// <summary>Says what is taken, for helps and errors.</summary>
    public const string Ways = "a date (2026-04-08), a time ('2026-04-08 16:16') or how long ago (30m, 12h, 3d, 2w, today, yesterday)";

    static readonly string[] Forms =
    [
        "yyyy-MM-dd",
        "yyyy-MM-dd HH:mm",
        "yyyy-MM-dd HH:mm:ss",
        "yyyy-MM-dd'T'HH:mm",
        "yyyy-MM-dd'T'HH:mm:ss",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF",
    ];

    static readonly string[] FormsWithZone = [.. Forms[1..].SelectMany(form => (string[])[form + "zzz", form + " zzz", form + "'Z'"])];

    /// <summary>Makes an option.</summary>
    public static Option<string?> Of(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "TIME" };
        option.Validators.Add(result =>
        {
            if (
                result.Tokens is [.., var token]
                && token.Value.Length > 0
                && !TryRead(token.Value, DateTimeOffset.UnixEpoch.AddYears(30), TimeZoneInfo.Utc, out _, out _)
            )
                result.AddError($"{name} takes {Ways}, not {UsageErrors.Quote(token.Value)}.");
        });
        return option;
    }

    /// <summary>Gives the time from which on something counts.</summary>
    /// <param name="text">What a person gave, or null.</param>
    /// <param name="clock">The clock and the zone.</param>
    public static DateTimeOffset? From(string? text, TimeProvider clock) =>
        text is not null && TryRead(text, clock.GetUtcNow(), clock.LocalTimeZone, out var time, out _) ? time : null;

    /// <summary>Gives the time before which something counts: of a day its end.</summary>
    /// <param name="text">What a person gave, or null.</param>
    /// <param name="clock">The clock and the zone.</param>
    public static DateTimeOffset? Before(string? text, TimeProvider clock) =>
        text is not null && TryRead(text, clock.GetUtcNow(), clock.LocalTimeZone, out var time, out var dayAfter) ? dayAfter ?? time : null;

    // A whole day has the one behind it.
    static bool TryRead(string text, DateTimeOffset now, TimeZoneInfo zone, out DateTimeOffset time, out DateTimeOffset? dayAfter)
    {
        (time, dayAfter) = (default, null);
        text = text.Trim();
        var today = TimeZoneInfo.ConvertTime(now, zone).Date;
        DateTime? day =
            text.Equals("today", StringComparison.OrdinalIgnoreCase) ? today
            : text.Equals("yesterday", StringComparison.OrdinalIgnoreCase) ? today.AddDays(-1)
            : DateTime.TryParseExact(text, Forms[0], CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year < 9999
                ? date
            : null;
        if (day is { } whole)
        {
            (time, dayAfter) = (InZone(whole, zone), InZone(whole.AddDays(1), zone));
            return true;
        }
        if (AgeOf(text) is { } age)
        {
            time = now - DateTimeOffset.MinValue > age ? now - age : DateTimeOffset.MinValue;
            return true;
        }
        if (DateTime.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            time = InZone(local, zone);
            return true;
        }
        return DateTimeOffset.TryParseExact(text, FormsWithZone, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }

    // A time that a change of clocks leaves out is the one after it.
    static DateTimeOffset InZone(DateTime local, TimeZoneInfo zone)
    {
        local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        var ticks = local.Ticks - zone.GetUtcOffset(local).Ticks;
        return new DateTimeOffset(Math.Clamp(ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks), TimeSpan.Zero);
    }

    static TimeSpan? AgeOf(string text)
    {
        if (
            text.Length < 2
            || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number > 100_000
        )
            return null;
        return char.ToLowerInvariant(text[^1]) switch
        {
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            'w' => TimeSpan.FromDays(7L * number),
            'y' => TimeSpan.FromDays(365L * Math.Min(number, 9000)),
            _ => null,
        };
    }
}
