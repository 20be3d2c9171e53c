using System.Text.RegularExpressions;
using Xunit;

namespace Spool.Tests;

/// <summary>The table of abilities: it names every one that there is, once.</summary>
public sealed partial class StoreAbilityTests
{
    // What is no ability of a store: the stores themselves, what is given to them, watches them or keeps their writers, and how turns are
    // made.
    static readonly Type[] Others =
    [
        typeof(IThreadStore),
        typeof(IThreadWriter),
        typeof(IReadingRoom),
        typeof(ILogLines),
        typeof(ITurnLookup),
        typeof(IStoreObserver),
        typeof(IThreadHolder),
        typeof(IOpenThreadRoom),
    ];

    [Fact]
    public void Every_public_interface_that_is_not_known_as_something_else_is_an_ability_in_the_table() =>
        Assert.Equal(
            typeof(IThreadStore)
                .Assembly.GetExportedTypes()
                .Where(type => type.IsInterface)
                .Except(Others)
                .Select(type => type.Name)
                .Order(),
            StoreAbility.All.Select(ability => ability.Service.Name).Order()
        );

    [Fact]
    public void Names_are_of_one_form_and_no_two_abilities_share_a_name_or_an_interface()
    {
        Assert.All(StoreAbility.All, ability => Assert.Matches(Name(), ability.Name));
        Assert.All(StoreAbility.All, ability => Assert.EndsWith(".", ability.Summary, StringComparison.Ordinal));
        Assert.Equal(StoreAbility.All.Count, StoreAbility.All.DistinctBy(ability => ability.Name).Count());
        Assert.Equal(StoreAbility.All.Count, StoreAbility.All.DistinctBy(ability => ability.Service).Count());
    }

    [Fact]
    public void The_abilities_of_a_store_are_those_whose_interfaces_it_gives()
    {
        Assert.Equal(
            ["stored_bytes", "thread_counts", "deletion_check"],
            StoreAbility.Of(new InMemoryThreadStore()).Select(ability => ability.Name)
        );
        Assert.Equal("rollout_paths", StoreAbility.For(typeof(IRolloutPaths))?.Name);
        Assert.Null(StoreAbility.For(typeof(IThreadStore)));
    }

    [GeneratedRegex("^[a-z]+(_[a-z]+)*$")]
    private static partial Regex Name();
}
