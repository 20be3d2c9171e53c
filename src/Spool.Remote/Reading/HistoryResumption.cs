namespace Spool.Remote;

/// <summary>Remembers how far a history, or a log, was given, so that a stream that broke can be begun again without giving anything twice;
/// and what it was, so that nothing of another history is put behind it.</summary>
/// <remarks>What was given is sent again and compared by a digest of all of it. A history that was replaced and is the same up to there is
/// the same for a reader.</remarks>
sealed class HistoryResumption
{
    readonly RunningDigest _digest = new(); // of what was given
    readonly RunningDigest _again = new(); // of as much of what is sent again
    long _given;
    long _seen;

    /// <summary>Begins the stream, or begins it again.</summary>
    public void Begin()
    {
        _seen = 0;
        _again.Clear();
    }

    /// <summary>Says whether an item was not given yet, and takes it as given.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>: the history is no longer the one that was
    /// begun.</exception>
    public bool IsNew(RolloutItem item)
    {
        var isNew = _seen == _given;
        (isNew ? _digest : _again).Add(item);
        Took(1, isNew);
        return isNew;
    }

    /// <summary>Gives what was not given yet of some bytes, and takes it as given.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>: the log is no longer the one that was
    /// begun.</exception>
    public ReadOnlyMemory<byte> NewOf(ReadOnlyMemory<byte> bytes)
    {
        var old = (int)Math.Min(_given - _seen, bytes.Length);
        if (old > 0)
        {
            _again.Add(bytes.Span[..old]);
            Took(old, isNew: false);
        }
        var more = bytes[old..];
        if (more.IsEmpty)
            return more;
        _digest.Add(more.Span);
        Took(more.Length, isNew: true);
        return more;
    }

    /// <summary>Takes it that the stream came to its end.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>: it is shorter than what was
    /// given.</exception>
    public void End()
    {
        if (_seen < _given)
            throw Changed();
    }

    void Took(long count, bool isNew)
    {
        _seen += count;
        if (isNew)
            _given = _seen;
        else if (_seen == _given && _again.Value != _digest.Value)
            throw Changed();
    }

    static ThreadStoreException Changed() =>
        new(ThreadStoreErrorCode.Unavailable, "The thread was changed while its history was read; read it again.");
}
