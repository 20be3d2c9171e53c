namespace Spool.TestKit;

/// <summary>What a store says about one optional ability. The suite fails when it is declared and missing, and when it is there and
/// declared missing.</summary>
public sealed record StoreCapability
{
    StoreCapability(Type service, string? missingBecause)
    {
        Ability =
            StoreAbility.For(service)
            ?? throw new ArgumentException(
                $"{service.Name} is not among the abilities in {nameof(StoreAbility)}.{nameof(StoreAbility.All)}.",
                nameof(service)
            );
        MissingBecause = missingBecause;
    }

    /// <summary>Gets the ability.</summary>
    public StoreAbility Ability { get; }

    /// <summary>Gets why the store does not have the ability, or null when it has.</summary>
    public string? MissingBecause { get; }

    /// <summary>Declares an ability that the store has.</summary>
    /// <typeparam name="TService">The interface of the ability.</typeparam>
    public static StoreCapability Has<TService>()
        where TService : class => new(typeof(TService), null);

    /// <summary>Declares an ability that the store does not have.</summary>
    /// <typeparam name="TService">The interface of the ability.</typeparam>
    /// <param name="because">Why not, in one sentence.</param>
    public static StoreCapability Lacks<TService>(string because)
        where TService : class
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(because);
        return new(typeof(TService), because);
    }
}
