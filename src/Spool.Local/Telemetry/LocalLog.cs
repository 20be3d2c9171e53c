using Microsoft.Extensions.Logging;

namespace Spool;

/// <summary>What a local store writes into the log of its program: ids, paths in the home, counts and reasons; never what threads say. The
/// ids of events stay the same.</summary>
static partial class LocalLog
{
    [LoggerMessage(2001, LogLevel.Warning, "The index is set aside and made again: {Reason}")]
    public static partial void IndexSetAside(ILogger logger, string reason);

    [LoggerMessage(2002, LogLevel.Warning, "{Reason}")]
    public static partial void IndexInMemory(ILogger logger, string reason);

    [LoggerMessage(2003, LogLevel.Information, "The index is in its file again")]
    public static partial void IndexInFile(ILogger logger);

    [LoggerMessage(2004, LogLevel.Information, "The index is made again, because that was asked for")]
    public static partial void IndexRebuilt(ILogger logger);

    [LoggerMessage(2005, LogLevel.Debug, "The index read {Rollouts} rollouts in {Milliseconds} ms; {Left} are left")]
    public static partial void IndexCaughtUp(ILogger logger, int rollouts, double milliseconds, int left);

    [LoggerMessage(2010, LogLevel.Error, "The home is gone, and calls are refused until it is back: {Reason}")]
    public static partial void HomeGone(ILogger logger, string reason);

    [LoggerMessage(2011, LogLevel.Information, "The home is back")]
    public static partial void HomeBack(ILogger logger);

    [LoggerMessage(2020, LogLevel.Warning, "{Rollout}: an incomplete last line of {Bytes} bytes was set aside in a file beside it")]
    public static partial void EndSetAside(ILogger logger, string rollout, long bytes);

    [LoggerMessage(2021, LogLevel.Error, "Thread {ThreadId}: the right to write is lost: {Reason}")]
    public static partial void WriterLost(ILogger logger, ThreadId threadId, string reason);

    [LoggerMessage(2022, LogLevel.Warning, "Thread {ThreadId}: nothing of a write was kept, and the writer goes on: {Code}: {Reason}")]
    public static partial void WriteRefused(ILogger logger, ThreadId threadId, ThreadStoreErrorCode code, string reason);

    [LoggerMessage(2023, LogLevel.Error, "Thread {ThreadId}: the writer takes nothing more: {Code}: {Reason}")]
    public static partial void WriterFailed(ILogger logger, ThreadId threadId, ThreadStoreErrorCode code, string reason);
}
