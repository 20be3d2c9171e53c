namespace Spool;

/// <summary>What one scan over a rollout found.</summary>
/// <param name="Row">The rollout as it is now.</param>
/// <param name="Before">The row that the scan went on from, or null when it began at the start of the rollout.</param>
/// <param name="Turns">What changed of the turns.</param>
sealed record RolloutScan(RolloutRow Row, RolloutRow? Before, TurnChanges? Turns)
{
    /// <summary>Gets the row that was there when the scan began, if any. The scan may be stored only while that is still so.</summary>
    public KnownRollout? From { get; init; }

    /// <summary>Gets the inode of the file that was read.</summary>
    public required long Inode { get; init; }
}
