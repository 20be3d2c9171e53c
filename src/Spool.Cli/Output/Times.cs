using System.Globalization;

namespace Spool.Cli;

/// <summary>Writes times for programs and for people.</summary>
static class Times
{
    /// <summary>Gives a time in RFC 3339, UTC, with milliseconds.</summary>
    public static string Rfc3339(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Gives a time to the minute in the zone of the clock.</summary>
    public static string Local(DateTimeOffset time, TimeProvider clock) =>
        TimeZoneInfo.ConvertTime(time, clock.LocalTimeZone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>Gives a time to the second with its zone, for programs that show it as it is: <c>2026-04-08T16:16:00+02:00</c>.</summary>
    public static string WithZone(DateTimeOffset time, TimeProvider clock)
    {
        var local = TimeZoneInfo.ConvertTime(time, clock.LocalTimeZone);
        return local.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + ZoneOf(local.Offset, ":", "Z");
    }

    /// <summary>Gives the zone of a clock as it is now: <c>UTC</c> or <c>+0200</c>.</summary>
    public static string Zone(TimeProvider clock) => Zone(clock.GetUtcNow(), clock);

    /// <summary>Gives the zone of a clock as it was at a time: <c>UTC</c> or <c>+0200</c>.</summary>
    public static string Zone(DateTimeOffset time, TimeProvider clock) => ZoneOf(clock.LocalTimeZone.GetUtcOffset(time), "", "UTC");

    static string ZoneOf(TimeSpan offset, string colon, string none) =>
        offset == TimeSpan.Zero
            ? none
            : Invariant($"{(offset < TimeSpan.Zero ? '-' : '+')}{Math.Abs(offset.Hours):00}{colon}{Math.Abs(offset.Minutes):00}");

    /// <summary>Gives a time of day to the second in the zone of the clock.</summary>
    public static string OfDay(DateTimeOffset time, TimeProvider clock) =>
        TimeZoneInfo.ConvertTime(time, clock.LocalTimeZone).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Names the zone of the clock, and how far it was from UTC at a time: <c>Europe/Berlin (UTC+02:00)</c>.</summary>
    public static string ZoneAt(DateTimeOffset time, TimeProvider clock)
    {
        var offset = clock.LocalTimeZone.GetUtcOffset(time);
        var sign = offset < TimeSpan.Zero ? '-' : '+';
        var id = SafeText.OneLine(clock.LocalTimeZone.Id, 60);
        return offset == TimeSpan.Zero && id is "UTC" or "Etc/UTC" ? "UTC" : Invariant($"{id} (UTC{sign}{offset:hh\\:mm})");
    }

    /// <summary>Says how long ago something was: the closer, the finer.</summary>
    public static string Relative(DateTimeOffset time, TimeProvider clock)
    {
        var now = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), clock.LocalTimeZone);
        var then = TimeZoneInfo.ConvertTime(time, clock.LocalTimeZone);
        var age = now - then;
        var days = (now.Date - then.Date).Days;
        return age < TimeSpan.FromMinutes(-1) ? then.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : age < TimeSpan.FromSeconds(60) ? "just now"
            : age < TimeSpan.FromHours(1) ? Invariant($"{(int)age.TotalMinutes} min ago")
            : days == 0 || age < TimeSpan.FromHours(6) ? Invariant($"{(int)age.TotalHours} h ago")
            : days == 1 ? "yesterday"
            : days < 7 ? Invariant($"{days} days ago")
            : then.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    /// <summary>Gives a duration as a person would say it.</summary>
    public static string Duration(TimeSpan duration) =>
        duration < TimeSpan.FromSeconds(1) ? Invariant($"{duration.TotalMilliseconds:0} ms")
        : duration < TimeSpan.FromMinutes(1) ? Invariant($"{duration.TotalSeconds:0.#} s")
        : duration < TimeSpan.FromHours(1) ? Invariant($"{(int)duration.TotalMinutes} min {duration.Seconds} s")
        : Invariant($"{(int)duration.TotalHours} h {duration.Minutes} min");

    static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
