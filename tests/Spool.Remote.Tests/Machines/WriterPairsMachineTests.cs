using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>The client's side of the writer's protocol alone: in every state that a writer of a few calls can come to, every two things
/// that may happen next, one behind the other, with a server that does what the contract says.</summary>
public sealed class WriterPairsMachineTests
{
    const int Longest = 6; // things that happen one behind the other

    [Theory, Guarantee("STAT-04"), InlineData(false), InlineData(true)]
    public void Whatever_two_things_happen_to_a_writer_in_whatever_state_each_call_ends_once_and_what_it_is_told_is_true(bool isStored)
    {
        var reached = new HashSet<string>();
        var pairs = 0;
        List<List<Happening>> open =
        [
            [],
        ];
        for (var length = 0; length < Longest && open.Count > 0; length++)
        {
            List<List<Happening>> next = [];
            foreach (var path in open)
            {
                var before = Run(path, isStored);
                foreach (var happening in Happening.All.Where(happening => happening.IsPossible(before)))
                {
                    List<Happening> longer = [.. path, happening];
                    var world = Run(longer, isStored);
                    pairs += Happening.All.Count(other => other.IsPossible(world));
                    if (!reached.Add(world.Shape))
                        continue;
                    next.Add(longer);
                    world.Finish();
                }
            }
            open = next;
        }

        TestContext.Current.SendDiagnosticMessage($"{reached.Count} states, {pairs} pairs");
        Assert.True(reached.Count > 1000, $"{reached.Count} states, {pairs} pairs");
    }

    static World Run(List<Happening> path, bool isStored)
    {
        var world = new World(isStored);
        foreach (var happening in path)
            world.Happen(happening);
        world.Check(); // what came before was checked when it was the last
        return world;
    }
}
