namespace Spool;

/// <summary>The logs that the in-memory stores over the same threads share.</summary>
sealed class InMemoryLogs
{
    readonly Dictionary<ThreadId, List<ReadOnlyMemory<byte>>> _logs = [];
    readonly Lock _lock = new();

    public IReadOnlyList<LogLength> Lengths
    {
        get
        {
            lock (_lock)
                return [.. _logs.Select(log => new LogLength(log.Key, log.Value.Count))];
        }
    }

    public int CountOf(ThreadId log)
    {
        lock (_lock)
            return _logs.GetValueOrDefault(log)?.Count ?? 0;
    }

    /// <summary>Copies lines of a log, those from one on, as many as fit.</summary>
    /// <returns>How many were copied.</returns>
    public int Read(ThreadId log, long first, Span<ReadOnlyMemory<byte>> lines)
    {
        lock (_lock)
        {
            if (_logs.GetValueOrDefault(log) is not { } all || first >= all.Count)
                return 0;
            var count = Math.Min(all.Count - (int)first, lines.Length);
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(all).Slice((int)first, count).CopyTo(lines);
            return count;
        }
    }

    public bool TryAppend(ThreadId log, long expected, IReadOnlyList<ReadOnlyMemory<byte>> lines)
    {
        lock (_lock)
        {
            var all = _logs.GetValueOrDefault(log);
            if ((all?.Count ?? 0) != expected)
                return false;
            if (all is null && lines.Count > 0)
                _logs.Add(log, all = []);
            all?.AddRange(lines);
            return true;
        }
    }

    public void Remove(ThreadId log)
    {
        lock (_lock)
            _logs.Remove(log);
    }
}
