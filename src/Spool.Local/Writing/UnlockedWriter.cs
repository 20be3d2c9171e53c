namespace Spool;

/// <summary>Makes the error of a thread that grows while its lock is held here.</summary>
static class UnlockedWriter
{
    /// <summary>Makes the error. Nothing is known of the writer but that it is there.</summary>
    public static ThreadStoreException Error(ThreadId threadId) =>
        new(ThreadStoreErrorCode.HasWriter, $"Thread {threadId} is being written by a program that takes no lock; end it and try again.")
        {
            Owner = new WriterOwner(null, null, null, null),
        };
}
