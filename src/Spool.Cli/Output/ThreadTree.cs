namespace Spool.Cli;

/// <summary>Puts sub-agents below the threads that began them.</summary>
static class ThreadTree
{
    /// <summary>Gives the threads of a page in the order of the page, each sub-agent below its parent where the page has that, those of
    /// one parent in that order too.</summary>
    /// <param name="threads">The threads of the page.</param>
    /// <param name="paths">Their files.</param>
    public static IReadOnlyList<ShownThread> Of(IReadOnlyList<StoredThread> threads, IReadOnlyDictionary<ThreadId, string> paths)
    {
        var ids = threads.Select(thread => thread.Id).ToHashSet();
        var children = threads
            .Where(thread => thread.ParentThreadId is { } parent && parent != thread.Id && ids.Contains(parent))
            .ToLookup(thread => thread.ParentThreadId!.Value);
        var shown = new List<ShownThread>(threads.Count);
        var seen = new HashSet<ThreadId>();
        foreach (var thread in threads.Where(thread => thread.ParentThreadId is not { } parent || !ids.Contains(parent)))
            Add(thread, 0);
        foreach (var thread in threads) // parents in a ring
            Add(thread, 0);
        return shown;

        void Add(StoredThread thread, int depth)
        {
            if (!seen.Add(thread.Id))
                return;
            shown.Add(new ShownThread(thread, paths.GetValueOrDefault(thread.Id), depth));
            foreach (var child in children[thread.Id])
                Add(child, depth + 1);
        }
    }
}
