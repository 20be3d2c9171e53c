namespace Spool;

/// <summary>The ability to say that a thread would not be deleted, for programs that ask a person first.</summary>
public interface IDeletionCheck
{
    /// <summary>Fails as <see cref="IThreadStore.DeleteAsync"/> would now, and removes nothing. What changes afterwards the deletion itself
    /// finds.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <remarks>Takes the right to write the thread for a moment.</remarks>
    /// <exception cref="ThreadStoreException">The thread is not there, has a writer, is needed by another one, or cannot be
    /// changed.</exception>
    ValueTask RequireDeletableAsync(ThreadId threadId, CancellationToken cancellationToken = default);
}
