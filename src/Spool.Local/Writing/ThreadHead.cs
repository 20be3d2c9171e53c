namespace Spool;

/// <summary>What the first item of a new thread says, as far as the store has to know it.</summary>
/// <param name="HistoryMode">How the history is recorded.</param>
/// <param name="Ordinal">The ordinal of the first item.</param>
/// <param name="Cwd">The working folder.</param>
/// <param name="HasGit">Whether the item has a repository state.</param>
sealed record ThreadHead(string HistoryMode, long Ordinal, string? Cwd, bool HasGit)
{
    /// <summary>Refuses an id that no new thread may have: those of <see cref="NewLogHead.CheckId"/>, and those that are made of paths.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>; <see cref="ThreadStoreErrorCode.AlreadyExists"/>: it is or may become that of a rollout by its path.</exception>
    public static void CheckId(ThreadId thread)
    {
        NewLogHead.CheckId(thread);
        if (CacheKey.IsOfPath(thread))
            throw new ThreadStoreException(ThreadStoreErrorCode.AlreadyExists, "The id of the new thread is of the kind that is made of the paths of rollouts; choose another one.");
    }

    /// <summary>Checks the first item of a new thread.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it is not a <c>session_meta</c> of this thread;
    /// <see cref="ThreadStoreErrorCode.Unsupported"/>: its history mode is unknown.</exception>
    public static ThreadHead Check(CreateThread request, int maxItemBytes)
    {
        ArgumentNullException.ThrowIfNull(request.SessionMeta);
        CheckId(request.Thread);
        RolloutLine.Check(request.SessionMeta, maxItemBytes);
        var item = new RolloutItem(RolloutLine.ToArray(request.SessionMeta, 0, null), 0);
        var observer = new MetadataObserver();
        if (item.Kind == RolloutItemKind.SessionMeta)
            observer.Observe(item);
        var facts = observer.Facts;
        if (facts.Id != request.Thread)
            throw ThreadStoreException.InvalidRequest("The first item of a thread has to be a session_meta with the id of the thread.");
        if (facts.HistoryMode is not (HistoryModes.Legacy or HistoryModes.Paginated))
            throw new ThreadStoreException(ThreadStoreErrorCode.Unsupported, "The history mode is one that this version does not know.");
        if (facts.HistoryBase is not null && facts.HistoryMode != HistoryModes.Paginated)
            throw ThreadStoreException.InvalidRequest("Only a paginated thread can continue another rollout.");
        NewLogHead.CheckBase(facts.HistoryBase);
        return new ThreadHead(facts.HistoryMode, facts.HistoryBase?.EndOrdinal ?? 0, facts.Cwd, facts.GitInfo is not null);
    }
}
