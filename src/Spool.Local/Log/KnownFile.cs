namespace Spool;

/// <summary>What the index knows of the file that it read as a rollout: enough to tell whether a file that is open now is that one, and
/// still begins with what was read.</summary>
/// <param name="Stamp">The state of the file just before it was read.</param>
/// <param name="Length">Up to where it was read.</param>
/// <param name="Hash">The hash of a log up to there, as <see cref="HashedLog"/> makes it; of no meaning for what is packed or a
/// document.</param>
readonly record struct KnownFile(FileStamp Stamp, long Length, ulong Hash);
