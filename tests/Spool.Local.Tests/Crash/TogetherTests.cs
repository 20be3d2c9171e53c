using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>Processes that change one home in every way, beside others that only read, all with one index. One of the writers is a <c>spool
/// serve</c>, one is killed again and again.</summary>
/// <remarks><c>SPOOL_TOGETHER_SECONDS</c> sets how long.</remarks>
public sealed class TogetherTests
{
    const int Kept = 4;

    static readonly int Seconds = Settings.Number("SPOOL_TOGETHER_SECONDS", 6);

    [Fact]
    public async Task What_one_process_was_acknowledged_its_next_call_shows_whatever_the_others_do()
    {
        using var home = new TempHome();
        for (var number = 1; number <= 3 * Kept; number++)
            home.Put((number % 2 == 0 ? Legacy(number) : Paginated(number)).Turn("second"));
        // Enough files that a look at the folders takes as long as several moves.
        for (var number = 100; number < 1500; number++)
            home.Put(Legacy(number));
        await home.EverythingAsync();
        var ledger = new Ledger();
        var random = new Random(Settings.Number("SPOOL_CRASH_SEED", 1));

        HostProcess Start(string way, int first, int count, int seconds, params object[] more) =>
            HostProcess.Start(
                home,
                ledger,
                [
                    way,
                    "--run",
                    $"p{first}",
                    "--threads",
                    string.Join(',', Enumerable.Range(first, count).Select(Id)),
                    "--seconds",
                    seconds,
                    "--seed",
                    random.Next(10_000),
                    .. more,
                ]
            );

        using var server = await HomeServer.StartAsync(home);
        HostProcess[] steady =
        [
            Start("together", 1, Kept, Seconds),
            Start("together", 1 + Kept, Kept, Seconds, "--server", server.Address),
            Start("watch", 1, 2 * Kept, Seconds),
            Start("watch", 1, 3 * Kept, Seconds),
        ];
        var ends = Task.WhenAll(steady.Select(host => host.EndAsync()));
        var victims = new List<HostProcess>();
        while (!ends.IsCompleted)
        {
            // Every other one is a server too, which is killed with its client.
            using var killed = victims.Count % 2 == 0 ? null : await HomeServer.StartAsync(home);
            var victim = Start("together", 1 + 2 * Kept, Kept, 60, killed is null ? [] : ["--server", killed.Address]);
            victims.Add(victim);
            await Task.WhenAny(ends, Task.Delay(500 + random.Next(1500), TestContext.Current.CancellationToken));
            await victim.KillAsync();
        }

        var faults = steady
            .Concat(victims)
            .SelectMany(host => host.Other)
            .Where(line => !line.StartsWith("did ", StringComparison.Ordinal) && line != "done")
            .ToList();
        Assert.True(faults.Count == 0, string.Join('\n', faults.Take(20)));
        Assert.All(await ends, code => Assert.Equal(0, code));
        var grown = await home.EverythingAsync();
        Assert.All(
            grown,
            thread =>
                Assert.Contains(thread.State, (ThreadCondition[])[ThreadCondition.Ok, ThreadCondition.Torn, ThreadCondition.Superseded])
        );
        await using var anew = home.Open(options => options with { CacheDirectory = home.Cache + "-anew" });
        await anew.RebuildAsync(cancellationToken: TestContext.Current.CancellationToken);
        var rebuilt = await anew.EverythingAsync();
        Assert.True(
            rebuilt.ToHashSet().SetEquals(grown),
            $"rebuilt:\n{string.Join('\n', rebuilt.Except(grown))}\ngrown:\n{string.Join('\n', grown.Except(rebuilt))}"
        );
        Assert.Equal(rebuilt.Select(thread => thread.Id), grown.Select(thread => thread.Id));
        foreach (var host in steady.Concat(victims))
            host.Dispose();
    }
}
