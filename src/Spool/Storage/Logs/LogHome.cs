namespace Spool.Storage;

/// <summary>What the stores over the same logs in one process share: what is known of the logs, and who writes.</summary>
sealed class LogHome
{
    readonly Dictionary<ThreadId, KnownThread> _threads = [];
    readonly Dictionary<ThreadId, KnownLog> _logs = [];

    /// <summary>Guards everything that is known; never held while a log is read or written.</summary>
    public Lock Sync { get; } = new();

    /// <summary>Whether every log was looked at once.</summary>
    public bool IsLoaded { get; set; }

    /// <summary>Lets one look at all logs in at a time.</summary>
    public SemaphoreSlim Looking { get; } = new(1, 1);

    public IEnumerable<KnownThread> Stored => _threads.Values.Where(thread => thread.IsStored);

    public IEnumerable<KnownLog> Logs => _logs.Values;

    public KnownLog? FindLog(ThreadId log) => _logs.GetValueOrDefault(log);

    public KnownThread? Find(ThreadId threadId) => _threads.TryGetValue(threadId, out var thread) && thread.IsStored ? thread : null;

    /// <summary>Says whether an id is that of a thread or of any log: one that a revert left is still needed.</summary>
    public bool IsTaken(ThreadId id) => Find(id) is not null || _logs.ContainsKey(id);

    /// <summary>Gives the thread that a log is a part of: itself where nothing else is known.</summary>
    public ThreadId ThreadOf(ThreadId log) => FindLog(log)?.Thread ?? log;

    /// <summary>Says whether a thread continues logs that are not known as far as it continues them.</summary>
    public bool IsCut(KnownThread thread) =>
        thread.IsStored && thread.Log.Facts.HistoryBase is not null && LineageOf(thread).BrokenBecause is not null;

    public LogLineage LineageOf(KnownThread thread) => LogLineage.Of(thread.Log, FindLog);

    public StoredThread Project(KnownThread thread) => LogProjection.Of(thread, this);

    /// <summary>Gives what reverts and deletions that ended in the middle left of a thread.</summary>
    public List<KnownLog> LeftOf(KnownThread thread) =>
        [.. _logs.Values.Where(log => log.Thread == thread.Id && !thread.Logs.Contains(log))];

    /// <summary>Adds a log, or replaces what is known of it.</summary>
    public void Add(KnownLog log) => _logs[log.Id] = log;

    /// <summary>Forgets a log.</summary>
    public void Remove(ThreadId log) => _logs.Remove(log);

    /// <summary>Gives the writers that a store opened and that have not ended.</summary>
    public List<LogStoreWriter> WritersOf(LogStoreBase store)
    {
        lock (Sync)
            return [.. _threads.Values.Select(thread => thread.Writer).OfType<LogStoreWriter>().Where(writer => writer.Store == store)];
    }

    /// <summary>Takes the right to write a thread away that is not stored yet.</summary>
    public void ForgetWriter(ThreadId threadId)
    {
        if (_threads.TryGetValue(threadId, out var thread))
        {
            thread.Writer?.Lose();
        }
    }

    /// <summary>Waits for the gate of a thread, whether it is stored or not.</summary>
    public async ValueTask<Entered> EnterAsync(ThreadId threadId, CancellationToken cancellationToken)
    {
        KnownThread? thread;
        lock (Sync)
        {
            if (!_threads.TryGetValue(threadId, out thread))
                _threads.Add(threadId, thread = new KnownThread(threadId));
            thread.Users++;
        }
        try
        {
            await thread.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Leave(thread);
            throw;
        }
        return new Entered(this, thread);
    }

    void Leave(KnownThread thread)
    {
        lock (Sync)
        {
            thread.Users--;
            if (thread is { Users: 0, IsStored: false, Writer: null })
                _threads.Remove(thread.Id);
        }
    }

    /// <summary>The gate of a thread, held until it is disposed.</summary>
    internal readonly struct Entered(LogHome home, KnownThread thread) : IDisposable
    {
        public KnownThread Thread => thread;

        public void Dispose()
        {
            thread.Gate.Release();
            home.Leave(thread);
        }
    }
}
