namespace Spool.Storage;

/// <summary>How deep below its root a thread is that another one started.</summary>
public static class AgentDepth
{
    /// <summary>The most parents that are followed. A longer chain counts as one of so many.</summary>
    public const int Most = 100;

    /// <summary>Gives the depth: 0 for a thread without a parent, whatever its source says; else what its source says, else how many parents there are, missing ones included.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="parentOf">Gives the parent of a thread; null when it has none, or is not there.</param>
    /// <remarks>Parents in a circle count once each.</remarks>
    public static int Of(StoredThread thread, Func<ThreadId, ThreadId?> parentOf)
    {
        ArgumentNullException.ThrowIfNull(thread);
        ArgumentNullException.ThrowIfNull(parentOf);
        if (thread.ParentThreadId is null)
            return 0;
        if (thread.Source.Depth is { } said)
            return said;
        var seen = new HashSet<ThreadId> { thread.Id };
        for (var parent = thread.ParentThreadId; parent is { } id && seen.Count <= Most && seen.Add(id);)
            parent = parentOf(id);
        return seen.Count - 1;
    }
}
