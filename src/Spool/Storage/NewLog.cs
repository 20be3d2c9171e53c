namespace Spool.Storage;

/// <summary>The first item of a log that is to be made, checked: what it says of its thread.</summary>
/// <param name="Facts">What it says: the history mode, which is known, and the point at which the history begins.</param>
public sealed record NewLog(ThreadFacts Facts)
{
    /// <summary>Gets how the history is recorded.</summary>
    public string HistoryMode => Facts.HistoryMode ?? HistoryModes.Legacy;

    /// <summary>Gets the ordinal of the first item: where the history that the log continues ends, else 0.</summary>
    public long Ordinal => Facts.HistoryBase?.EndOrdinal ?? 0;

    /// <summary>Refuses an id that no new thread may have: one that carries a time past the year 9999, and one of those that are made of
    /// paths (<see cref="ThreadIds"/>).</summary>
    /// <param name="threadId">The id.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>.</exception>
    public static void CheckId(ThreadId threadId)
    {
        if (threadId.IsPastTime)
            throw ThreadStoreException.InvalidRequest("The id of the new thread carries a time past the year 9999; choose another one.");
        if (ThreadIds.IsOfPath(threadId))
            throw ThreadStoreException.InvalidRequest(
                "The id of the new thread is of the kind that is made of the paths of rollouts; choose another one."
            );
    }

    /// <summary>Checks the id and the first item of a new thread, or of a fork that is given one.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="item">The item.</param>
    /// <param name="maxBytes">The largest line.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the id may not be taken, or the item is
    /// malformed, no <c>session_meta</c> of this thread, or continues a history in a way that no log can;
    /// <see cref="ThreadStoreErrorCode.TooLarge"/>; <see cref="ThreadStoreErrorCode.Unsupported"/>: it is well formed, and its history mode
    /// unknown.</exception>
    public static NewLog Check(ThreadId threadId, NewItem item, long maxBytes)
    {
        ArgumentNullException.ThrowIfNull(item);
        CheckId(threadId);
        RolloutLine.Check(item, maxBytes);
        var observer = new MetadataObserver();
        var first = new RolloutItem(RolloutLine.ToArray(item, DateTimeOffset.UnixEpoch, null), 0);
        if (first.Kind == RolloutItemKind.SessionMeta)
            observer.Observe(first);
        var facts = observer.Facts;
        if (facts.Id != threadId)
            throw ThreadStoreException.InvalidRequest("The first item of a thread has to be a session_meta with the id of the thread.");
        if (facts.HistoryBase is { EndOrdinal: < 0 or > ItemEnvelope.MaxOrdinal })
            throw ThreadStoreException.InvalidRequest("The ordinal at which the new thread goes on is out of range.");
        if (facts.HistoryBase is not null && facts.HistoryMode == HistoryModes.Legacy)
            throw ThreadStoreException.InvalidRequest("Only a paginated thread can continue another rollout.");
        return facts.HistoryMode is HistoryModes.Legacy or HistoryModes.Paginated
            ? new NewLog(facts)
            : throw new ThreadStoreException(
                ThreadStoreErrorCode.Unsupported,
                $"The history mode '{facts.HistoryMode}' is none that this version knows; it writes {HistoryModes.Legacy} and {HistoryModes.Paginated}."
            );
    }
}
