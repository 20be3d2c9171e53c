using Spool.TestKit;
using Contract = Spool.Contracts.ContractV1;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>What the contracts say of their methods, and the server of what it can do.</summary>
public sealed class ContractTests
{
    [Fact]
    [Guarantee("ABIL-10")]
    public void Every_method_says_what_its_caller_must_be_allowed_to_do()
    {
        foreach (var method in RawCalls.Methods)
            Assert.True(
                method.GetOptions()?.GetExtension(Contract.MethodRulesExtensions.Access) is Contract.Access.Read or Contract.Access.Write,
                method.FullName
            );
    }

    [Fact]
    [Guarantee("ABIL-11")]
    public void A_method_of_an_ability_names_one_that_there_is_and_needs_the_same_right()
    {
        var methods = RawCalls
            .Methods.Where(method => method.GetOptions()?.HasExtension(Contract.MethodRulesExtensions.Ability) == true)
            .ToList();

        Assert.Equal(["CountThreads", "CopyLog", "LocateRollouts", "CheckDeletion"], methods.Select(method => method.Name));
        foreach (var method in methods)
        {
            var ability = Assert.Single(
                StoreAbility.All,
                ability => ability.Name == method.GetOptions().GetExtension(Contract.MethodRulesExtensions.Ability)
            );
            Assert.Equal(
                ability.Access == StoreAccess.Read,
                method.GetOptions().GetExtension(Contract.MethodRulesExtensions.Access) == Contract.Access.Read
            );
        }
    }

    [Fact]
    [Guarantee("ABIL-12")]
    public async Task A_server_names_the_abilities_of_its_store_that_the_contract_has_methods_for()
    {
        await using var memory = await RunningServer.StartInMemoryAsync(options => options with { Version = "1.2.3" });

        var ofMemory = await memory.Spool.GetCapabilitiesAsync(new Wire.GetCapabilitiesRequest());

        Assert.Equal(
            ("1.2.3", true, false, true),
            (ofMemory.ServerVersion, ofMemory.StoredBytes, ofMemory.RolloutPaths, ofMemory.Writable)
        );
        Assert.Equal(["stored_bytes", "thread_counts", "deletion_check"], ofMemory.Abilities);
    }

    [Fact]
    [Guarantee("ABIL-13")]
    public void A_server_from_before_abilities_had_names_is_understood()
    {
        var earlier = new Wire.Capabilities { StoredBytes = true };

        Assert.Equal(
            ["stored_bytes"],
            StoreAbility.All.Where(ability => WireAbilities.IsIn(earlier, ability)).Select(ability => ability.Name)
        );
        Assert.Equal(
            ["rollout_paths"],
            StoreAbility
                .All.Where(ability => WireAbilities.IsIn(new Wire.Capabilities { RolloutPaths = true }, ability))
                .Select(ability => ability.Name)
        );
        Assert.Equal(
            ["deletion_check"],
            StoreAbility
                .All.Where(ability =>
                    WireAbilities.IsIn(new Wire.Capabilities { Abilities = { "deletion_check", "of a later server" } }, ability)
                )
                .Select(ability => ability.Name)
        );
    }
}
