using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Remote;

/// <summary>Asks the server, before the first call, what it can do. Calls that come at once share one attempt; one that failed is made
/// again by the next call.</summary>
sealed class FirstContact(RemoteConnection connection)
{
    // A server that never let this client in is more often misunderstood than being started again.
    static readonly TimeSpan CutPatience = TimeSpan.FromSeconds(1);

    readonly Lock _gate = new();
    volatile Wire.Capabilities? _answer;
    Task<Attempt>? _attempt; // while it is under way

    /// <summary>Gets what the server can do, or null while it did not say so yet.</summary>
    public Wire.Capabilities? Answer => _answer;

    /// <summary>Gives what the server can do, and asks it where that is not known.</summary>
    /// <param name="cancellationToken">Cancels this call's waiting; the attempt goes on for the others.</param>
    /// <exception cref="ThreadStoreException">The attempt failed; each caller has an error of its own.</exception>
    public ValueTask<Wire.Capabilities> MadeAsync(CancellationToken cancellationToken) =>
        _answer is { } answer ? new(answer) : new(JoinAsync(cancellationToken));

    async Task<Wire.Capabilities> JoinAsync(CancellationToken cancellationToken)
    {
        connection.ThrowIfClosed();
        cancellationToken.ThrowIfCancellationRequested();
        Task<Attempt> attempt;
        lock (_gate)
        {
            if (_answer is { } answered)
                return answered;
            attempt = _attempt ??= Task.Run(TryAsync, CancellationToken.None);
        }
#pragma warning disable VSTHRD003 // begun by one of the callers, and it waits for none
        var made = await attempt.WaitAsync(cancellationToken).ConfigureAwait(false);
#pragma warning restore VSTHRD003
        if (made.Failure is { } failure)
            throw failure.Again();
        if (made.Answer is { } answer)
            return answer;
        connection.ThrowIfClosed();
        throw new ObjectDisposedException(nameof(RemoteThreadStore));
    }

    // Bounded by RetryFor and the limit of a call, and ended by the disposal of the store.
    async Task<Attempt> TryAsync()
    {
        var made = default(Attempt);
        var began = connection.Options.Time.GetTimestamp();
        using var activity = RemoteTelemetry.Activities.StartActivity("spool.remote.connect", ActivityKind.Client);
        try
        {
            made = new Attempt(
                await connection
                    .AskUncheckedAsync(
                        connection.Client.GetCapabilitiesAsync,
                        new Wire.GetCapabilitiesRequest(),
                        connection.Options.CallTimeout,
                        new Retry(connection, CutPatience),
                        CancellationToken.None
                    )
                    .ConfigureAwait(false),
                null
            );
        }
        catch (ThreadStoreException e)
        {
            made = new Attempt(null, e);
            activity?.Fail(e.Code);
        }
        catch (ObjectDisposedException)
        {
            // The store was disposed meanwhile.
        }
        finally
        {
            lock (_gate)
                (_answer, _attempt) = (made.Answer, null);
        }
        Note(made, connection.Options.Time.GetElapsedTime(began));
        return made;
    }

    void Note(Attempt made, TimeSpan took)
    {
        if (made.Answer is { } answer)
        {
            RemoteTelemetry.Connecting.Record(took.TotalSeconds);
            if (connection.Log.IsEnabled(LogLevel.Information))
                RemoteLog.Connected(connection.Log, connection.Options.Server, answer.ServerVersion, took.TotalMilliseconds);
        }
        else if (made.Failure is { } failure)
        {
            RemoteTelemetry.Connecting.Record(took.TotalSeconds, RemoteTelemetry.Error(failure.Code));
            if (connection.Log.IsEnabled(LogLevel.Warning))
                RemoteLog.NotConnected(connection.Log, connection.Options.Server, failure.Code, failure.Message);
        }
    }

    readonly record struct Attempt(Wire.Capabilities? Answer, ThreadStoreException? Failure);
}
