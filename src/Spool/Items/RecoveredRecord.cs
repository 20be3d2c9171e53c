namespace Spool;

/// <summary>A whole record in a line that is not exactly one.</summary>
/// <param name="Item">The record, as if it had a line of its own. Its ordinal is the one it carries, else that of the line.</param>
/// <param name="Offset">Where it begins in the line, in bytes.</param>
public readonly record struct RecoveredRecord(RolloutItem Item, int Offset);
