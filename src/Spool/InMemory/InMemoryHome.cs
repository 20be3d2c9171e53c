using System.Diagnostics.CodeAnalysis;

namespace Spool;

/// <summary>Everything that the in-memory stores over one home share. Code that looks at it holds <see cref="Gate"/>.</summary>
sealed class InMemoryHome
{
    readonly Dictionary<ThreadId, InMemoryEntry> _threads = [];
    readonly Dictionary<ThreadId, InMemoryLog> _logs = [];
    readonly Dictionary<ThreadId, InMemoryThreadWriter> _writers = [];

    public Lock Gate { get; } = new();

    public IEnumerable<InMemoryEntry> Threads => _threads.Values;

    public bool TryFind(ThreadId threadId, [NotNullWhen(true)] out InMemoryEntry? entry) => _threads.TryGetValue(threadId, out entry);

    public InMemoryEntry Get(ThreadId threadId) => _threads.GetValueOrDefault(threadId) ?? throw ThreadStoreException.NotFound(threadId);

    /// <summary>Finds a thread for a change.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>; <see cref="ThreadStoreErrorCode.HasWriter"/>: it
    /// has a writer.</exception>
    public InMemoryEntry GetForChange(ThreadId threadId)
    {
        var entry = Get(threadId);
        CheckNotWritten(threadId);
        return entry;
    }

    /// <summary>Says whether an id is that of a thread or of any log: one that a revert left is still needed.</summary>
    public bool IsTaken(ThreadId id) => _threads.ContainsKey(id) || _logs.ContainsKey(id);

    public InMemoryLog? FindLog(ThreadId rollout) => _logs.GetValueOrDefault(rollout);

    public IEnumerable<InMemoryLog> Logs => _logs.Values;

    public InMemoryLineage LineageOf(InMemoryEntry entry) => InMemoryLineage.Of(entry.Log, this);

    public StoredThread Project(InMemoryEntry entry) => InMemoryProjection.Of(entry, this);

    /// <summary>Adds a thread, or replaces one.</summary>
    public void Add(InMemoryEntry entry)
    {
        if (_writers.Remove(entry.Id, out var writer))
            writer.Lose();
        Remove(entry.Id);
        _threads[entry.Id] = entry;
        _logs[entry.Log.RolloutId] = entry.Log;
    }

    /// <summary>Adds the thread of a new writer, which keeps the right to write it.</summary>
    public InMemoryEntry AddWritten(InMemoryLog log)
    {
        var entry = new InMemoryEntry(log);
        _threads[entry.Id] = entry;
        _logs[log.RolloutId] = log;
        return entry;
    }

    /// <summary>Lets a thread go on in another log.</summary>
    public void Replace(InMemoryEntry entry, InMemoryLog log)
    {
        _logs[log.RolloutId] = log;
        entry.Log = log;
    }

    /// <summary>Removes a thread and gives its logs.</summary>
    public IReadOnlyList<InMemoryLog> Remove(ThreadId threadId)
    {
        _threads.Remove(threadId);
        var logs = _logs.Values.Where(log => log.ThreadId == threadId).ToList();
        foreach (var log in logs)
            _logs.Remove(log.RolloutId);
        return logs;
    }

    public void CheckNotWritten(ThreadId threadId)
    {
        if (_writers.TryGetValue(threadId, out var writer))
            throw ThreadStoreException.HasWriter(threadId, writer.Owner);
    }

    public void Begin(InMemoryThreadWriter writer) => _writers.Add(writer.ThreadId, writer);

    public void End(InMemoryThreadWriter writer) => _writers.Remove(writer.ThreadId);
}
