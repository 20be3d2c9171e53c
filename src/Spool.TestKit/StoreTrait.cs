namespace Spool.TestKit;

/// <summary>Something that the contract asks of every store and that some cannot do. A harness declares what its stores lack with
/// <see cref="StoreCapability.Lacks(StoreTrait, string)"/>; each says what they owe then. The tests that need it are skipped with the
/// reason, where they do not fail because a store does what it is declared to lack.</summary>
public enum StoreTrait
{
    /// <summary>Histories that begin with those of other threads: forks of paginated threads, and threads that are created so. Without
    /// it <see cref="IThreadStore.ForkAsync"/> of such a thread, and <see cref="IThreadStore.CreateAsync"/> with such a first item, are
    /// refused with <see cref="ThreadStoreErrorCode.Unsupported"/>.</summary>
    ForksByReference,

    /// <summary>Taking paginated threads back. Without it <see cref="IThreadStore.RevertAsync"/> of such a thread is refused with
    /// <see cref="ThreadStoreErrorCode.Unsupported"/>.</summary>
    PaginatedRevert,

    /// <summary>Logs as other programs leave them: with a torn last line, with lines that cannot be read or are missing, without a first
    /// item, without envelopes. Without it a store has no such logs, and the harness is not asked to store any.</summary>
    DamagedLogs,

    /// <summary>Knowing the writers of other stores over the same threads. Without it two stores may write one thread, and the append that
    /// comes too late is refused with <see cref="ThreadStoreErrorCode.WriterLost"/>.</summary>
    OneWriterOverAllStores,
}
