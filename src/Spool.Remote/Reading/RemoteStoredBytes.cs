using Grpc.Core;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Remote;

/// <summary>Copies logs from the server. A copy that breaks goes on behind what was written, unless the log was changed
/// meanwhile.</summary>
sealed class RemoteStoredBytes(RemoteConnection connection) : IStoredBytes
{
    public async ValueTask CopyLogAsync(ThreadId threadId, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        await connection.Calls.ReadAsync(token => CopyAsync(threadId, destination, token), cancellationToken).ConfigureAwait(false);
    }

    async ValueTask CopyAsync(ThreadId threadId, Stream destination, CancellationToken cancellationToken)
    {
        var request = new Wire.CopyLogRequest { ThreadId = threadId.ToString() };
        await connection.RequireAsync<IStoredBytes>(cancellationToken).ConfigureAwait(false);
        var retry = new Retry(connection);
        var resumption = new HistoryResumption();
        while (true)
        {
            try
            {
                using var stream = new BatchStream<Wire.LogBytes>(
                    connection,
                    options => connection.Client.CopyLog(request, options),
                    cancellationToken
                );
                resumption.Begin();
                while (await stream.MoveNextAsync().ConfigureAwait(false))
                {
                    var bytes = resumption.NewOf(stream.Current.Bytes.Memory);
                    if (bytes.IsEmpty)
                        continue;
                    await destination.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
                    retry.HasProgress();
                }
                resumption.End();
                return;
            }
            catch (RpcException e)
            {
                await retry.AfterAsync(e, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
