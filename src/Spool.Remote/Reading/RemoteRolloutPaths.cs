using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Remote;

/// <summary>Asks the server in which of its files rollouts are.</summary>
sealed class RemoteRolloutPaths(RemoteConnection connection) : IRolloutPaths
{
    public async ValueTask<IReadOnlyDictionary<ThreadId, string>> LocateAsync(
        IReadOnlyCollection<ThreadId> threads,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(threads);
        return await connection.Calls.ReadAsync(token => LocateOnceAsync(threads, token), cancellationToken).ConfigureAwait(false);
    }

    async ValueTask<IReadOnlyDictionary<ThreadId, string>> LocateOnceAsync(
        IReadOnlyCollection<ThreadId> threads,
        CancellationToken cancellationToken
    )
    {
        await connection.RequireAsync<IRolloutPaths>(cancellationToken).ConfigureAwait(false);
        var paths = new Dictionary<ThreadId, string>(threads.Count);
        foreach (var part in threads.Chunk(ThreadQuery.MaxLimit))
        {
            var request = new Wire.LocateRolloutsRequest { ThreadIds = { part.Select(threadId => threadId.ToString()) } };
            foreach (
                var (thread, path) in (
                    await connection.AskAsync(connection.Client.LocateRolloutsAsync, request, cancellationToken).ConfigureAwait(false)
                ).Paths
            )
                paths[ThreadIds.Read(thread)] = path;
        }
        return paths;
    }
}
