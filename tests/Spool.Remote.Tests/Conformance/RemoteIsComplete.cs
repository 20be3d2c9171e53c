using Spool.TestKit;

namespace Spool.Remote.Tests;

public sealed class RemoteIsComplete
{
    [Theory]
    [InlineData("RemoteInMemory")]
    [InlineData("RemoteLocal")]
    public void Every_suite_of_the_kit_runs_against_each_served_store(string prefix)
    {
        var classes = typeof(RemoteIsComplete)
            .Assembly.GetTypes()
            .Where(type => type.Name.StartsWith(prefix, StringComparison.Ordinal))
            .ToList();

        Assert.DoesNotContain(ConformanceSuites.All, suite => !classes.Any(type => type.IsSubclassOf(suite)));
    }
}
