using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Spool.Remote;

/// <summary>Decides, for one call, whether to try again after a failure.</summary>
/// <param name="connection">What the call goes through.</param>
/// <param name="cutPatience">For how long to try again at an address whose server ends each connection before it says anything, or null for
/// as long as with other failures.</param>
sealed class Retry(RemoteConnection connection, TimeSpan? cutPatience = null)
{
    readonly Backoff _backoff = new(connection.Options.MaxPause, connection.Options.Time);
    ConnectionFailure? _cut;
    long _since = connection.Options.Time.GetTimestamp();

    /// <summary>Gets what the call does.</summary>
    public RetryUse Use { get; init; }

    /// <summary>Gets whether an attempt failed in such a way that it may have been carried out.</summary>
    public bool HasUnknownOutcome { get; private set; }

    /// <summary>Starts the time limit again, after a stream got further than before.</summary>
    public void HasProgress()
    {
        _backoff.Reset();
        _since = connection.Options.Time.GetTimestamp();
    }

    /// <summary>Returns when another attempt is to be made, or throws the error of the call.</summary>
    public async Task AfterAsync(RpcException error, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var isUndone = RemoteErrors.IsUndone(error);
        if (!RemoteErrors.IsPassing(error))
            throw RemoteErrors.ToStore(error);
        if (connection.Closed.IsCancellationRequested)
        {
            HasUnknownOutcome |= !isUndone;
            ThrowIfClosed();
        }
        if (Use == RetryUse.ChangeOnce && !isUndone)
            throw Ended(error, isUndone);
        // One such answer says more than what comes of the other attempts, which may be cut off elsewhere.
        _cut ??= ConnectionFailure.Of(error);
        var waited = connection.Options.Time.GetElapsedTime(_since);
        if (_cut is { } cut && waited >= cutPatience)
            throw new ThreadStoreException(cut.Code, cut.Sentence, error);
        if (waited >= connection.Options.RetryFor)
            throw Ended(error, isUndone);
        HasUnknownOutcome |= !isUndone;
        Note(error);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, connection.Closed);
        try
        {
            await _backoff.PauseAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ThrowIfClosed();
            throw;
        }
    }

    /// <summary>Ends the call when the store was disposed: as misuse, or with <see cref="ThreadStoreErrorCode.OutcomeUnknown"/> where an
    /// attempt may have changed something.</summary>
    public void ThrowIfClosed()
    {
        if (connection.Closed.IsCancellationRequested && Use != RetryUse.Read && HasUnknownOutcome)
            throw ThreadStoreException.OutcomeUnknown(
                "The store was disposed before the server had answered, so it is not known whether the change was made; look before it is made again."
            );
        connection.ThrowIfClosed();
    }

    void Note(RpcException error)
    {
        if (!RemoteTelemetry.Retries.Enabled && !connection.Log.IsEnabled(LogLevel.Information))
            return;
        var reason = RemoteErrors.ToStore(error);
        RemoteTelemetry.Retries.Add(1, RemoteTelemetry.Error(reason.Code));
        RemoteLog.Retried(connection.Log, reason.Code, reason.Message);
    }

    ThreadStoreException Ended(RpcException error, bool isUndone)
    {
        var last = RemoteErrors.ToStore(error);
        return Use != RetryUse.Read && (HasUnknownOutcome || !isUndone)
            ? ThreadStoreException.OutcomeUnknown(
                $"It is not known whether the change was made; look before it is made again. {last.Message}",
                last
            )
            : last;
    }
}
