namespace Spool.Storage;

/// <summary>How deep below its root a thread is that another one started.</summary>
public static class AgentDepth
{
    /// <summary>The most parents that are followed. A longer chain counts as one of so many.</summary>
    public const int Most = 100;

    /// <summary>Gives the depth: 0 for a thread without a parent, whatever its source says; else what its source says, else how many
    /// parents there are, missing ones included.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="parentOf">Gives the parent of a thread; null when it has none, or is not there.</param>
    /// <remarks>Parents in a circle count once each.</remarks>
    public static int Of(StoredThread thread, Func<ThreadId, ThreadId?> parentOf)
    {
        ArgumentNullException.ThrowIfNull(thread);
        ArgumentNullException.ThrowIfNull(parentOf);
        return thread.ParentThreadId is null ? 0 : thread.Source.Depth ?? Above(thread, parentOf).Count();
    }

    /// <summary>Gives the threads above a thread that decide how deep it is, its parent first, missing ones included: none where its source
    /// says it.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="parentOf">Gives the parent of a thread; null when it has none, or is not there. Is asked about a thread when the next
    /// one is asked for, so a caller that takes them one by one can look for each before.</param>
    public static IEnumerable<ThreadId> Above(StoredThread thread, Func<ThreadId, ThreadId?> parentOf)
    {
        ArgumentNullException.ThrowIfNull(thread);
        ArgumentNullException.ThrowIfNull(parentOf);
        return thread.ParentThreadId is null || thread.Source.Depth is not null ? [] : Each();

        IEnumerable<ThreadId> Each()
        {
            var seen = new HashSet<ThreadId> { thread.Id };
            for (var parent = thread.ParentThreadId; parent is { } id && seen.Count <= Most && seen.Add(id); parent = parentOf(id))
                yield return id;
        }
    }
}
