namespace Spool;

/// <summary>Something that only some stores can do, behind an interface of its own. This is the one place where it is declared: which
/// abilities there are, what they are called on the wire, and which of them a store has that is only read follows from
/// <see cref="All"/>.</summary>
/// <remarks>A store has an ability when <see cref="IThreadStore.GetService"/> gives its interface. A new one is a line here, and the suite
/// then asks every store whether it has it.</remarks>
public sealed class StoreAbility
{
    readonly Func<object, object>? _alone;

    // One that only reads says how to give it without the store that has it.
    StoreAbility(string name, Type service, StoreAccess access, string summary, Func<object, object>? alone = null)
    {
        _alone = alone;
        Name = name;
        Service = service;
        Access = access;
        Summary = summary;
    }

    /// <summary>Gets every ability that there is.</summary>
    public static IReadOnlyList<StoreAbility> All { get; } =
    [
        new(
            "stored_bytes",
            typeof(IStoredBytes),
            StoreAccess.Read,
            "Gives back the log of a thread as it is stored, byte for byte.",
            static of => new StoredBytesAlone((IStoredBytes)of)
        ),
        new(
            "rollout_paths",
            typeof(IRolloutPaths),
            StoreAccess.Read,
            "Says in which file the rollout of a thread is.",
            static of => new RolloutPathsAlone((IRolloutPaths)of)
        ),
        new(
            "thread_counts",
            typeof(IThreadCounts),
            StoreAccess.Read,
            "Says how many threads lists hold, without listing them.",
            static of => new ThreadCountsAlone((IThreadCounts)of)
        ),
        new(
            "index_maintenance",
            typeof(IIndexMaintenance),
            StoreAccess.Write,
            "Says how far an index is that is derived from the stored logs, and makes it again."
        ),
        new(
            "deletion_check",
            typeof(IDeletionCheck),
            StoreAccess.Write,
            "Says that a thread would not be deleted, before a person is asked."
        ),
    ];

    /// <summary>Gets the name, by which the ability is known to other programs; it never changes.</summary>
    public string Name { get; }

    /// <summary>Gets the interface.</summary>
    public Type Service { get; }

    /// <summary>Gets what a user of the ability must be allowed to do. One that needs a lock, or writes what is derived from the logs,
    /// needs <see cref="StoreAccess.Write"/> too.</summary>
    public StoreAccess Access { get; }

    /// <summary>Gets what a store with the ability does, in one sentence.</summary>
    public string Summary { get; }

    /// <summary>Finds the ability with an interface.</summary>
    /// <param name="service">The interface.</param>
    /// <returns>The ability, or null when the type is not the interface of one.</returns>
    public static StoreAbility? For(Type service) => All.FirstOrDefault(ability => ability.Service == service);

    /// <summary>Gives the abilities that a store has.</summary>
    /// <param name="store">The store.</param>
    public static IEnumerable<StoreAbility> Of(IThreadStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        return All.Where(ability => store.GetService(ability.Service) is not null);
    }

    /// <summary>Gives the ability of a store and nothing else that the store can do; null where the store has it not, or where it needs the
    /// right to write.</summary>
    internal object? Alone(IThreadStore store) => _alone is { } alone && store.GetService(Service) is { } of ? alone(of) : null;

    /// <summary>Gives the name.</summary>
    public override string ToString() => Name;

    sealed class StoredBytesAlone(IStoredBytes of) : IStoredBytes
    {
        public ValueTask CopyLogAsync(ThreadId threadId, Stream destination, CancellationToken cancellationToken) =>
            of.CopyLogAsync(threadId, destination, cancellationToken);
    }

    sealed class ThreadCountsAlone(IThreadCounts of) : IThreadCounts
    {
        public ValueTask<IReadOnlyList<long>> CountAsync(IReadOnlyList<ThreadQuery> queries, CancellationToken cancellationToken) =>
            of.CountAsync(queries, cancellationToken);
    }

    sealed class RolloutPathsAlone(IRolloutPaths of) : IRolloutPaths
    {
        public ValueTask<IReadOnlyDictionary<ThreadId, string>> LocateAsync(
            IReadOnlyCollection<ThreadId> threads,
            CancellationToken cancellationToken
        ) => of.LocateAsync(threads, cancellationToken);
    }
}

/// <summary>What a caller may do with a store, or what a call does with it.</summary>
public enum StoreAccess
{
    /// <summary>Read only.</summary>
    Read,

    /// <summary>Read and write.</summary>
    Write,
}
