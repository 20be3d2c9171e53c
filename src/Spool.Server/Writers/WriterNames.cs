namespace Spool.Server;

/// <summary>Names the client that holds a writer to others whom it keeps from changing a thread. For the store it is this server that
/// writes.</summary>
static class WriterNames
{
    /// <summary>Does something with a thread that its writer may be in the way of.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.HasWriter"/>: the thread has a writer, which is named as it
    /// named itself; otherwise as the store refuses.</exception>
    public static async ValueTask<T> NamingWriterAsync<T>(this OpenThreads threads, ThreadId threadId, Func<ValueTask<T>> change)
    {
        try
        {
            return await change().ConfigureAwait(false);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.HasWriter && threads.Find(threadId)?.Owner is { } owner)
        {
            throw ThreadStoreException.HasWriter(threadId, owner);
        }
    }
}
