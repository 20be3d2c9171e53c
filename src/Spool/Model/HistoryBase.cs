namespace Spool;

/// <summary>The point in another rollout where a rollout's history begins.</summary>
/// <param name="RolloutId">The id of that rollout: for most the id of its thread.</param>
/// <param name="EndOrdinal">The ordinal of the first item that is no longer shared.</param>
/// <param name="EndByteOffset">The length of the shared prefix in bytes.</param>
public sealed record HistoryBase(ThreadId RolloutId, long EndOrdinal, long EndByteOffset);
