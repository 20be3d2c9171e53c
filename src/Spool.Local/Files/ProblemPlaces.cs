using System.Globalization;

namespace Spool;

/// <summary>Says what a part of a home that cannot be read may hold.</summary>
static class ProblemPlaces
{
    // A folder is named after the local day on which its threads began, which the id tells in UTC.
    static readonly TimeSpan Zone = TimeSpan.FromDays(2);

    /// <summary>Says whether a history that continues a thread may be there. It began later, so that Codex and Spool put it into the folder
    /// of a later day; a folder of an earlier one, into which it may have been moved, does not keep the thread for ever. Of everything
    /// else it is not known.</summary>
    public static bool MayContinue(string place, ThreadId threadId) =>
        threadId.CreatedAt is not { } created || LastDayOf(place) is not { } last || created.UtcDateTime.Ticks <= last.Ticks + Zone.Ticks;

    // sessions/2026, sessions/2026/03 or sessions/2026/03/02
    static DateTime? LastDayOf(string place)
    {
        var parts = place.Split('/');
        if (
            parts is not [HomeLayout.Sessions, _, ..]
            || parts.Length > 4
            || !DateTime.TryParseExact(
                $"{parts[1]}/{parts.ElementAtOrDefault(2) ?? "01"}/{parts.ElementAtOrDefault(3) ?? "01"}",
                "yyyy/MM/dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var first
            )
        )
            return null;
        return parts.Length switch
        {
            2 => new DateTime(first.Year, 12, 31),
            3 => new DateTime(first.Year, first.Month, DateTime.DaysInMonth(first.Year, first.Month)),
            _ => first,
        };
    }
}
