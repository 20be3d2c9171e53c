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
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return; // the connection broke, so the reading has ended; whoever stops the server must not hear of it
        }
    }

    /// <summary>Reads the next message.</summary>
    /// <exception cref="OperationCanceledException">The reading was ended.</exception>
    /// <exception cref="RpcException">The server stops.</exception>
    public static async Task<bool> MoveNextAsync<T>(IAsyncStreamReader<T> requests, ServerDrain drain, CancellationToken stop)
    {
        try
        {
            return await requests.MoveNext(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (stop.IsCancellationRequested && e is RpcException or OperationCanceledException or IOException)
        {
            drain.ThrowIfDraining();
            throw new OperationCanceledException(stop);
        }
        catch (IOException e) when (e is not Google.Protobuf.InvalidProtocolBufferException) // which is one, and says that the message is none
        {
            // The body of a request fails with its connection only, and that may be heard here before the token of the call is cancelled.
            throw new RpcException(new Status(StatusCode.Cancelled, "The connection was lost."));
        }
    }
}
