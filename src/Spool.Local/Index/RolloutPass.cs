namespace Spool;

/// <summary>What one pass over a rollout found.</summary>
/// <param name="Row">The rollout as it is now.</param>
/// <param name="Before">The row that the pass went on from, or null when it began at the start of the rollout.</param>
/// <param name="Turns">What changed of the turns.</param>
sealed record RolloutPass(RolloutRow Row, RolloutRow? Before, TurnChanges? Turns)
{
    /// <summary>Gets the row that was there when the pass began, if any. The pass may be stored only while that is still so.</summary>
    public KnownRollout? From { get; init; }

    /// <summary>Gets the inode of the file that was read.</summary>
    public required long Inode { get; init; }
}
