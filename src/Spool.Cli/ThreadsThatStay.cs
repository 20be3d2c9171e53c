using System.Globalization;

namespace Spool.Cli;

/// <summary>The threads that began in another one and are threads of their own: they stay as they are when it goes.</summary>
/// <param name="store">The store.</param>
/// <param name="threadId">The thread that goes.</param>
/// <param name="hints">The commands that list them.</param>
sealed class ThreadsThatStay(IThreadStore store, ThreadId threadId, Hints hints)
{
    const int MostNamed = 3;

    /// <summary>Says which sub-agents stay active when the thread goes into the archive.</summary>
    public async Task<IReadOnlyList<string>> OfArchivedAsync(CancellationToken cancellationToken) =>
        Known(await AgentsAsync(ArchiveFilter.Active, " active", cancellationToken));

    /// <summary>Says which sub-agents and forks stay when the thread is deleted. Forks are looked for among all threads.</summary>
    public async Task<IReadOnlyList<string>> OfDeletedAsync(CancellationToken cancellationToken) =>
        Known(
            await AgentsAsync(ArchiveFilter.Active, "", cancellationToken),
            await AgentsAsync(ArchiveFilter.Archived, "", cancellationToken),
            await ForksAsync(cancellationToken)
        );

    static IReadOnlyList<string> Known(params string?[] words) => [.. words.OfType<string>()];

    async Task<string?> AgentsAsync(ArchiveFilter archive, string how, CancellationToken cancellationToken)
    {
        var query = new ThreadQuery { Parent = threadId, Archive = archive };
        // a server that does not know the filter gives others too
        var agents = await FindAsync(query, thread => thread.ParentThreadId == threadId, cancellationToken);
        if (agents.Count == 0)
            return null;
        var isOfArchive = archive == ArchiveFilter.Archived;
        var command = $"list --parent {threadId}{(isOfArchive ? " --archived" : "")}";
        if (agents.Exists(agent => agent.Preview.Length == 0 || agent.State != ThreadCondition.Ok))
            command += " --all";
        return $"{Stay(agents.Count, isOfArchive ? "archived sub-agent" : "sub-agent")}{how}: {hints.Command(command)}";
    }

    async Task<string?> ForksAsync(CancellationToken cancellationToken)
    {
        var forks = await FindAsync(
            new ThreadQuery { Archive = ArchiveFilter.Any },
            thread => thread.ForkedFromId == threadId,
            cancellationToken
        );
        return forks.Count switch
        {
            0 => null,
            1 => $"{Stay(1, "fork")}: {hints.Command($"show {forks[0].Id}")}",
            _ =>
                $"{Stay(forks.Count, "fork")}: {string.Join(", ", forks.Take(MostNamed).Select(fork => fork.Id))}{(forks.Count > MostNamed ? ", …" : "")}",
        };
    }

    async Task<List<StoredThread>> FindAsync(ThreadQuery query, Predicate<StoredThread> isOne, CancellationToken cancellationToken)
    {
        var found = new List<StoredThread>();
        query = query with { Visibility = ThreadVisibility.All, Limit = ThreadQuery.MaxLimit };
        try
        {
            await foreach (var thread in store.EnumerateAsync(query, cancellationToken))
            {
                if (thread.Id != threadId && isOne(thread))
                    found.Add(thread);
            }
        }
        catch (ThreadStoreException)
        {
            // What is asked for is done or will be; a list of others that fails is no reason not to.
        }
        return found;
    }

    static string Stay(int count, string what) =>
        count == 1 ? $"1 {what} stays" : string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}s stay");
}
