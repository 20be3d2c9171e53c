using Microsoft.Extensions.Logging;

namespace Spool.Remote;

/// <summary>What a remote store writes into the log of its program: addresses, ids, counts and reasons; never what threads say, and no
/// token. The ids of events stay the same.</summary>
static partial class RemoteLog
{
    [LoggerMessage(3001, LogLevel.Information, "Connected to {Server}, version {Version}, after {Milliseconds} ms")]
    public static partial void Connected(ILogger logger, string server, string version, double milliseconds);

    [LoggerMessage(3002, LogLevel.Warning, "No connection to {Server}, and the next call tries again: {Code}: {Reason}")]
    public static partial void NotConnected(ILogger logger, string server, ThreadStoreErrorCode code, string reason);

    [LoggerMessage(3003, LogLevel.Information, "A call failed and is made again: {Code}: {Reason}")]
    public static partial void Retried(ILogger logger, ThreadStoreErrorCode code, string reason);

    [LoggerMessage(3010, LogLevel.Warning, "Thread {ThreadId}: the writer has no connection and is opened again: {Reason}")]
    public static partial void WriterCutOff(ILogger logger, ThreadId threadId, string reason);

    [LoggerMessage(3011, LogLevel.Information, "Thread {ThreadId}: the writer is open again after {Milliseconds} ms")]
    public static partial void WriterBack(ILogger logger, ThreadId threadId, double milliseconds);

    [LoggerMessage(3012, LogLevel.Error, "Thread {ThreadId}: the right to write is lost")]
    public static partial void WriterLost(ILogger logger, ThreadId threadId);

    [LoggerMessage(3013, LogLevel.Error, "Thread {ThreadId}: the outcome of {Calls} calls is unknown; resume the thread and look")]
    public static partial void OutcomeUnknown(ILogger logger, ThreadId threadId, int calls);

    [LoggerMessage(
        3014,
        LogLevel.Warning,
        "The stream that renews the leases of the writers broke after {Milliseconds} ms; it is begun again until it holds"
    )]
    public static partial void LeaseStreamBroke(ILogger logger, double milliseconds);
}
