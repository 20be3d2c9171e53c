using System.Globalization;

namespace Spool;

/// <summary>Says which threads can be in a part of a home that cannot be read.</summary>
static class ProblemPlaces
{
    // A folder is named after the local day on which its threads began, which the id tells in UTC.
    static readonly TimeSpan Zone = TimeSpan.FromDays(2);

    /// <summary>Says whether a thread may be there. A folder of an earlier day than that of the id is out of the question; of everything else nobody knows: somebody may have put an older thread there.</summary>
    public static bool MayHold(string place, ThreadId thread) =>
        thread.CreatedAt is not { } created || LastDayOf(place) is not { } last || created.UtcDateTime.Ticks <= last.Ticks + Zone.Ticks;

    // sessions/2026, sessions/2026/03 or sessions/2026/03/02
    static DateTime? LastDayOf(string place)
    {
        var parts = place.Split('/');
        if (parts is not [HomeLayout.Sessions, _, ..] || parts.Length > 4
            || !DateTime.TryParseExact($"{parts[1]}/{parts.ElementAtOrDefault(2) ?? "01"}/{parts.ElementAtOrDefault(3) ?? "01"}", "yyyy/MM/dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first))
            return null;
        return parts.Length switch
        {
            2 => new DateTime(first.Year, 12, 31),
            3 => new DateTime(first.Year, first.Month, DateTime.DaysInMonth(first.Year, first.Month)),
            _ => first,
        };
    }
}
