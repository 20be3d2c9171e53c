using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Remote;

/// <summary>Asks the server how many threads lists hold.</summary>
sealed class RemoteThreadCounts(RemoteConnection connection) : IThreadCounts
{
    public async ValueTask<IReadOnlyList<long>> CountAsync(
        IReadOnlyList<ThreadQuery> queries,
        CancellationToken cancellationToken = default
    )
    {
        DefinedRequests.Check(queries);
        await connection.Calls.ReadAsync(connection.RequireAsync<IThreadCounts>, cancellationToken).ConfigureAwait(false);
        var request = new Wire.CountThreadsRequest { Lists = { queries.Select(WireThreads.ToWire) } };
        return (await connection.AskAsync(connection.Client.CountThreadsAsync, request, cancellationToken).ConfigureAwait(false)).Counts;
    }
}
