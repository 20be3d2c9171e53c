using System.Globalization;

namespace Spool.TestKit;

/// <summary>Makes ids that are the same in every run.</summary>
public static class SeedIds
{
    /// <summary>The time at which the seeded homes begin.</summary>
    public static DateTimeOffset Epoch { get; } = new(2026, 4, 30, 9, 15, 0, 120, TimeSpan.Zero);

    /// <summary>Makes an id of version 7.</summary>
    /// <param name="number">What makes it unlike the others of the same time.</param>
    /// <param name="time">The time it carries, or null for <see cref="Epoch"/>.</param>
    public static ThreadId Id(int number, DateTimeOffset? time = null)
    {
        var ms = (time ?? Epoch).ToUnixTimeMilliseconds().ToString("x12", CultureInfo.InvariantCulture);
        return ThreadId.Parse($"{ms[..8]}-{ms[8..]}-7000-8000-{number:x12}");
    }
}
