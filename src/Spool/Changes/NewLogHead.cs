namespace Spool;

/// <summary>Reads the first item of a log that is to be made.</summary>
public static class NewLogHead
{
    /// <summary>Refuses an id that no new thread may have: one that carries a time past the year 9999.</summary>
    /// <param name="thread">The id.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>.</exception>
    public static void CheckId(ThreadId thread)
    {
        if (thread.IsPastTime)
            throw ThreadStoreException.InvalidRequest("The id of the new thread carries a time past the year 9999; choose another one.");
    }

    /// <summary>Refuses a point at which no history can go on.</summary>
    /// <param name="history">The point, or null.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>.</exception>
    public static void CheckBase(HistoryBase? history)
    {
        if (history is { EndOrdinal: < 0 or > ItemEnvelope.MaxOrdinal })
            throw ThreadStoreException.InvalidRequest("The ordinal at which the new thread goes on is out of range.");
    }

    /// <summary>Checks the first item and says what it says of its thread.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="item">The item.</param>
    /// <param name="maxBytes">The largest line.</param>
    /// <returns>The facts: the history mode, which is known, and the point at which the history begins.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it is not a <c>session_meta</c> of this thread;
    /// <see cref="ThreadStoreErrorCode.Unsupported"/>: its history mode is unknown; <see cref="ThreadStoreErrorCode.ResourceExhausted"/>: it is too large.</exception>
    public static ThreadFacts Read(ThreadId thread, NewItem item, long maxBytes)
    {
        ArgumentNullException.ThrowIfNull(item);
        CheckId(thread);
        RolloutLine.Check(item, maxBytes);
        var observer = new MetadataObserver();
        observer.Observe(new RolloutItem(RolloutLine.ToArray(item, 0, null), 0));
        if (item.Type != "session_meta" || observer.Facts.Id != thread)
            throw ThreadStoreException.InvalidRequest("The first item of a thread has to be a session_meta that names the thread.");
        CheckBase(observer.Facts.HistoryBase);
        return observer.Facts.HistoryMode is HistoryModes.Legacy or HistoryModes.Paginated
            ? observer.Facts
            : throw new ThreadStoreException(ThreadStoreErrorCode.Unsupported, "The history mode of the new thread is unknown.");
    }
}
