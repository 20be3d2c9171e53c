using Grpc.Core;

namespace Spool.Remote;

/// <summary>One attempt to read a stream of batches.</summary>
sealed class BatchStream<TBatch> : IDisposable
    where TBatch : class
{
    readonly RemoteConnection _connection;
    readonly AsyncServerStreamingCall<TBatch> _call;
    readonly CancellationToken _cancellation;

    public BatchStream(
        RemoteConnection connection,
        Func<CallOptions, AsyncServerStreamingCall<TBatch>> call,
        CancellationToken cancellationToken
    )
    {
        connection.ThrowIfClosed();
        cancellationToken.ThrowIfCancellationRequested();
        _connection = connection;
        _cancellation = cancellationToken;
        _call = call(connection.For(cancellationToken));
    }

    public TBatch Current => _call.ResponseStream.Current;

    /// <summary>Waits for the next batch.</summary>
    /// <returns>False at the end of the stream.</returns>
    public async ValueTask<bool> MoveNextAsync()
    {
        try
        {
            return await _call.ResponseStream.MoveNext(_cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RpcException or HttpRequestException or ObjectDisposedException or IOException)
        {
            _cancellation.ThrowIfCancellationRequested();
            _connection.ThrowIfClosed();
            if (e is IOException or HttpRequestException)
                throw RemoteErrors.OfConnection(e);
            throw;
        }
    }

    public void Dispose() => _call.Dispose();
}
