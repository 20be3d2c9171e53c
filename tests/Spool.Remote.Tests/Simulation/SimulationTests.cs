using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>The protocol of writers, both sides, with everything that a network, a server and a caller can do to it.</summary>
public sealed class SimulationTests
{
    [Fact, Guarantee("REMO-26")]
    public void Whatever_happens_between_a_writer_and_its_server_each_append_is_stored_once_and_where_it_was_said_or_not_at_all()
    {
        var (first, count) = Range();
        for (var seed = first; seed < first + count; seed++)
        {
            if (Simulation.Run(seed) is { } failure)
                Assert.Fail(failure);
        }
    }

    // SPOOL_SEEDS=FIRST+COUNT is the long run, and replays a seed.
    static (int First, int Count) Range()
    {
        var words = (Environment.GetEnvironmentVariable("SPOOL_SEEDS") ?? "0+10000").Split('+');
        return (
            int.Parse(words[0], System.Globalization.CultureInfo.InvariantCulture),
            int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture)
        );
    }
}
