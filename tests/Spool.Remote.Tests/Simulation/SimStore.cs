namespace Spool.Remote.Tests;

/// <summary>The plain meaning of a stored log: numbers in a list, of which a crash keeps what was flushed and a beginning of the
/// rest.</summary>
sealed class SimStore(Random random)
{
    readonly List<int> _log = [];
    bool _liesAboutFlushing;

    /// <summary>Gets whether the thread is stored.</summary>
    public bool IsStored { get; private set; }

    /// <summary>Gets or sets whether the disk is full.</summary>
    public bool IsFull { get; set; }

    /// <summary>Gets or sets how often it could not be used for a moment.</summary>
    public int Hiccups { get; set; }

    /// <summary>Gets the stored items; the first has ordinal 1.</summary>
    public IReadOnlyList<int> Log => _log;

    /// <summary>Gets how many items no crash can take any more.</summary>
    public int Flushed { get; private set; }

    /// <summary>Gets how often a crash took items that were not flushed.</summary>
    public int Losses { get; private set; }

    public void Store() => IsStored = true;

    public void Append(IEnumerable<int> items) => _log.AddRange(items);

    public void Flush() => Flushed = _liesAboutFlushing ? Flushed : _log.Count;

    /// <summary>An fsync fails. The system takes what it could not write for written, so that every later fsync succeeds and means nothing,
    /// until a crash shows it.</summary>
    public void FailToFlush() => _liesAboutFlushing = true;

    public void Crash()
    {
        var kept = Flushed + random.Next(_log.Count - Flushed + 1);
        if (kept < _log.Count)
            Losses++;
        _log.RemoveRange(kept, _log.Count - kept);
        (Flushed, _liesAboutFlushing) = (_log.Count, false);
    }
}
