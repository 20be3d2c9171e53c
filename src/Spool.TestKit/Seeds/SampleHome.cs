namespace Spool.TestKit;

/// <summary>Small homes that several suites use.</summary>
static class SampleHome
{
    /// <summary>Starts a log in either mode: even numbers are legacy, odd ones carry ordinals.</summary>
    public static RolloutLines Log(int number, DateTimeOffset createdAt) =>
        number % 2 == 0 ? RolloutLines.Legacy(SeedIds.Id(number), createdAt) : RolloutLines.Paginated(SeedIds.Id(number), createdAt);

    /// <summary>Makes threads in groups of equal times: <paramref name="perInstant"/> threads share each instant.</summary>
    public static List<ThreadSeed> Ties(int count, int perInstant) =>
        [.. Enumerable.Range(0, count).Select(number => Thread(number, SeedIds.Epoch.AddMinutes(number / perInstant)).ToSeed())];

    /// <summary>Makes a log of one turn.</summary>
    public static RolloutLines Thread(int number, DateTimeOffset? createdAt = null) =>
        Log(number, createdAt ?? SeedIds.Epoch.AddMinutes(number)).Turn($"Question {number}");

    /// <summary>Makes a log of several turns in either mode.</summary>
    public static RolloutLines Turns(int number, int turns)
    {
        var log = Log(number, SeedIds.Epoch.AddMinutes(number));
        for (var turn = 1; turn <= turns; turn++)
            log.Wait(TimeSpan.FromSeconds(10)).Turn($"Question {turn}", $"Answer {turn}");
        return log;
    }

    /// <summary>Makes one thread of every condition that a log by itself can be in, in the order of <see cref="ThreadCondition"/> up to
    /// unknown format.</summary>
    public static List<ThreadSeed> Conditions() =>
        [
            Thread(1).ToSeed(),
            Thread(2).Torn().ToSeed(),
            Thread(4).Rubbish("no item"u8).Turn("More").ToSeed(),
            RolloutLines.Headless(SeedIds.Id(5), SeedIds.Epoch).ToSeed(),
            RolloutLines
                .From(new RolloutHead(SeedIds.Id(6), SeedIds.Epoch) { HistoryMode = "holographic" })
                .Event("user_message", "\"message\":\"Hello\"")
                .ToSeed(),
        ];
}
