namespace Spool.Storage;

/// <summary>Bytes outside the range of a turn in which more of its records lie, such as the late end of a command.</summary>
/// <param name="TurnStart">The <see cref="TurnBoundary.Start"/> of the turn.</param>
/// <param name="Offset">Where the bytes begin. With <paramref name="TurnStart"/> it identifies the outlying record.</param>
/// <param name="Length">How many they are. A later scan may report the same outlying record with a greater length.</param>
public readonly record struct OutlyingRecord(long TurnStart, long Offset, long Length);
