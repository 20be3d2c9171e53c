namespace Spool.Remote.Tests;

/// <summary>The plain meaning of a stored log: numbers in a list, of which a crash keeps what was flushed and a beginning of the rest.</summary>
sealed class SimStore(Random random)
{
    readonly List<int> _log = [];
    int _flushed;

    /// <summary>Gets whether the thread is stored.</summary>
    public bool IsStored { get; private set; }

    /// <summary>Gets or sets whether the disk is full.</summary>
    public bool IsFull { get; set; }

    /// <summary>Gets the stored items; the first has ordinal 1.</summary>
    public IReadOnlyList<int> Log => _log;

    /// <summary>Gets what a crash cannot take any more: how many items are flushed.</summary>
    public int Flushed => _flushed;

    /// <summary>Gets how often a crash took items that were not flushed.</summary>
    public int Losses { get; private set; }

    public void Store() => IsStored = true;

    public void Append(IEnumerable<int> items) => _log.AddRange(items);

    public void Flush(int count) => _flushed = Math.Max(_flushed, Math.Min(count, _log.Count));

    public void Crash()
    {
        var kept = _flushed + random.Next(_log.Count - _flushed + 1);
        if (kept < _log.Count)
            Losses++;
        _log.RemoveRange(kept, _log.Count - kept);
        _flushed = _log.Count;
    }
}
