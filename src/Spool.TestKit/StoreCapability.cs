namespace Spool.TestKit;

/// <summary>What a store says about one optional ability, or that it lacks something that the contract asks of every store. The suite
/// fails when an ability is declared and missing, and when something is there and declared missing.</summary>
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

    StoreCapability(StoreTrait trait, string missingBecause) => (Trait, MissingBecause) = (trait, missingBecause);

    /// <summary>Gets the ability, or null when this is about a trait.</summary>
    public StoreAbility? Ability { get; }

    /// <summary>Gets the trait, or null when this is about an ability.</summary>
    public StoreTrait? Trait { get; }

    /// <summary>Gets why the store does not have it, or null when it has.</summary>
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

    /// <summary>Declares something that the contract asks of every store and this one lacks.</summary>
    /// <param name="trait">What it lacks.</param>
    /// <param name="because">Why, in one sentence.</param>
    public static StoreCapability Lacks(StoreTrait trait, string because)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(because);
        return Enum.IsDefined(trait)
            ? new(trait, because)
            : throw new ArgumentOutOfRangeException(nameof(trait), trait, "There is no such trait.");
    }
}
