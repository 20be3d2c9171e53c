using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Spool.Cli;

/// <summary>Options that take a time as people say it: a date, a date and a time, a day by its name, or how long ago.</summary>
static partial class TimeOption
{
    /// <summary>Says what is taken, for helps and errors.</summary>
    public const string Ways =
        "a date (2026-04-08), a time ('2026-04-08 16:16'), a day (today, yesterday, tuesday) or how long ago (30m for minutes, 12h, 3d, 2w, 6mo for months, 1y)";

    const string Last = "last ";
    const int ShortestWeekday = 3;

    static readonly string[] Weekdays = [.. Enum.GetValues<DayOfWeek>().Select(day => day.ToString().ToLowerInvariant())];

    static readonly string[] Days = ["today", "yesterday", .. Weekdays];

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
        option.CompletionSources.Add(Days);
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
            DayOf(text, today) is { } named ? named
            : DateTime.TryParseExact(text, Forms[0], CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year < 9999
                ? date
            : null;
        if (day is { } whole)
        {
            (time, dayAfter) = (InZone(whole, zone), InZone(whole.AddDays(1), zone));
            return true;
        }
        if (TryReadAge(text, now, out time))
            return true;
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

    // A day of the week is the last one before today.
    static DateTime? DayOf(string text, DateTime today)
    {
        if (text.Equals("today", StringComparison.OrdinalIgnoreCase))
            return today;
        if (text.Equals("yesterday", StringComparison.OrdinalIgnoreCase))
            return today.AddDays(-1);
        if (text.StartsWith(Last, StringComparison.OrdinalIgnoreCase))
            text = text[Last.Length..];
        return
            text.Length >= ShortestWeekday
            && Array.FindIndex(Weekdays, weekday => weekday.StartsWith(text, StringComparison.OrdinalIgnoreCase)) is >= 0 and var day
            ? today.AddDays(-1 - ((int)today.DayOfWeek - day + 6) % 7)
            : null;
    }

    static bool TryReadAge(string text, DateTimeOffset now, out DateTimeOffset time)
    {
        time = DateTimeOffset.MinValue;
        if (
            Age().Match(text) is not { Success: true, Groups: var groups }
            || !int.TryParse(groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number > 100_000
        )
            return false;
        var (span, months) = groups["unit"].Value.ToLowerInvariant() switch
        {
            "m" or "min" or "minute" => (TimeSpan.FromMinutes(number), 0),
            "h" or "hour" => (TimeSpan.FromHours(number), 0),
            "d" or "day" => (TimeSpan.FromDays(number), 0),
            "w" or "week" => (TimeSpan.FromDays(7L * number), 0),
            "mo" or "month" => (TimeSpan.Zero, number),
            _ => (TimeSpan.Zero, 12 * number),
        };
        // what is before all times is the first of them
        if (now - DateTimeOffset.MinValue > span && months < 12 * (now.Year - 1))
            time = (now - span).AddMonths(-months);
        return true;
    }

    [GeneratedRegex(
        "^(?<number>[0-9]+) ?((?<unit>mo|min|m|h|d|w|y)|(?<unit>minute|hour|day|week|month|year)s?)(?: ago)?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Age();
}
