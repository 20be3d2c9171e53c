using CsCheck;

namespace Spool.Cli.Tests;

public sealed class RelativeTimeTests
{
    [Theory]
    [InlineData("2026-05-20T11:59:30Z", "just now")]
    [InlineData("2026-05-20T12:00:20Z", "just now")]
    [InlineData("2026-05-20T11:57:00Z", "3 min ago")]
    [InlineData("2026-05-20T11:00:01Z", "59 min ago")]
    [InlineData("2026-05-20T03:00:00Z", "9 h ago")]
    [InlineData("2026-05-19T23:00:00Z", "yesterday")]
    [InlineData("2026-05-19T00:00:00Z", "yesterday")]
    [InlineData("2026-05-18T23:59:00Z", "2 days ago")]
    [InlineData("2026-05-14T12:00:00Z", "6 days ago")]
    [InlineData("2026-05-13T12:00:00Z", "2026-05-13")]
    [InlineData("2027-01-01T00:00:00Z", "2027-01-01")]
    public void A_time_is_told_the_finer_the_closer_it_is(string time, string words) =>
        Assert.Equal(
            words,
            Times.Relative(DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture), new FixedTime(CommandLine.Now))
        );

    [Fact]
    public void Any_time_is_told_by_any_clock_in_any_zone() =>
        Gen.Select(
                Gen.Long[DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks],
                Gen.Long[DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks],
                Gen.Int[-14 * 60, 14 * 60]
            )
            .Sample(
                (time, now, minutes) =>
                {
                    var clock = new FixedTime(
                        new DateTimeOffset(now, TimeSpan.Zero),
                        TimeZoneInfo.CreateCustomTimeZone("odd", TimeSpan.FromMinutes(minutes), "odd", "odd")
                    );
                    foreach (var ticks in new[] { time, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks })
                    {
                        var one = new DateTimeOffset(ticks, TimeSpan.Zero);
                        Assert.NotEmpty(Times.Relative(one, clock));
                        Assert.Equal(16, Times.Local(one, clock).Length);
                        Assert.Equal(24, Times.Rfc3339(one).Length);
                    }
                }
            );

    [Theory]
    [InlineData(0.25, "250 ms")]
    [InlineData(12, "12 s")]
    [InlineData(192, "3 min 12 s")]
    [InlineData(7500, "2 h 5 min")]
    public void A_duration_is_told_in_its_two_largest_units(double seconds, string words) =>
        Assert.Equal(words, Times.Duration(TimeSpan.FromSeconds(seconds)));
}
