using System.Globalization;
using System.Text.RegularExpressions;

namespace Spool.Cli;

/// <summary>A time zone as POSIX writes it, which other programs understand in <c>TZ</c> and the framework does not: <c>JST-9</c>,
/// <c>&lt;+0530&gt;-5:30</c>, <c>CET-1CEST,M3.5.0,M10.5.0/3</c>.</summary>
static partial class PosixZone
{
    static readonly TimeSpan Furthest = TimeSpan.FromHours(14); // that a zone of the framework may be from UTC

    /// <summary>Gives a clock in the zone that a value of <c>TZ</c> says, where the framework has not found it.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="value">The value, or null.</param>
    public static TimeProvider Of(TimeProvider clock, string? value) =>
        value is not null && clock.LocalTimeZone.Id != value.TrimStart(':') && Parse(value) is { } zone
            ? new ZonedTime(clock, zone)
            : clock;

    /// <summary>Reads a zone.</summary>
    /// <returns>The zone, or null where it is not in that form.</returns>
    public static TimeZoneInfo? Parse(string value)
    {
        var text = value.TrimStart(':');
        if (Form().Match(text) is not { Success: true } form)
            return null;
        // POSIX counts what is west of Greenwich as positive.
        var standard = -Time(form.Groups["standard"].Value);
        var summer = form.Groups["summer"] is { Success: true } given ? -Time(given.Value) : standard + TimeSpan.FromHours(1);
        if (!IsPossible(standard) || !IsPossible(summer))
            return null;
        if (!form.Groups["name"].Success)
            return TimeZoneInfo.CreateCustomTimeZone(text, standard, text, text);
        // Without a rule it is that of the United States.
        var (from, to) = form.Groups["from"] is { Success: true } rule ? (rule.Value, form.Groups["to"].Value) : ("M3.2.0", "M11.1.0");
        if (ChangeAt(from) is not { } start || ChangeAt(to) is not { } end || start == end)
            return null;
        return TimeZoneInfo.CreateCustomTimeZone(
            text,
            standard,
            text,
            text,
            text,
            [
                TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
                    DateTime.MinValue.Date,
                    DateTime.MaxValue.Date,
                    summer - standard,
                    start,
                    end
                ),
            ]
        );
    }

    static bool IsPossible(TimeSpan offset) => offset.Duration() <= Furthest && offset.Seconds == 0;

    static TimeZoneInfo.TransitionTime? ChangeAt(string rule)
    {
        if (Change().Match(rule) is not { Success: true } change)
            return null;
        var time = change.Groups["time"] is { Success: true } given ? Time(given.Value) : TimeSpan.FromHours(2);
        return time < TimeSpan.FromDays(1)
            ? TimeZoneInfo.TransitionTime.CreateFloatingDateRule(
                DateTime.MinValue + time,
                Number(change.Groups["month"].Value),
                Number(change.Groups["week"].Value),
                (DayOfWeek)Number(change.Groups["day"].Value)
            )
            : null;
    }

    static TimeSpan Time(string text)
    {
        var parts = text.TrimStart('+', '-').Split(':').Select(Number).ToList();
        var time = new TimeSpan(parts[0], parts.ElementAtOrDefault(1), parts.ElementAtOrDefault(2));
        return text[0] == '-' ? -time : time;
    }

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)(?<standard>[+-]?[0-9]{1,2}(?::[0-5][0-9]){0,2})(?:(?<name>[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)(?<summer>[+-]?[0-9]{1,2}(?::[0-5][0-9]){0,2})?(?:,(?<from>[^,]+),(?<to>[^,]+))?)?\z",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex Form();

    [GeneratedRegex(
        @"^M(?<month>[1-9]|1[0-2])\.(?<week>[1-5])\.(?<day>[0-6])(?:/(?<time>[0-9]{1,2}(?::[0-5][0-9]){0,2}))?\z",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex Change();
}
