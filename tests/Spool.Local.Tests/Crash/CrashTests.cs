using System.Diagnostics;
using Spool.CrashHost;
using Spool.TestKit;

namespace Spool.Local.Tests;

/// <summary>A process that writes is killed, again and again, and what it had promised is there.</summary>
/// <remarks><c>SPOOL_CRASH_KILLS</c> sets how often (<c>./crash</c> is the long run) and <c>SPOOL_CRASH_SEED</c> repeats a run as far as
/// the scheduling of two processes can be repeated. A failure names the seed and leaves the home where it is.</remarks>
public sealed class CrashTests
{
    const int KillsOfAHome = 25;
    static readonly int Kills = Settings.Number("SPOOL_CRASH_KILLS", 50);
    static readonly int Seed = Settings.Number("SPOOL_CRASH_SEED", Environment.TickCount & 0xffffff);

    [Fact, Guarantee("CRSH-01")]
    public async Task A_process_that_is_killed_at_any_moment_loses_nothing_it_acknowledged()
    {
        var random = new Random(Seed);
        long promised = 0,
            torn = 0,
            sessions = 0;
        for (var killed = 0; killed < Kills; )
        {
            using var home = new TempHome();
            var ledger = new Ledger();
            for (var kills = random.Next(4) == 0 ? 1 : KillsOfAHome; kills > 0 && killed < Kills; kills--, killed++)
            {
                try
                {
                    await CrashAsync(home, ledger, $"r{killed}", random);
                    torn += await CheckAsync(home, ledger, isCached: random.Next(4) > 0);
                    if (random.Next(5) == 0)
                        await ContinueAsync(home, ledger, $"c{killed}");
                }
                catch (Exception e)
                {
                    home.Keep();
                    throw new InvalidOperationException($"Kill {killed} of seed {Seed} failed; the home is {home.Path}.", e);
                }
            }
            await ContinueAsync(home, ledger, "last");
            promised += ledger.Promised;
            sessions += ledger.Sessions;
        }
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Kills} kills of seed {Seed}: {promised} items promised in {sessions} sessions, all there; {torn} threads were torn."
        );
    }

    static async Task CrashAsync(TempHome home, Ledger ledger, string run, Random random)
    {
        // Half of the processes die by themselves in the middle of a chosen step, the others are hit from outside, wherever they are.
        var dieAt = random.Next(2) == 0 ? (int)Math.Exp(random.NextDouble() * Math.Log(1500)) : 0;
        using var host = HostProcess.Start(
            home,
            ledger,
            "work",
            "--run",
            run,
            "--seed",
            random.Next(),
            "--workers",
            random.Next(1, 5),
            "--die-at",
            dieAt
        );
        if (dieAt == 0)
        {
            var receipts = (int)Math.Exp(random.NextDouble() * Math.Log(1000)) - 1;
            if (receipts == 0)
                Spin(random.Next(400_000)); // while it starts, finds its threads, recovers
            else
            {
                await host.ReadAsync(receipts);
                Spin(random.Next(2) == 0 ? random.Next(50) : random.Next(3_000));
            }
            await host.KillAsync();
        }
        else
            await host.EndAsync();
        Assert.DoesNotContain(host.Other, line => line.StartsWith("failed", StringComparison.Ordinal));
    }

    static async Task<int> CheckAsync(TempHome home, Ledger ledger, bool isCached)
    {
        await using var store = isCached ? home.Open() : home.Open(options => options with { CacheDirectory = home.Cache + "-new" });
        await ledger.CheckAsync(store, ThreadCondition.Ok, ThreadCondition.Torn);
        var torn = (await store.EverythingAsync()).Count(thread => thread.State == ThreadCondition.Torn);
        if (!isCached)
            Directory.Delete(home.Cache + "-new", recursive: true);
        return torn;
    }

    // The next writer needs no help: it resumes every thread, writes and leaves it whole.
    static async Task ContinueAsync(TempHome home, Ledger ledger, string run)
    {
        await using var store = home.Open();
        foreach (var (index, thread) in (await store.EverythingAsync()).Index())
        {
            var session = await WorkSession.ResumeAsync(store, thread.Id, $"{run}.{index}", line => ledger.Read(line));
            Assert.Null(await session.AppendAsync(3, Durability.Buffered));
            await session.ShutDownAsync();
        }
        await ledger.CheckAsync(store, ThreadCondition.Ok);
    }

    // A delay shorter than what a timer can do.
    static void Spin(int microseconds)
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalMicroseconds < microseconds)
            Thread.SpinWait(20);
    }
}
