namespace Spool.Server;

/// <summary>What is remembered of threads that have no writer: announcements, and what their clients want stored. It is bounded, and
/// the last one is never refused for it: the thread is forgotten that was not used for longest.</summary>
/// <param name="maxThreads">The most threads.</param>
/// <param name="maxBytes">The most memory, in bytes.</param>
sealed class RememberedThreads(int maxThreads, long maxBytes)
{
    readonly Lock _lock = new();
    readonly LinkedList<Remembered> _order = new(); // the one that was not used for longest first
    readonly Dictionary<ThreadId, LinkedListNode<Remembered>> _nodes = [];
    long _bytes;

    /// <summary>Remembers a thread. One that was not used since it was remembered keeps its place.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="bytes">How much memory it takes.</param>
    /// <param name="lastUse">When it was used.</param>
    /// <returns>The threads to forget.</returns>
    public IReadOnlyList<ThreadId> Add(ThreadId threadId, long bytes, TimeSpan lastUse)
    {
        lock (_lock)
        {
            var remembered = new Remembered(threadId, bytes, lastUse);
            if (_nodes.TryGetValue(threadId, out var before) && before.Value == remembered)
                return [];
            RemoveLocked(threadId);
            _nodes[threadId] = _order.AddLast(remembered);
            _bytes += bytes;
            List<ThreadId> forgotten = [];
            while (_nodes.Count > maxThreads || _bytes > maxBytes)
            {
                forgotten.Add(_order.First!.Value.ThreadId);
                RemoveLocked(_order.First.Value.ThreadId);
            }
            return forgotten;
        }
    }

    /// <summary>Gives the threads that were not used after a time.</summary>
    public IReadOnlyList<ThreadId> UnusedSince(TimeSpan time)
    {
        lock (_lock)
            return [.. _order.Where(remembered => remembered.LastUse <= time).Select(remembered => remembered.ThreadId)];
    }

    /// <summary>Takes it that there is nothing to remember of a thread.</summary>
    public void Remove(ThreadId threadId)
    {
        lock (_lock)
            RemoveLocked(threadId);
    }

    void RemoveLocked(ThreadId threadId)
    {
        if (!_nodes.Remove(threadId, out var node))
            return;
        _order.Remove(node);
        _bytes -= node.Value.Bytes;
    }

    readonly record struct Remembered(ThreadId ThreadId, long Bytes, TimeSpan LastUse);
}
