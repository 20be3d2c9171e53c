using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Spool.Remote;

/// <summary>Notes, in log and metrics, when a writer has no connection, when it is back, and how it ended. It is called outside of the
/// writer's lock, because what logs is not ours.</summary>
/// <param name="connection">The way to the server.</param>
/// <param name="threadId">The thread.</param>
sealed class WriterTrouble(RemoteConnection connection, ThreadId threadId)
{
    ThreadStoreException? _reason;
    Activity? _activity;
    long? _since;

    /// <summary>Takes it that a stream failed, which may not be the reason of anything.</summary>
    public void Failed(ThreadStoreException reason) => Volatile.Write(ref _reason, reason);

    /// <summary>Takes it that the writer is about to be opened again, the first time or once more.</summary>
    public void Begin()
    {
        if (_since is not null)
            return;
        _since = connection.Options.Time.GetTimestamp();
        _activity = RemoteTelemetry.Activities.StartActivity("spool.remote.reopen", ActivityKind.Client);
        if (connection.Log.IsEnabled(LogLevel.Warning))
            RemoteLog.WriterCutOff(connection.Log, threadId, Volatile.Read(ref _reason)?.Message ?? "its lease is not known any more");
    }

    /// <summary>Takes it that it is open again.</summary>
    public void Over()
    {
        if (_since is not { } since)
            return;
        RemoteTelemetry.Reopened.Add(1);
        if (connection.Log.IsEnabled(LogLevel.Information))
            RemoteLog.WriterBack(connection.Log, threadId, connection.Options.Time.GetElapsedTime(since).TotalMilliseconds);
        _activity?.Dispose();
        (_since, _activity) = (null, null);
    }

    /// <summary>Takes it that the writer takes nothing more.</summary>
    /// <param name="unknown">Of how many calls the outcome is unknown.</param>
    /// <param name="isLost">Whether the right to write was lost.</param>
    public void End(int unknown, bool isLost)
    {
        if (isLost)
            RemoteLog.WriterLost(connection.Log, threadId);
        if (unknown > 0)
            RemoteLog.OutcomeUnknown(connection.Log, threadId, unknown);
        _activity?.Fail(isLost ? ThreadStoreErrorCode.WriterLost : ThreadStoreErrorCode.OutcomeUnknown);
        _activity?.Dispose();
    }
}
