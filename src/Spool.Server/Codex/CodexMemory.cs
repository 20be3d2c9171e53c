using System.Collections.Concurrent;

namespace Spool.Server;

/// <summary>What the server knows of threads whose clients name them only by their ids: of those that are open, and, as far as there is
/// room and for a bounded time, of those that were announced.</summary>
/// <remarks>A call at the gate of a thread may read and change what is known of it. Nothing of it is stored.</remarks>
sealed class CodexMemory : IAsyncDisposable
{
    readonly ConcurrentDictionary<ThreadId, AnnouncedThread> _threads = new();
    readonly RememberedThreads _remembered;
    readonly OpenThreads _open;
    readonly TimeSpan _idle;
    readonly ITimer _timer;

    /// <summary>Begins to remember.</summary>
    /// <param name="open">The gates.</param>
    /// <param name="options">How much is remembered, and for how long.</param>
    public CodexMemory(OpenThreads open, SpoolServiceOptions options)
    {
        _open = open;
        _idle = options.AnnouncementIdle;
        _remembered = new RememberedThreads(options.Limits.MaxWriters, options.Limits.MaxAnnouncedBytes);
        var period = TimeSpan.FromTicks(Math.Max(_idle.Ticks / 30, TimeSpan.TicksPerMillisecond * 10));
        _timer = options.Time.CreateTimer(static state => ((CodexMemory)state!).ForgetOld(), this, period, period);
    }

    /// <summary>Finds what is known of a thread.</summary>
    public AnnouncedThread? Find(ThreadId threadId) => _threads.GetValueOrDefault(threadId);

    /// <summary>Gives what is known of a thread, or begins to know it.</summary>
    public AnnouncedThread Get(ThreadId threadId) => _threads.GetOrAdd(threadId, static _ => new AnnouncedThread());

    /// <summary>Knows something else of a thread from now on.</summary>
    public void Set(ThreadId threadId, AnnouncedThread known) => _threads[threadId] = known;

    /// <summary>Knows nothing of a thread any more.</summary>
    public void Remove(ThreadId threadId) => _threads.TryRemove(threadId, out _);

    /// <summary>Takes it that the gate of a thread is left. A thread that is not open is remembered if there is something to
    /// remember.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="isOpen">Whether it is open for clients of Codex.</param>
    /// <returns>The threads for which there is no room any more, to be forgotten when the gate is left.</returns>
    public IReadOnlyList<ThreadId> Leave(ThreadId threadId, bool isOpen)
    {
        if (!isOpen && Find(threadId) is { } known)
        {
            if (known.IsWorthKeeping)
                return _remembered.Add(threadId, known.Bytes, known.LastUse);
            Remove(threadId);
        }
        _remembered.Remove(threadId);
        return [];
    }

    /// <summary>Forgets threads, but for those with a call at their gates: they are remembered anew when that is over.</summary>
    public void Forget(IReadOnlyList<ThreadId> threads)
    {
        foreach (var threadId in threads)
        {
            if (_open.TryEnter(threadId) is not { } hold)
                continue;
            using (hold)
            {
                if (hold.Holder is CodexHolder)
                    continue;
                Remove(threadId);
                _remembered.Remove(threadId);
            }
        }
    }

    /// <summary>Stops to look for what is too old.</summary>
    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    void ForgetOld() => Forget(_remembered.UnusedSince(_open.Clock.Now - _idle));
}
