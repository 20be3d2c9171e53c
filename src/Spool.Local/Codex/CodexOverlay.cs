namespace Spool;

/// <summary>What is known of a thread beside its rollout.</summary>
/// <param name="Row">Codex's row, or null.</param>
/// <param name="IndexName">The latest name in <c>session_index.jsonl</c>: null when there is none, empty when it was cleared.</param>
sealed record CodexOverlay(CodexThreadRow? Row, string? IndexName)
{
    /// <summary>Nothing is known.</summary>
    public static CodexOverlay None { get; } = new(null, null);
}
