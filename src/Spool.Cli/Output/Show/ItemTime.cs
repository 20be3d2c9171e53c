using System.Globalization;

namespace Spool.Cli;

/// <summary>Says when an item was written.</summary>
static class ItemTime
{
    /// <summary>Gives the time of day in the zone of the clock, to the second, or null when the item has none.</summary>
    public static string? Of(ThreadItem item, TimeProvider clock) =>
        ItemView.Text(item, "at") is { } at
        && DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? TimeZoneInfo.ConvertTime(time, clock.LocalTimeZone).ToString("HH:mm:ss", CultureInfo.InvariantCulture)
            : null;
}
