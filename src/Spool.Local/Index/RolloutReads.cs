namespace Spool;

/// <summary>Which rollouts are being read for the index, so that of many calls about the same thread one reads them and the others wait for it.</summary>
/// <remarks>
/// A call that comes while a rollout is being read waits for the end of that, and then reads it or waits for another call that does. That later reading began after the call did, so it takes in everything that was
/// there before, and the call needs no look of its own any more: it waits for two readings of a rollout at most, however fast that grows. A call has all that it reads or nothing, and never waits for another while it
/// has something: so calls cannot wait for each other in a circle.
/// </remarks>
sealed class RolloutReads
{
    readonly Dictionary<string, RolloutReading> _readings = new(StringComparer.Ordinal);
    long _begun;

    /// <summary>Gets how many readings have begun so far: those that come are of a later time.</summary>
    public long Begun => Interlocked.Read(ref _begun);

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
            var own = new RolloutReading(this, paths, indexFile, Interlocked.Increment(ref _begun));
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

    /// <summary>Gets its number.</summary>
    public long Number => number;

    /// <summary>Gets or sets whether all of them were found and are in the index as they were when the reading began, or later.</summary>
    public bool IsWhole { get; set; }

    /// <summary>Waits for its end.</summary>
    public Task EndAsync(CancellationToken cancellationToken) => _ended.Task.WaitAsync(cancellationToken);

    /// <summary>Says whether a rollout is in an index as it was when the reading began, or later.</summary>
    public bool Has(string path, long inIndexFile) => IsWhole && inIndexFile == indexFile && paths.Contains(path, StringComparer.Ordinal);

    /// <inheritdoc/>
    public void Dispose()
    {
        reads.End(this);
        _ended.SetResult();
    }
}
