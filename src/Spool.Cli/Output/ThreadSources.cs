namespace Spool.Cli;

/// <summary>The threads that a thread came from: the source of a fork, and the parent of a sub-agent.</summary>
sealed class ThreadSources
{
    readonly Dictionary<string, StoredThread> _found = new(StringComparer.Ordinal);

    ThreadSources(StoredThread thread) => Source = thread.ForkedFromId ?? thread.ParentThreadId;

    /// <summary>Gets the thread whose history a thread has before its own, or null.</summary>
    public ThreadId? Source { get; }

    /// <summary>Gives those of a thread of which only the ids are known.</summary>
    public static ThreadSources Of(StoredThread thread) => new(thread);

    /// <summary>Asks a store for them. It costs a call for each.</summary>
    public static async Task<ThreadSources> FindAsync(IThreadStore store, StoredThread thread, CancellationToken cancellationToken)
    {
        var sources = new ThreadSources(thread);
        foreach (var id in (ThreadId?[])[thread.ForkedFromId, thread.ParentThreadId])
        {
            if (id is { } source && !sources._found.ContainsKey(source.ToString()))
            {
                if (await store.FindAsync(source, cancellationToken) is { } found)
                    sources._found.Add(source.ToString(), found);
            }
        }
        return sources;
    }

    /// <summary>Gives the text of a field of <see cref="ThreadFields"/>, with the name of the thread that it names.</summary>
    public string Named(string label, string text) => Of(label, text) is { } source ? $"{text} ({ThreadLinks.NameOf(source)})" : text;

    /// <summary>Gives the thread that a field names, or null.</summary>
    public StoredThread? Of(string label, string text) => label is "Forked from" or "Parent" ? _found.GetValueOrDefault(text) : null;

    /// <summary>Gives what a person calls one of the threads: its name, else its id.</summary>
    public string NameOf(ThreadId id) => _found.TryGetValue(id.ToString(), out var source) ? ThreadLinks.NameOf(source) : id.ToString();
}
