using Grpc.Core;
using Wire = Spool.Remote.SpoolV1;

namespace Spool.Remote;

/// <summary>Copies logs from the server. A copy that breaks goes on behind what was written.</summary>
sealed class RemoteStoredBytes(RemoteConnection connection) : IStoredBytes
{
    public async Task CopyLogAsync(ThreadId thread, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var request = new Wire.CopyLogRequest { ThreadId = thread.ToString() };
        var retry = new Retry(connection);
        long written = 0;
        while (true)
        {
            try
            {
                using var stream = new BatchStream<Wire.LogBytes>(connection, options => connection.Client.CopyLog(request, options), cancellationToken);
                for (long seen = 0; await stream.MoveNextAsync().ConfigureAwait(false);)
                {
                    var bytes = stream.Current.Bytes.Memory;
                    var skip = (int)Math.Clamp(written - seen, 0, bytes.Length);
                    seen += bytes.Length;
                    if (skip == bytes.Length)
                        continue;
                    await destination.WriteAsync(bytes[skip..], cancellationToken).ConfigureAwait(false);
                    written = seen;
                    retry.HasProgress();
                }
                return;
            }
            catch (RpcException e)
            {
                await retry.AfterAsync(e, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
