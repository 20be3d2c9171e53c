using Grpc.Core;

namespace Spool.Remote;

/// <summary>Decides, for one call, whether to try again after a failure.</summary>
sealed class Retry(RemoteConnection connection)
{
    readonly Backoff _backoff = new(connection.Options.MaxPause, connection.Options.Time);
    long _since = connection.Options.Time.GetTimestamp();

    /// <summary>Gets whether an attempt failed in such a way that it may have been carried out.</summary>
    public bool HasUnknownOutcome { get; private set; }

    /// <summary>Starts the time limit again, after a stream got further than before.</summary>
    public void HasProgress()
    {
        _backoff.Reset();
        _since = connection.Options.Time.GetTimestamp();
    }

    /// <summary>Returns when another attempt is to be made, or throws what the caller is to be told.</summary>
    public async Task AfterAsync(RpcException error, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        connection.ThrowIfClosed();
        if (!RemoteErrors.IsPassing(error) || connection.Options.Time.GetElapsedTime(_since) >= connection.Options.RetryFor)
            throw RemoteErrors.ToStore(error);
        HasUnknownOutcome = true;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, connection.Closed);
        try
        {
            await _backoff.PauseAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            connection.ThrowIfClosed();
            throw;
        }
    }
}
