namespace Spool.Server;

/// <summary>Has the memory of large messages collected soon after they are done with. The collector by itself lets it lie until there is several times more, and keeps it from the system for longer.</summary>
static class LargeGarbage
{
    const long Large = 4 * 1024 * 1024;
    const long Enough = 64 * 1024 * 1024; // for a collection, which takes some hundredths of a second

    static long _since;
    static int _isCollecting;

    /// <summary>Takes it that a message is done with.</summary>
    /// <param name="bytes">What it weighed.</param>
    public static void LetGo(long bytes)
    {
        if (bytes < Large || Interlocked.Add(ref _since, bytes) < Enough || Interlocked.Exchange(ref _isCollecting, 1) != 0)
            return;
        // Not here, where the message is still in use.
        ThreadPool.UnsafeQueueUserWorkItem(static _ => Collect(), null);
    }

    static void Collect()
    {
        Interlocked.Exchange(ref _since, 0);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Volatile.Write(ref _isCollecting, 0);
    }
}
