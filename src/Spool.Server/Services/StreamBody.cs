using System.IO.Pipelines;
using Grpc.Core;

namespace Spool.Server;

/// <summary>Reads the messages of a stream whose reading can be ended from outside.</summary>
static class StreamBody
{
    /// <summary>Ends the reading. It may be called at any time.</summary>
    public static void EndReading(PipeReader body)
    {
        try
        {
            body.CancelPendingRead();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException)
        {
            return; // the connection broke, so the reading has ended; it is no failure of the stop
        }
    }

    /// <summary>Reads the next message.</summary>
    /// <exception cref="OperationCanceledException">The reading was ended.</exception>
    /// <exception cref="RpcException">The call has to end: the server stops, or its token was taken away.</exception>
    public static async Task<bool> MoveNextAsync<T>(IAsyncStreamReader<T> requests, CallEnd end, CancellationToken stop)
    {
        try
        {
            return await requests.MoveNext(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (stop.IsCancellationRequested && e is RpcException or OperationCanceledException or IOException)
        {
            end.ThrowIfEnding();
            throw new OperationCanceledException(stop);
        }
    }
}
