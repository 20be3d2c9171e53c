namespace Spool;

/// <summary>Which rollouts are being read for the index, so that of many calls about the same thread one reads them and the others wait for
/// it.</summary>
/// <remarks>
/// A call that comes while a rollout is being read waits for the end of that. What began to be read after a call came takes in everything
/// that was there before, so the call needs no look of its own at that any more, whichever call read it: it waits for two readings of a
/// rollout at most, however fast that grows, and those that came before a reading need no other. A call has all that it reads or nothing,
/// and never waits for another while it has something: so calls cannot wait for each other in a circle. A reading is remembered as long as
/// a call is under way that came before it.
/// </remarks>
sealed class RolloutReads
{
    readonly Dictionary<string, RolloutReading> _readings = new(StringComparer.Ordinal);
    readonly Dictionary<string, RolloutReading> _latest = new(StringComparer.Ordinal);
    readonly Queue<RolloutReading> _ended = [];
    readonly LinkedList<long> _calls = []; // those under way, in the order in which they came: how many readings had begun before each
    long _begun;

    /// <summary>Notes that a call has come. It is to leave at its end.</summary>
    public LinkedListNode<long> Enter()
    {
        lock (_readings)
            return _calls.AddLast(_begun);
    }

    /// <summary>Ends a call, and forgets the readings that no other one came before.</summary>
    public void Leave(LinkedListNode<long> call)
    {
        lock (_readings)
        {
            _calls.Remove(call);
            while (_ended.TryPeek(out var reading) && (_calls.First is not { } first || first.Value >= reading.Number))
            {
                _ended.Dequeue();
                foreach (var path in reading.Paths)
                {
                    if (_latest.GetValueOrDefault(path) == reading)
                        _latest.Remove(path);
                }
            }
        }
    }

    /// <summary>Says whether a rollout is in an index as it was when a call came, or later.</summary>
    public bool IsRead(string path, long inIndexFile, LinkedListNode<long> call)
    {
        lock (_readings)
            return _latest.TryGetValue(path, out var reading) && reading.Number > call.Value && reading.IndexFile == inIndexFile;
    }

    /// <summary>Begins to read rollouts, if no other call reads one of them.</summary>
    /// <param name="paths">The rollouts.</param>
    /// <param name="indexFile">What identifies the index file.</param>
    /// <param name="other">The reading of another call that has one of them, or null when all are read by this one.</param>
    /// <returns>The reading, which is to be disposed of at its end, or null where there is another one.</returns>
    public RolloutReading? Begin(IReadOnlyList<string> paths, long indexFile, out RolloutReading? other)
    {
        lock (_readings)
        {
            foreach (var path in paths)
            {
                if (_readings.TryGetValue(path, out other))
                    return null;
            }
            other = null;
            var own = new RolloutReading(this, paths, indexFile, ++_begun);
            foreach (var path in paths)
                _readings[path] = own;
            return own;
        }
    }

    /// <summary>Ends a reading.</summary>
    public void End(RolloutReading reading)
    {
        lock (_readings)
        {
            foreach (var path in reading.Paths)
                _readings.Remove(path);
            if (!reading.IsWhole || reading.Paths.Count == 0)
                return;
            foreach (var path in reading.Paths)
                _latest[path] = reading;
            _ended.Enqueue(reading);
        }
    }
}

/// <summary>Rollouts that are read for the index.</summary>
/// <param name="reads">All readings.</param>
/// <param name="paths">The rollouts.</param>
/// <param name="indexFile">What identifies the index file.</param>
/// <param name="number">Its number: later ones have higher ones.</param>
sealed class RolloutReading(RolloutReads reads, IReadOnlyList<string> paths, long indexFile, long number) : IDisposable
{
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets the rollouts.</summary>
    public IReadOnlyList<string> Paths => paths;

    /// <summary>Gets what identifies the index file into which they are read.</summary>
    public long IndexFile => indexFile;

    /// <summary>Gets its number.</summary>
    public long Number => number;

    /// <summary>Gets or sets whether all of them were found and are in the index as they were when the reading began, or later.</summary>
    public bool IsWhole { get; set; }

    /// <summary>Waits for its end.</summary>
    public Task EndAsync(CancellationToken cancellationToken) => _ended.Task.WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        reads.End(this);
        _ended.SetResult();
    }
}
