namespace Spool.Storage;

/// <summary>What makes a new log a fork.</summary>
/// <param name="Id">The fork.</param>
/// <param name="Source">The thread that it is forked from.</param>
/// <param name="CreatedAt">When it is forked.</param>
/// <param name="History">The point in a rollout where its history begins, or null for a fork that copies the lines.</param>
public sealed record ForkHead(ThreadId Id, ThreadId Source, DateTimeOffset CreatedAt, HistoryBase? History = null);
