using Spool.TestKit;
using Xunit;

namespace Spool.Tests;

/// <summary>The kit runs what it has.</summary>
public sealed class KitTests
{
    [Fact]
    public void Who_derives_single_suites_learns_which_are_missing()
    {
        var missing = ConformanceSuites.MissingFrom<OtherHarness>(typeof(KitTests).Assembly);

        Assert.Equal(
            ConformanceSuites.For(typeof(OtherHarness)).Where(suite => suite != typeof(FindConformanceTests<OtherHarness>)),
            missing
        );
        Assert.Contains(
            "ListConformanceTests, ListPagingConformanceTests",
            Assert.ThrowsAny<Exception>(() => ConformanceSuites.AssertComplete<OtherHarness>(typeof(KitTests).Assembly)).Message,
            StringComparison.Ordinal
        );
        ConformanceSuites.AssertComplete<InMemoryHarness>(typeof(KitTests).Assembly);
    }

    [Fact]
    public void The_kit_knows_all_of_its_suites() =>
        Assert.Equal(
            typeof(ConformanceSuites)
                .Assembly.GetTypes()
                .Where(type => type.IsSubclassOf(typeof(ConformanceSuite)) && !type.IsAbstract)
                .Select(type => type.Name)
                .Order(),
            ConformanceSuites.All.Select(suite => suite.Name).Order()
        );
}

/// <summary>A harness of which only one suite is derived.</summary>
public sealed class OtherHarness : InMemoryHarness;

public sealed class OtherFind : FindConformanceTests<OtherHarness>;
