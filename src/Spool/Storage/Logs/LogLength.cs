namespace Spool.Storage;

/// <summary>A log of a <see cref="LogStoreBase"/> and how long it is.</summary>
/// <param name="Log">The id of the log.</param>
/// <param name="Lines">How many lines it has; at least 1.</param>
public readonly record struct LogLength(ThreadId Log, long Lines);
