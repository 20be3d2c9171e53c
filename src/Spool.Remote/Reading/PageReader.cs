using Grpc.Core;

namespace Spool.Remote;

/// <summary>Reads one page, which the server sends in batches. A page whose stream breaks is read again from its start.</summary>
sealed class PageReader<TRequest, TBatch, TEntry>(RemoteConnection connection, Func<TRequest, CallOptions, AsyncServerStreamingCall<TBatch>> call)
    where TBatch : class
{
    /// <summary>Gets what was read.</summary>
    public List<TEntry> Entries { get; } = [];

    /// <summary>Reads the page.</summary>
    /// <param name="request">Which page.</param>
    /// <param name="take">Takes the entries of a batch, and gives the cursor it carries.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The cursor of the next page, or null.</returns>
    public async Task<string?> ReadAsync(TRequest request, Func<TBatch, List<TEntry>, string?> take, CancellationToken cancellationToken)
    {
        var retry = new Retry(connection);
        while (true)
        {
            try
            {
                Entries.Clear();
                string? cursor = null;
                using var stream = new BatchStream<TBatch>(connection, options => call(request, options), cancellationToken);
                while (await stream.MoveNextAsync().ConfigureAwait(false))
                    cursor = take(stream.Current, Entries) ?? cursor;
                return cursor;
            }
            catch (RpcException e)
            {
                await retry.AfterAsync(e, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
