namespace Spool;

/// <summary>Which part of a damaged line a record is.</summary>
/// <param name="LineStart">Where the line begins in the log, in bytes; 0 where lines are not read once more.</param>
/// <param name="LineEnd">Where it ends, its line end included; 0 where lines are not read once more.</param>
/// <param name="Place">How many records come before this one in the line.</param>
readonly record struct LinePart(long LineStart, long LineEnd, int Place);
