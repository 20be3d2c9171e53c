namespace Spool.Server;

/// <summary>Makes the error of a writer whose right to write was lost.</summary>
static class WriterLost
{
    /// <summary>Makes the error.</summary>
    public static ThreadStoreException Error(ThreadId thread) =>
        new(ThreadStoreErrorCode.Conflict, $"The right to write thread {thread} was lost: another program wrote, moved or deleted it.");
}
