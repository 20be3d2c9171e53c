namespace Spool;

/// <summary>The turns that earlier scans over a rollout noted.</summary>
sealed class IndexedTurns(TurnTable turns, long rollout) : ITurnLookup
{
    /// <inheritdoc/>
    public TurnBoundary? Find(string turnId, long before) => turns.Find(rollout, turnId, before);

    /// <inheritdoc/>
    public IReadOnlyList<TurnBoundary> FindNewest(int count, long before) => turns.Newest(rollout, count, before);
}

/// <summary>No turns: those of a rollout that is read from its start.</summary>
sealed class NoTurns : ITurnLookup
{
    /// <summary>Gets the one there is.</summary>
    public static NoTurns Instance { get; } = new();

    /// <inheritdoc/>
    public TurnBoundary? Find(string turnId, long before) => null;

    /// <inheritdoc/>
    public IReadOnlyList<TurnBoundary> FindNewest(int count, long before) => [];
}
