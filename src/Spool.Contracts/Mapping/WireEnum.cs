namespace Spool.Contracts;

/// <summary>Maps the values of one enum to the wire and back.</summary>
/// <param name="name">What the enum is called in messages.</param>
/// <param name="pairs">The values. The number 0 of the wire is the one that is absent, and in no pair.</param>
sealed class WireEnum<TStore, TWire>(string name, params (TStore Store, TWire Wire)[] pairs)
    where TStore : struct, Enum
    where TWire : struct, Enum
{
    /// <summary>Gets what an absent value means, or null where it has to be there.</summary>
    public TStore? Absent { get; init; }

    /// <summary>Gets what a number means that is not in the contract, or null where it is an invalid request.</summary>
    public TStore? Unknown { get; init; }

    public TWire ToWire(TStore value)
    {
        foreach (var pair in pairs)
        {
            if (EqualityComparer<TStore>.Default.Equals(pair.Store, value))
                return pair.Wire;
        }
        throw new ArgumentOutOfRangeException(nameof(value), value, null);
    }

    /// <summary>Maps a value from the wire.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it is not in the contract, or absent where
    /// it may not be.</exception>
    public TStore ToStore(TWire value) => ToStore(value, Absent);

    /// <summary>Maps a value from the wire.</summary>
    /// <param name="value">The value.</param>
    /// <param name="absent">What an absent one means here.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it is not in the contract.</exception>
    public TStore ToStore(TWire value, TStore? absent)
    {
        foreach (var pair in pairs)
        {
            if (EqualityComparer<TWire>.Default.Equals(pair.Wire, value))
                return pair.Store;
        }
        return (EqualityComparer<TWire>.Default.Equals(value, default) ? absent : null)
            ?? Unknown
            ?? throw ThreadStoreException.InvalidRequest($"The {name} is one that this version does not know.");
    }
}
