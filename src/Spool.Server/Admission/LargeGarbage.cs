namespace Spool.Server;

/// <summary>Bounds what large messages leave behind. The collector by itself lets it lie until there is several times more, so what is done
/// with counts here until it was collected, and a call that takes room for another large message waits for that.</summary>
/// <remarks>So there is no more memory of large messages than the room for them and <see cref="Enough"/>, beside what is let go while the
/// collector runs. A collection takes some hundredths of a second.</remarks>
static class LargeGarbage
{
    /// <summary>From how many bytes a message is large.</summary>
    public const long Large = 4 * 1024 * 1024;

    const long Enough = 32 * 1024 * 1024;
    const int Looks = 50;

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    static readonly Lock Guard = new();

    static long _since; // the last collection began
    static Task? _collecting;
    static long _inUse; // what a collection left
    static int _isLooking;

    // What was taken since the last collection. What was let go then counts in it, for it was still in use where it was let go.
    static long Grown => GC.GetTotalMemory(forceFullCollection: false) - Interlocked.Read(ref _inUse);

    /// <summary>Waits until there is little enough garbage for another large message.</summary>
    /// <param name="bytes">What it will take.</param>
    public static Task ReadyAsync(long bytes)
    {
        if (bytes < Large)
            return Task.CompletedTask;
        lock (Guard)
            return _collecting ?? (_since >= Enough || Grown >= Enough ? BeginLockedAsync() : Task.CompletedTask);
    }

    /// <summary>Takes it that a message is done with.</summary>
    /// <param name="bytes">What it weighed.</param>
    public static void LetGo(long bytes)
    {
        if (bytes < Large)
            return;
        lock (Guard)
        {
            _since += bytes;
            if (_since >= Enough && _collecting is null)
                _ = BeginLockedAsync();
        }
        if (Interlocked.Exchange(ref _isLooking, 1) == 0)
            _ = LookAsync();
    }

    // Not where it is called, because the message is still in use there.
    static Task BeginLockedAsync()
    {
        _since = 0;
        return _collecting = Task.Run(Collect);
    }

    // What was still in use then, and what the store's index took to read a long line, which it does a little later, is found by looking.
    static async Task LookAsync()
    {
        for (var looks = 0; looks < Looks; looks++)
        {
            await Task.Delay(Pause, TimeProvider.System).ConfigureAwait(false);
            if (Grown < Enough)
                continue;
            await CollectedAsync().ConfigureAwait(false);
            looks = 0;
        }
        Volatile.Write(ref _isLooking, 0);
        if (GC.GetTotalMemory(forceFullCollection: false) >= Enough)
            await CollectedAsync().ConfigureAwait(false);
    }

    static Task CollectedAsync()
    {
        lock (Guard)
            return _collecting ?? BeginLockedAsync();
    }

    static void Collect()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Interlocked.Exchange(ref _inUse, GC.GetTotalMemory(forceFullCollection: false));
        lock (Guard)
            _collecting = null;
    }
}
