using Spool.CrashHost;
using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>Processes that fight for one thread: at any time one of them has it, and the others are told so.</summary>
/// <remarks><c>SPOOL_FIGHT_SECONDS</c> sets how long.</remarks>
public sealed class FightTests
{
    static readonly int Seconds = Settings.Number("SPOOL_FIGHT_SECONDS", 5);

    [Theory, Guarantee("CRSH-02")]
    [InlineData(HistoryModes.Legacy)]
    [InlineData(HistoryModes.Paginated)]
    public async Task Of_processes_that_fight_for_a_thread_every_append_is_refused_or_kept_in_one_order(string mode)
    {
        using var home = new TempHome();
        var ledger = new Ledger();
        var threadId = Id(1);
        var seconds = Math.Max(1, Seconds / 2);

        var hosts = Enumerable.Range(0, 3).Select(number => Fight(home, ledger, threadId, mode, $"p{number}", seconds)).ToList();
        var codes = await Task.WhenAll(hosts.Select(host => host.EndAsync()));

        Assert.All(hosts, host => Assert.Equal("done", host.Other[^1]));
        Assert.Equal([0, 0, 0], codes);
        await using var store = home.Open();
        await ledger.CheckAsync(store, ThreadCondition.Ok);
        // It was a fight: somebody found the thread taken, and more than one had it.
        Assert.Contains(hosts, host => host.Other.Contains($"busy {threadId}"));
        var winners = (await store.HistoryAsync(threadId, TestContext.Current.CancellationToken))
            .Skip(1)
            .Select(item => WorkItem.Read(item)!.Value.Session.Split('.')[0]);
        Assert.InRange(winners.Distinct().Count(), 2, 3);
        hosts.ForEach(host => host.Dispose());
    }

    [Fact, Guarantee("CRSH-03")]
    public async Task A_fighter_that_is_killed_leaves_the_thread_to_the_others()
    {
        using var home = new TempHome();
        var ledger = new Ledger();
        var threadId = Id(1);
        var random = new Random(1);
        using var steady = Fight(home, ledger, threadId, HistoryModes.Paginated, "steady", Math.Max(2, Seconds));
        var reading = steady.EndAsync();

        for (var number = 0; !reading.IsCompleted; number++)
        {
            using var victim = Fight(home, ledger, threadId, HistoryModes.Paginated, $"v{number}", 60);
            if (!await victim.ReadAsync(1 + random.Next(40)))
                break;
            await victim.KillAsync();
            Assert.DoesNotContain(victim.Other, line => line.StartsWith("failed", StringComparison.Ordinal));
        }

        Assert.Equal(0, await reading);
        Assert.Equal("done", steady.Other[^1]);
        await using var store = home.Open();
        await ledger.CheckAsync(store, ThreadCondition.Ok, ThreadCondition.Torn);
    }

    static HostProcess Fight(TempHome home, Ledger ledger, ThreadId threadId, string mode, string run, int seconds) =>
        HostProcess.Start(
            home,
            ledger,
            "fight",
            "--run",
            run,
            "--thread",
            threadId,
            "--mode",
            mode,
            "--seconds",
            seconds,
            "--seed",
            run.GetHashCode(StringComparison.Ordinal) & 0xffff
        );
}
