using Spool.Contracts.ContractV1;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Contracts;

/// <summary>Which optional abilities go over the wire: those that methods of Spool's contract name.</summary>
static class WireAbilities
{
    static readonly HashSet<string> InContract =
    [
        .. Wire
            .ThreadStore.Descriptor.Methods.Select(method => method.GetOptions()?.GetExtension(MethodRulesExtensions.Ability))
            .OfType<string>()
            .Where(name => name.Length > 0),
    ];

    /// <summary>Gives those abilities of a store that go over the wire.</summary>
    /// <param name="store">The store.</param>
    public static IEnumerable<StoreAbility> Of(IThreadStore store) =>
        StoreAbility.Of(store).Where(ability => InContract.Contains(ability.Name));

    /// <summary>Says whether a server has an ability.</summary>
    /// <param name="capabilities">What the server says of itself.</param>
    /// <param name="ability">The ability.</param>
    /// <remarks>Servers from before abilities had names say it of two of them in another way.</remarks>
    internal static bool IsIn(Wire.Capabilities capabilities, StoreAbility ability) =>
        capabilities.Abilities.Contains(ability.Name)
        || (capabilities.StoredBytes && ability.Service == typeof(IStoredBytes))
        || (capabilities.RolloutPaths && ability.Service == typeof(IRolloutPaths));
}
