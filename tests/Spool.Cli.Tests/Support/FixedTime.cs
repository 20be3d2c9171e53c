namespace Spool.Cli.Tests;

/// <summary>A clock that stands still, in the zone of UTC.</summary>
sealed class FixedTime(DateTimeOffset now) : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => now;
}
