namespace Spool.Remote;

/// <summary>Remembers how far a history was given, so that a stream that broke can be begun again without giving an item twice.</summary>
sealed class HistoryResumption
{
    long _given;
    long _lastOrdinal;
    long _seen;

    /// <summary>Begins the stream, or begins it again.</summary>
    public void Begin() => _seen = 0;

    /// <summary>Says whether an item was not given yet, and takes it as given.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>: the history is no longer the one that was begun.</exception>
    public bool IsNew(RolloutItem item)
    {
        _seen++;
        if (_seen <= _given)
        {
            if (_seen == _given && item.Ordinal != _lastOrdinal)
                throw new ThreadStoreException(ThreadStoreErrorCode.Unavailable, "The thread was changed while its history was read; read it again.");
            return false;
        }
        _given = _seen;
        _lastOrdinal = item.Ordinal;
        return true;
    }
}
