using Grpc.Core;

namespace Spool.Remote;

/// <summary>Reads one page, which the server sends in batches. A page whose stream breaks is read again from its start.</summary>
static class PageReader
{
    /// <summary>Reads a page.</summary>
    /// <param name="connection">The way to the server.</param>
    /// <param name="call">The call.</param>
    /// <param name="request">Which page.</param>
    /// <param name="take">Gives the entries of a batch and the cursor that it carries, empty for none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The entries and the cursor of the next page, or null.</returns>
    public static async Task<(List<TEntry> Entries, string? NextCursor)> ReadAsync<TRequest, TBatch, TEntry>(
        RemoteConnection connection,
        Func<TRequest, CallOptions, AsyncServerStreamingCall<TBatch>> call,
        TRequest request,
        Func<TBatch, (IEnumerable<TEntry> Entries, string NextCursor)> take,
        CancellationToken cancellationToken)
        where TBatch : class
    {
        var retry = new Retry(connection);
        while (true)
        {
            try
            {
                var page = (Entries: new List<TEntry>(), NextCursor: (string?)null);
                using var stream = new BatchStream<TBatch>(connection, options => call(request, options), cancellationToken);
                while (await stream.MoveNextAsync().ConfigureAwait(false))
                {
                    var (entries, next) = take(stream.Current);
                    page.Entries.AddRange(entries);
                    page.NextCursor = next.Length > 0 ? next : page.NextCursor;
                }
                return page;
            }
            catch (RpcException e)
            {
                await retry.AfterAsync(e, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
