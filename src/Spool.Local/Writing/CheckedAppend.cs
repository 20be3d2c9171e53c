namespace Spool;

/// <summary>An append whose items have been checked.</summary>
/// <param name="Request">The append.</param>
/// <param name="Bytes">An upper bound of what its items take.</param>
/// <param name="Content">What its items are, when it has a batch id: see <see cref="BatchContent"/>.</param>
/// <param name="Compared">How many of its first items are known to be in the log already, at the ordinal that it expects.</param>
readonly record struct CheckedAppend(AppendRequest Request, long Bytes, UInt128 Content, int Compared = 0);
