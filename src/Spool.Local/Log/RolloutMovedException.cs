namespace Spool;

/// <summary>Marks an error as that of a rollout which is no longer where it was looked up. Never thrown by itself.</summary>
/// <param name="cause">What the disk said, or null.</param>
sealed class RolloutMovedException(Exception? cause) : Exception("The rollout is no longer where it was looked up.", cause);
