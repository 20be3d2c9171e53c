namespace Spool;

/// <summary>The ability to give back a thread's log as it is stored, byte for byte.</summary>
public interface IStoredBytes
{
    /// <summary>Copies the log: for a compressed rollout its uncompressed bytes, for a fork by reference the whole lineage in
    /// order.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="destination">Where the bytes go.</param>
    /// <param name="cancellationToken">Cancels the copy.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>: no such thread;
    /// <see cref="ThreadStoreErrorCode.Corrupt"/>: a part of the stored log is missing or unreadable; everything before it has been copied,
    /// and of a thread whose history continues what is missing its own lines; <see cref="ThreadStoreErrorCode.Unavailable"/>: another
    /// program cut or wrote over the log meanwhile, so what has been copied is no whole log.</exception>
    ValueTask CopyLogAsync(ThreadId threadId, Stream destination, CancellationToken cancellationToken = default);
}

/// <summary>The ability to say in which file a thread's rollout is.</summary>
public interface IRolloutPaths
{
    /// <summary>Finds the absolute paths of the current rollouts of threads.</summary>
    /// <param name="threads">The threads.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The paths; a thread without a file is absent.</returns>
    ValueTask<IReadOnlyDictionary<ThreadId, string>> LocateAsync(
        IReadOnlyCollection<ThreadId> threads,
        CancellationToken cancellationToken = default
    );
}
