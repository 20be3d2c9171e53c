namespace Spool.Cli.Tests;

public sealed class PosixZoneTests
{
    [Theory]
    [InlineData("JST-9", 9, 9)]
    [InlineData("UTC-8", 8, 8)]
    [InlineData(":EST5", -5, -5)]
    [InlineData("<+0530>-5:30", 5.5, 5.5)]
    [InlineData("<-03>+3", -3, -3)]
    [InlineData("CET-1CEST,M3.5.0,M10.5.0/3", 1, 2)]
    [InlineData("PST8PDT", -8, -7)]
    [InlineData("<-03>3<-02>2,M3.2.0/0:30,M11.1.0/1", -3, -2)]
    [InlineData("AEST-10AEDT,M10.1.0,M4.1.0/3", 11, 10)]
    public void The_sign_is_that_of_POSIX_and_summer_is_when_the_rule_says(string value, double january, double july)
    {
        var zone = PosixZone.Parse(value)!;

        Assert.Equal(
            (january, july),
            (
                zone.GetUtcOffset(new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero)).TotalHours,
                zone.GetUtcOffset(new DateTimeOffset(2026, 7, 15, 12, 0, 0, TimeSpan.Zero)).TotalHours
            )
        );
    }

    [Fact]
    public void Summer_begins_and_ends_at_the_times_of_the_rule()
    {
        var zone = PosixZone.Parse("CET-1CEST,M3.5.0,M10.5.0/3")!;

        Assert.Equal([1, 2, 2, 1], [Hours(3, 29, 0), Hours(3, 29, 1), Hours(10, 25, 0), Hours(10, 25, 1)]);

        double Hours(int month, int day, int hour) =>
            zone.GetUtcOffset(new DateTimeOffset(2026, month, day, hour, 0, 0, TimeSpan.Zero)).TotalHours;
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("UTC")]
    [InlineData("Europe/Berlin")]
    [InlineData("nowhere")]
    [InlineData("AB-1")]
    [InlineData("UTC-15")]
    [InlineData("UTC-8:00:01")]
    [InlineData("CET-1CEST,J60,J300")]
    [InlineData("CET-1CEST,M13.1.0,M1.1.0")]
    [InlineData("CET-1CEST,M3.1.0/25,M10.1.0")]
    [InlineData("CET-1CEST,M3.1.0,M3.1.0")]
    public void What_is_in_another_form_is_none(string value) => Assert.Null(PosixZone.Parse(value));
}
