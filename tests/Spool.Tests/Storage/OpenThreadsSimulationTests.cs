using System.Globalization;
using Spool.TestKit;
using Xunit;

namespace Spool.Tests;

/// <summary>What may happen to open threads, whoever comes when.</summary>
public sealed class OpenThreadsSimulationTests
{
    [Fact, Guarantee("OPEN-01")]
    public void Whoever_comes_when_a_thread_has_one_holder_places_are_never_exceeded_only_what_is_idle_is_closed_and_nobody_waits_for_ever()
    {
        // SPOOL_SEEDS=FIRST+COUNT is the long run, and replays a seed.
        var words = (Environment.GetEnvironmentVariable("SPOOL_SEEDS") ?? "0+10000").Split('+');
        var (first, count) = (int.Parse(words[0], CultureInfo.InvariantCulture), int.Parse(words[1], CultureInfo.InvariantCulture));
        for (var seed = first; seed < first + count; seed++)
        {
            if (OpenThreadsSimulation.Run(seed) is { } failure)
                Assert.Fail(failure);
        }
    }
}
