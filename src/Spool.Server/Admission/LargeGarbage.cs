namespace Spool.Server;

/// <summary>Has the memory of large messages collected soon after they are done with. The collector by itself lets it lie until there is several times more, and keeps it from the system for longer.</summary>
static class LargeGarbage
{
    const long Large = 4 * 1024 * 1024;
    const long Enough = 64 * 1024 * 1024; // for a collection, which takes some hundredths of a second
    const int Looks = 50;

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    static long _since;
    static long _inUse; // what a collection left
    static int _isCollecting;
    static int _isLooking;

    /// <summary>Takes it that a message is done with.</summary>
    /// <param name="bytes">What it weighed.</param>
    public static void LetGo(long bytes)
    {
        if (bytes < Large)
            return;
        // Not here, where the message is still in use.
        if (Interlocked.Add(ref _since, bytes) >= Enough)
            ThreadPool.UnsafeQueueUserWorkItem(static _ => Collect(), null);
        if (Interlocked.Exchange(ref _isLooking, 1) == 0)
            _ = LookAsync();
    }

    // What was still in use then, and what the store's index took to read a long line, which it does a little later, is found by looking.
    static async Task LookAsync()
    {
        for (var looks = 0; looks < Looks; looks++)
        {
            await Task.Delay(Pause, TimeProvider.System).ConfigureAwait(false);
            if (GC.GetTotalMemory(forceFullCollection: false) - Interlocked.Read(ref _inUse) < Enough)
                continue;
            Collect();
            looks = 0;
        }
        Volatile.Write(ref _isLooking, 0);
        if (GC.GetTotalMemory(forceFullCollection: false) >= Enough)
            Collect();
    }

    static void Collect()
    {
        if (Interlocked.Exchange(ref _isCollecting, 1) != 0)
            return;
        Interlocked.Exchange(ref _since, 0);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Interlocked.Exchange(ref _inUse, GC.GetTotalMemory(forceFullCollection: false));
        Volatile.Write(ref _isCollecting, 0);
    }
}
