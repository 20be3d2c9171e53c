using Grpc.Core;

namespace Spool.Remote;

/// <summary>Reads one page, which the server sends in batches. A page whose stream breaks is read again from its start.</summary>
static class PageReader
{
    /// <summary>Reads a page.</summary>
    /// <param name="connection">The way to the server.</param>
    /// <param name="call">The call.</param>
    /// <param name="request">Which page.</param>
    /// <param name="take">Gives the entries of a batch and the cursors that it carries, empty for none: of the next page, and back.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static ValueTask<Page<TEntry>> ReadAsync<TRequest, TBatch, TEntry>(
        RemoteConnection connection,
        Func<TRequest, CallOptions, AsyncServerStreamingCall<TBatch>> call,
        TRequest request,
        Func<TBatch, (IEnumerable<TEntry> Entries, string NextCursor, string BackwardsCursor)> take,
        CancellationToken cancellationToken
    )
        where TBatch : class =>
        connection.Calls.ReadAsync(token => ReadOnceAsync(connection, call, request, take, token), cancellationToken);

    static async ValueTask<Page<TEntry>> ReadOnceAsync<TRequest, TBatch, TEntry>(
        RemoteConnection connection,
        Func<TRequest, CallOptions, AsyncServerStreamingCall<TBatch>> call,
        TRequest request,
        Func<TBatch, (IEnumerable<TEntry> Entries, string NextCursor, string BackwardsCursor)> take,
        CancellationToken cancellationToken
    )
        where TBatch : class
    {
        var retry = new Retry(connection);
        await connection.ReadyAsync(retry, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            try
            {
                var entries = new List<TEntry>();
                string? next = null,
                    back = null;
                using var stream = new BatchStream<TBatch>(connection, options => call(request, options), cancellationToken);
                while (await stream.MoveNextAsync().ConfigureAwait(false))
                {
                    var (more, nextCursor, backwardsCursor) = take(stream.Current);
                    entries.AddRange(more);
                    next = nextCursor.Length > 0 ? nextCursor : next;
                    back = backwardsCursor.Length > 0 ? backwardsCursor : back;
                }
                return new Page<TEntry>(entries, next) { BackwardsCursor = back };
            }
            catch (RpcException e)
            {
                await retry.AfterAsync(e, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
