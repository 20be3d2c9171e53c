using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Spool.Server;

/// <summary>What the server writes into its log: methods, ids and outcomes, never what threads say.</summary>
static partial class Log
{
    [LoggerMessage(4001, LogLevel.Information, "Listening on {Address}")]
    public static partial void Listening(ILogger logger, string address);

    [LoggerMessage(4002, LogLevel.Information, "Draining: {Calls} calls are under way")]
    public static partial void Draining(ILogger logger, int calls);

    [LoggerMessage(4003, LogLevel.Information, "Stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(4010, LogLevel.Information, "{Method} refused: {Status}")]
    public static partial void Refused(ILogger logger, string method, StatusCode status);

    [LoggerMessage(4011, LogLevel.Debug, "{Method} of {Tenant}: {Status} in {Milliseconds} ms")]
    public static partial void Called(ILogger logger, string method, string tenant, StatusCode status, double milliseconds);

    [LoggerMessage(4012, LogLevel.Error, "{Method} of {Tenant} failed with a bug")]
    public static partial void Bug(ILogger logger, string method, string tenant, Exception exception);

    [LoggerMessage(4013, LogLevel.Information, "The tokens were replaced: {Count} are valid")]
    public static partial void TokensReplaced(ILogger logger, int count);

    [LoggerMessage(4014, LogLevel.Error, "The new tokens are refused, and those before stay valid: {Reason}")]
    public static partial void TokensRefused(ILogger logger, string reason);

    [LoggerMessage(4015, LogLevel.Error, "Looking after the tokens failed, and they stay as they are")]
    public static partial void TokensFailed(ILogger logger, Exception exception);

    [LoggerMessage(4016, LogLevel.Information, "The certificate was replaced; the new one is valid until {NotAfter:O}")]
    public static partial void CertificateReplaced(ILogger logger, DateTime notAfter);

    [LoggerMessage(4017, LogLevel.Error, "The new certificate is refused, and the one before stays in use: {Reason}")]
    public static partial void CertificateRefused(ILogger logger, string reason);

    [LoggerMessage(4018, LogLevel.Error, "Looking after the certificate failed, and it stays as it is")]
    public static partial void CertificateFailed(ILogger logger, Exception exception);

    [LoggerMessage(4019, LogLevel.Trace, "Store: {Operation} of {ThreadId}: {Outcome} in {Milliseconds} ms, {Count} entries")]
    public static partial void StoreCalled(
        ILogger logger,
        StoreOperation operation,
        ThreadId? threadId,
        string outcome,
        double milliseconds,
        int count
    );

    [LoggerMessage(4020, LogLevel.Debug, "Thread {ThreadId}: writer opened")]
    public static partial void WriterOpened(ILogger logger, ThreadId threadId);

    [LoggerMessage(4021, LogLevel.Debug, "Thread {ThreadId}: idle writer shut down")]
    public static partial void WriterExpired(ILogger logger, ThreadId threadId);

    [LoggerMessage(4022, LogLevel.Error, "Thread {ThreadId}: the writer could not be shut down")]
    public static partial void ShutDownFailed(ILogger logger, ThreadId threadId, Exception exception);

    [LoggerMessage(4023, LogLevel.Warning, "Thread {ThreadId}: the writer was lost or its outcome is unknown, and is opened again")]
    public static partial void WriterReopened(ILogger logger, ThreadId threadId);

    [LoggerMessage(
        4024,
        LogLevel.Warning,
        "Thread {ThreadId}: items came for a thread that is neither stored nor announced; it is begun with what they say"
    )]
    public static partial void ThreadAssumed(ILogger logger, ThreadId threadId);

    [LoggerMessage(
        4030,
        LogLevel.Warning,
        "There are {Count} connections and no room for more, and others are ended at once; a higher limit of open files (ulimit -n) makes room for up to 10,000. This is said once a minute"
    )]
    public static partial void NoRoomForConnection(ILogger logger, long count);

    [LoggerMessage(
        4031,
        LogLevel.Warning,
        "The process may open no more files, and those who come wait until it may; raise the limit (ulimit -n). This is said once a minute"
    )]
    public static partial void CannotAccept(ILogger logger);

    [LoggerMessage(
        4032,
        LogLevel.Warning,
        "{Method} refused: the process may open no more files; raise the limit (ulimit -n). This is said once a minute"
    )]
    public static partial void OutOfFiles(ILogger logger, string method);

    [LoggerMessage(
        4033,
        LogLevel.Warning,
        "{Method} of {Tenant} refused, because the store cannot be used: {Reason} This is said once a minute"
    )]
    public static partial void Unavailable(ILogger logger, string method, string tenant, string reason);
}
