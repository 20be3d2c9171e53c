using System.Collections.Concurrent;

namespace Spool.Server;

/// <summary>What the server knows of threads whose clients name them only by their ids: of those that are open, and, as far as there is room and for a bounded time, of those that were announced.</summary>
/// <remarks>Whoever is at the gate of a thread may read and change what is known of it. Nothing of it is stored.</remarks>
sealed class CodexMemory : IAsyncDisposable
{
    readonly ConcurrentDictionary<ThreadId, CodexThread> _threads = new();
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
    public CodexThread? Find(ThreadId thread) => _threads.GetValueOrDefault(thread);

    /// <summary>Gives what is known of a thread, or begins to know it.</summary>
    public CodexThread Get(ThreadId thread) => _threads.GetOrAdd(thread, static _ => new CodexThread());

    /// <summary>Knows something else of a thread from now on.</summary>
    public void Set(ThreadId thread, CodexThread known) => _threads[thread] = known;

    /// <summary>Knows nothing of a thread any more.</summary>
    public void Remove(ThreadId thread) => _threads.TryRemove(thread, out _);

    /// <summary>Takes it that the gate of a thread is left. A thread that is not open is remembered if there is something to remember.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="isOpen">Whether it is open for clients of Codex.</param>
    /// <returns>The threads for which there is no room any more, to be forgotten when the gate is left.</returns>
    public IReadOnlyList<ThreadId> Leave(ThreadId thread, bool isOpen)
    {
        if (!isOpen && Find(thread) is { } known)
        {
            if (known.IsWorthKeeping)
                return _remembered.Add(thread, known.Bytes, known.LastUse);
            Remove(thread);
        }
        _remembered.Remove(thread);
        return [];
    }

    /// <summary>Forgets threads, but for those at whose gates somebody is: they are remembered anew when that is over.</summary>
    public void Forget(IReadOnlyList<ThreadId> threads)
    {
        foreach (var thread in threads)
        {
            if (_open.TryEnter(thread) is not { } hold)
                continue;
            using (hold)
            {
                if (hold.Holder is CodexHolder)
                    continue;
                Remove(thread);
                _remembered.Remove(thread);
            }
        }
    }

    /// <summary>Stops to look for what is too old.</summary>
    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    void ForgetOld() => Forget(_remembered.UnusedSince(_open.Clock.Now - _idle));
}
