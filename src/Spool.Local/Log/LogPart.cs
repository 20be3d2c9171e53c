namespace Spool;

/// <summary>The end of a log, or of its beginning: as many of its last items as are asked for.</summary>
/// <param name="Start">Where the first of them begins.</param>
/// <param name="End">Where the last of them ends, or behind that.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Ordinal">The ordinal of the first of them if its line carries none.</param>
/// <param name="HasMore">Whether there are any before.</param>
readonly record struct LogPart(long Start, long End, int Count, long Ordinal, bool HasMore);

/// <summary>A place in a rollout up to which each item has the ordinal behind that of the one before it: there, ordinals can be counted
/// back.</summary>
/// <param name="Offset">The place: the end of an item.</param>
/// <param name="Ordinal">The ordinal of the item behind it if its line carries none.</param>
readonly record struct CountedTo(long Offset, long Ordinal);
