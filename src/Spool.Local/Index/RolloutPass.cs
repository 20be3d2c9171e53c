namespace Spool;

/// <summary>What one pass over a rollout found.</summary>
/// <param name="Row">The rollout as it is now.</param>
/// <param name="Before">The row that the pass went on from, or null when it began at the start of the rollout.</param>
/// <param name="Turns">What changed of the turns.</param>
sealed record RolloutPass(RolloutRow Row, RolloutRow? Before, TurnChanges? Turns);
